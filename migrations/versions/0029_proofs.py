"""Proofs that hold against whoever has the software's own role, or had the owner's for a moment.

Names in the audit are sealed by themselves where they stay when the words go, and found by the sign-in they are of. Days
sealed before stay without: nothing of theirs may change. After a downgrade days sealed since do not verify, as their
seals are over one digest more.

What guards tables that are written once looks at our tables alone: a temporary one of the same name would be found
first. Running totals are written with the rights of whoever owns them, so the software needs none to them; and only our
own trigger may call that.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_GUARDS = (
    "time_is_over(uuid)",
    "audit_entry_words_go()",
    "ledger_transfer_words_go()",
    "purchase_decision_words_go()",
    "person_words_go()",
    "append_only()",
    "ledger_account_guard()",
    "ledger_apply()",
)


def upgrade() -> None:
    op.add_column("audit_digest", sa.Column("actor", sa.LargeBinary(), nullable=True))
    op.create_index(
        "ix_audit_entry_account",
        "audit_entry",
        ["subject_id"],
        postgresql_where=sa.text("subject_kind = 'account' AND person_id IS NULL AND removed_in IS NULL"),
    )
    for guard in _GUARDS:
        op.execute(f"ALTER FUNCTION {guard} SET search_path = public, pg_temp")
    op.execute("ALTER FUNCTION ledger_apply() SECURITY DEFINER")
    op.execute("REVOKE EXECUTE ON FUNCTION ledger_apply() FROM PUBLIC")


def downgrade() -> None:
    op.execute("GRANT EXECUTE ON FUNCTION ledger_apply() TO PUBLIC")
    op.execute("ALTER FUNCTION ledger_apply() SECURITY INVOKER")
    for guard in _GUARDS:
        op.execute(f"ALTER FUNCTION {guard} RESET search_path")
    op.drop_index("ix_audit_entry_account", table_name="audit_entry")
    op.drop_column("audit_digest", "actor")
