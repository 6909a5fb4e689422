"""The audit sealed by the day: digests of its entries, chained."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

GUARDS = Path(__file__).parent.parent / "sql" / "0022_audit_seal.sql"


def upgrade() -> None:
    op.create_index("ix_audit_entry_written", "audit_entry", ["written_at"], postgresql_using="brin")
    op.create_table(
        "audit_seal",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_audit_seal")),
    )
    op.create_table(
        "audit_digest",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("whole", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", "entry_id", name=op.f("pk_audit_digest")),
    )
    op.execute(GUARDS.read_text())


def downgrade() -> None:
    op.drop_table("audit_digest")
    op.drop_table("audit_seal")
    op.drop_index("ix_audit_entry_written", table_name="audit_entry")
