"""Names in the audit: sealed by themselves where they stay when the words go, and found by the sign-in they are of.

Days sealed before stay without: nothing of theirs may change. After a downgrade days sealed since do not verify, as
their seals are over one digest more.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("audit_digest", sa.Column("actor", sa.LargeBinary(), nullable=True))
    op.create_index(
        "ix_audit_entry_account",
        "audit_entry",
        ["subject_id"],
        postgresql_where=sa.text("subject_kind = 'account' AND person_id IS NULL AND removed_in IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_audit_entry_account", table_name="audit_entry")
    op.drop_column("audit_digest", "actor")
