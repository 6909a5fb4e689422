"""NHS login: which one signs in to which account, and visits that have not come back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "nhs_link",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("subject_hash", sa.String(length=64), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_nhs_link_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_nhs_link")),
        sa.UniqueConstraint("subject_hash", name=op.f("uq_nhs_link_subject_hash")),
    )
    op.create_table(
        "nhs_attempt",
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_nhs_attempt")),
    )
    op.create_index("ix_nhs_attempt_written", "nhs_attempt", ["written_at"])


def downgrade() -> None:
    op.drop_table("nhs_attempt")
    op.drop_table("nhs_link")
