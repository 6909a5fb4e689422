"""What stands behind an authority: papers, limits, who checked and who ended it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

#: Twelve random signs without vowels, as `core.ids.new_ref` makes them.
_REF = "translate(left(replace(gen_random_uuid()::text, '-', ''), 12), '01ae', 'ghjk')"
#: Once the rows that stand have them, only the software says what they are.
_FILLED = ("registration_number", "checked_by_name", "missing_words", "ended_by_name", "end_reason")


def _columns() -> list[sa.Column]:
    return [
        sa.Column("ref", sa.String(length=16), nullable=True),
        sa.Column("month_limit_pence", sa.BigInteger(), nullable=True),
        sa.Column("outcome_ids", sa.ARRAY(sa.Uuid()), nullable=True),
        sa.Column("sees_messages", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("evidence", sa.String(length=24), nullable=True),
        sa.Column("registration_number", sa.String(length=60), server_default="", nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
        sa.Column("checked_by_name", sa.String(length=120), server_default="", nullable=False),
        sa.Column("missing_words", sa.String(), server_default="", nullable=False),
        sa.Column("look_again_on", sa.Date(), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("ended_by_name", sa.String(length=120), server_default="", nullable=False),
        sa.Column("end_reason", sa.String(), server_default="", nullable=False),
    ]


def upgrade() -> None:
    op.add_column("person", sa.Column("agree_over_pence", sa.BigInteger(), nullable=True))
    for column in _columns():
        op.add_column("authority", column)
    # what stands was entered by whoever set the software up, who had seen the papers
    op.execute(
        f"UPDATE authority SET ref = {_REF}, sees_messages = kind <> 'broker', checked_at = now(),"
        " checked_by_name = 'Whoever entered it'"
    )
    op.alter_column("authority", "ref", nullable=False)
    for name in _FILLED:
        op.alter_column("authority", name, server_default=None)
    op.create_unique_constraint(op.f("uq_authority_ref"), "authority", ["ref"])
    op.create_foreign_key(op.f("fk_authority_checked_by"), "authority", "account", ["checked_by"], ["id"])
    op.create_check_constraint(
        op.f("ck_authority_month_limit"),
        "authority",
        "month_limit_pence IS NULL OR (scope = 'buy' AND month_limit_pence >= 0)",
    )
    op.create_check_constraint(
        op.f("ck_authority_outcomes"), "authority", "outcome_ids IS NULL OR cardinality(outcome_ids) > 0"
    )
    op.create_check_constraint(
        op.f("ck_authority_checked"), "authority", "(checked_at IS NULL) = (checked_by_name = '')"
    )
    op.create_index(
        "ix_authority_look_again", "authority", ["look_again_on"], postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_index(
        "ix_authority_unchecked",
        "authority",
        ["person_id"],
        postgresql_where=sa.text("checked_at IS NULL AND ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_authority_unchecked", table_name="authority")
    op.drop_index("ix_authority_look_again", table_name="authority")
    for name in ("checked", "outcomes", "month_limit"):
        op.drop_constraint(op.f(f"ck_authority_{name}"), "authority", type_="check")
    op.drop_constraint(op.f("fk_authority_checked_by"), "authority", type_="foreignkey")
    for column in reversed(_columns()):
        op.drop_column("authority", column.name)
    op.drop_column("person", "agree_over_pence")
