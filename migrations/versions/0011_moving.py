"""Money moved between outcomes and out of what is kept, and the basket."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outcome_move",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("from_outcome_id", sa.Uuid(), nullable=True),
        sa.Column("to_outcome_id", sa.Uuid(), nullable=True),
        sa.Column("amount_pence", sa.BigInteger(), nullable=False),
        sa.Column("first_month", sa.Date(), nullable=False),
        sa.Column("last_month", sa.Date(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_by_name", sa.String(length=120), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_pence > 0", name=op.f("ck_outcome_move_amount")),
        sa.CheckConstraint("from_outcome_id IS DISTINCT FROM to_outcome_id", name=op.f("ck_outcome_move_two_ends")),
        sa.CheckConstraint(
            "last_month >= first_month AND extract(day from first_month) = 1 AND extract(day from last_month) = 1",
            name=op.f("ck_outcome_move_months"),
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_outcome_move_asked_by")),
        sa.ForeignKeyConstraint(["budget_id"], ["budget.id"], name=op.f("fk_outcome_move_budget_id")),
        sa.ForeignKeyConstraint(["commissioner_id"], ["commissioner.id"], name=op.f("fk_outcome_move_commissioner_id")),
        sa.ForeignKeyConstraint(["from_outcome_id"], ["outcome.id"], name=op.f("fk_outcome_move_from_outcome_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_outcome_move_person_id")),
        sa.ForeignKeyConstraint(["to_outcome_id"], ["outcome.id"], name=op.f("fk_outcome_move_to_outcome_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_move")),
        sa.UniqueConstraint("ref", name=op.f("uq_outcome_move_ref")),
    )
    op.create_index("ix_outcome_move_budget", "outcome_move", ["budget_id", "state", "last_month"], unique=False)
    op.add_column("purchase", sa.Column("in_basket", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "ix_purchase_basket",
        "purchase",
        ["person_id", "created_at"],
        unique=False,
        postgresql_where=sa.text("in_basket AND state = 'draft'"),
    )


def downgrade() -> None:
    op.drop_index("ix_purchase_basket", table_name="purchase")
    op.drop_column("purchase", "in_basket")
    op.drop_table("outcome_move")
