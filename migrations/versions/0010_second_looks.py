"""Appeals, refunds, changes and ideas."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_BEFORE = "state IN ('awaiting_holder', 'awaiting_approval', 'awaiting_information', 'approved')"
_WAITING = (
    "state IN ('awaiting_holder', 'awaiting_approval', 'awaiting_information', 'approved', 'under_appeal', 'disputed')"
)
_CHANGING = (
    "changes_id IS NOT NULL AND state IN"
    " ('draft', 'awaiting_holder', 'awaiting_approval', 'awaiting_information', 'blocked')"
)
_BACK = "refunded_pence >= 0 AND credit_pence >= 0 AND refunded_pence + credit_pence <= {of}"


def _pence(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)


def _at(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.add_column("approval_request", sa.Column("barred", JSONB(), server_default="[]", nullable=False))
    op.add_column(
        "approval_request", sa.Column("needs_reason", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    _ideas()
    op.add_column("purchase", _at("appealed_at"))
    op.add_column("purchase", sa.Column("appeal_why", sa.String(), server_default="", nullable=False))
    op.add_column("purchase", _pence("refunded_pence"))
    op.add_column("purchase", _pence("credit_pence"))
    op.add_column("purchase", sa.Column("changes_id", sa.Uuid(), nullable=True))
    op.add_column("purchase", sa.Column("idea_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_purchase_changes_id"), "purchase", "purchase", ["changes_id"], ["id"])
    op.create_foreign_key(op.f("fk_purchase_idea_id"), "purchase", "idea", ["idea_id"], ["id"])
    op.create_check_constraint(op.f("ck_purchase_back"), "purchase", _BACK.format(of="total_pence"))
    op.create_index("uq_purchase_changes", "purchase", ["changes_id"], unique=True, postgresql_where=sa.text(_CHANGING))
    op.create_index("ix_purchase_idea", "purchase", ["idea_id"], postgresql_where=sa.text("idea_id IS NOT NULL"))
    op.drop_index("ix_purchase_waiting", "purchase")
    op.create_index(
        "ix_purchase_waiting", "purchase", ["person_id", "submitted_at"], postgresql_where=sa.text(_WAITING)
    )
    op.add_column("purchase_line", _pence("refunded_pence"))
    op.add_column("purchase_line", _pence("credit_pence"))
    op.add_column("purchase_line", sa.Column("copied_from_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_purchase_line_copied_from_id"), "purchase_line", "purchase_line", ["copied_from_id"], ["id"]
    )
    op.create_check_constraint(op.f("ck_purchase_line_back"), "purchase_line", _BACK.format(of="amount_pence"))
    _refunds()
    _problems()


def _ideas() -> None:
    op.create_table(
        "idea",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("outcome_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(length=120), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("amount_pence", sa.BigInteger(), nullable=False),
        sa.Column("how_often", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("action", sa.String(length=24), nullable=False),
        sa.Column("findings", JSONB(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_by_name", sa.String(length=120), nullable=False),
        _at("asked_at", nullable=False),
        _at("decided_at"),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("up_to_pence", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("amount_pence >= 0 AND up_to_pence > 0", name=op.f("ck_idea_amounts")),
        sa.CheckConstraint(
            "state <> 'agreed' OR (until IS NOT NULL AND up_to_pence IS NOT NULL)", name=op.f("ck_idea_agreed")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_idea_asked_by")),
        sa.ForeignKeyConstraint(["commissioner_id"], ["commissioner.id"], name=op.f("fk_idea_commissioner_id")),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"], name=op.f("fk_idea_outcome_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_idea_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea")),
        sa.UniqueConstraint("ref", name=op.f("uq_idea_ref")),
    )
    op.create_index("ix_idea_person", "idea", ["commissioner_id", "person_id", "id"])


def _refunds() -> None:
    op.create_table(
        "purchase_refund",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("purchase_id", sa.Uuid(), nullable=False),
        sa.Column("payee_id", sa.Uuid(), nullable=False),
        sa.Column("how", sa.String(length=24), nullable=False),
        sa.Column("amount_pence", sa.BigInteger(), nullable=False),
        sa.Column("used_pence", sa.BigInteger(), nullable=False),
        sa.Column("counts_on", sa.Date(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("credit_id", sa.Uuid(), nullable=True),
        sa.Column("for_purchase_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_by_name", sa.String(length=120), nullable=False),
        sa.Column("recorded_as", sa.String(length=24), nullable=False),
        _at("written_at", nullable=False),
        sa.CheckConstraint(
            "amount_pence > 0 AND used_pence BETWEEN 0 AND amount_pence", name=op.f("ck_purchase_refund_amounts")
        ),
        sa.CheckConstraint(
            "(how IN ('credit_used', 'credit_paid')) = (credit_id IS NOT NULL)", name=op.f("ck_purchase_refund_credit")
        ),
        sa.ForeignKeyConstraint(
            ["commissioner_id"], ["commissioner.id"], name=op.f("fk_purchase_refund_commissioner_id")
        ),
        sa.ForeignKeyConstraint(["credit_id"], ["purchase_refund.id"], name=op.f("fk_purchase_refund_credit_id")),
        sa.ForeignKeyConstraint(["for_purchase_id"], ["purchase.id"], name=op.f("fk_purchase_refund_for_purchase_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_purchase_refund_person_id")),
        sa.ForeignKeyConstraint(["purchase_id"], ["purchase.id"], name=op.f("fk_purchase_refund_purchase_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_purchase_refund_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_refund")),
        sa.UniqueConstraint("ref", name=op.f("uq_purchase_refund_ref")),
    )
    op.create_index("ix_purchase_refund_purchase", "purchase_refund", ["purchase_id", "id"])
    op.create_index("ix_purchase_refund_person", "purchase_refund", ["commissioner_id", "person_id", "counts_on", "id"])
    op.create_index(
        "ix_purchase_refund_credit",
        "purchase_refund",
        ["person_id", "payee_id"],
        postgresql_where=sa.text("how = 'credit_note' AND used_pence < amount_pence"),
    )
    op.create_table(
        "purchase_refund_line",
        sa.Column("refund_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("amount_pence", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_pence > 0", name=op.f("ck_purchase_refund_line_amount")),
        sa.ForeignKeyConstraint(["line_id"], ["purchase_line.id"], name=op.f("fk_purchase_refund_line_line_id")),
        sa.ForeignKeyConstraint(["refund_id"], ["purchase_refund.id"], name=op.f("fk_purchase_refund_line_refund_id")),
        sa.PrimaryKeyConstraint("refund_id", "line_id", name=op.f("pk_purchase_refund_line")),
    )
    op.create_index("ix_purchase_refund_line_line", "purchase_refund_line", ["line_id"])


def _problems() -> None:
    op.create_table(
        "purchase_problem",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("purchase_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("assigned_to", sa.Uuid(), nullable=True),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("opened_by_name", sa.String(length=120), nullable=False),
        _at("opened_at", nullable=False),
        _at("ended_at"),
        sa.Column("how", sa.String(length=24), nullable=True),
        sa.Column("end_words", sa.String(), nullable=False),
        sa.Column("ended_by_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint("(ended_at IS NULL) = (how IS NULL)", name=op.f("ck_purchase_problem_ended")),
        sa.ForeignKeyConstraint(["assigned_to"], ["account.id"], name=op.f("fk_purchase_problem_assigned_to")),
        sa.ForeignKeyConstraint(
            ["commissioner_id"], ["commissioner.id"], name=op.f("fk_purchase_problem_commissioner_id")
        ),
        sa.ForeignKeyConstraint(["opened_by"], ["account.id"], name=op.f("fk_purchase_problem_opened_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_purchase_problem_person_id")),
        sa.ForeignKeyConstraint(["purchase_id"], ["purchase.id"], name=op.f("fk_purchase_problem_purchase_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_problem")),
        sa.UniqueConstraint("ref", name=op.f("uq_purchase_problem_ref")),
    )
    op.create_index(
        "uq_purchase_problem_open",
        "purchase_problem",
        ["purchase_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_purchase_problem_team",
        "purchase_problem",
        ["commissioner_id", "opened_at"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("purchase_problem")
    op.drop_table("purchase_refund_line")
    op.drop_table("purchase_refund")
    op.drop_constraint(op.f("ck_purchase_line_back"), "purchase_line", type_="check")
    for name in ("copied_from_id", "credit_pence", "refunded_pence"):
        op.drop_column("purchase_line", name)
    op.drop_index("ix_purchase_waiting", "purchase")
    op.create_index("ix_purchase_waiting", "purchase", ["person_id", "submitted_at"], postgresql_where=sa.text(_BEFORE))
    op.drop_index("ix_purchase_idea", "purchase")
    op.drop_index("uq_purchase_changes", "purchase")
    op.drop_constraint(op.f("ck_purchase_back"), "purchase", type_="check")
    for name in ("idea_id", "changes_id", "credit_pence", "refunded_pence", "appeal_why", "appealed_at"):
        op.drop_column("purchase", name)
    op.drop_table("idea")
    for name in ("needs_reason", "barred"):
        op.drop_column("approval_request", name)
