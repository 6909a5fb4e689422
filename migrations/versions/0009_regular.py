"""Regular purchases of every rhythm."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

#: The day of a month on which a payment falls due: a day that the month does not have is its last.
DUE_ON = "LEAST({period} + (day_of_month - 1), ({period} + INTERVAL '1 month' - INTERVAL '1 day')::date)"


def upgrade() -> None:
    op.create_table(
        "regular_payment_terms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("rhythm", sa.String(length=24), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("day_of_month", sa.Integer(), nullable=False),
        sa.Column("quantity_hundredths", sa.Integer(), nullable=False),
        sa.Column("unit_price_pence", sa.BigInteger(), nullable=False),
        sa.Column("amount_pence", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_by_name", sa.String(length=120), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "amount_pence > 0 AND unit_price_pence >= 0 AND quantity_hundredths > 0",
            name=op.f("ck_regular_payment_terms_amounts"),
        ),
        sa.CheckConstraint("day_of_month BETWEEN 1 AND 31", name=op.f("ck_regular_payment_terms_day")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["regular_payment.id"], name=op.f("fk_regular_payment_terms_payment_id")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_regular_payment_terms_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regular_payment_terms")),
    )
    op.create_index("ix_regular_payment_terms_payment", "regular_payment_terms", ["payment_id", "from_on"])
    op.create_index(
        "uq_regular_payment_terms_waiting",
        "regular_payment_terms",
        ["payment_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('prepared', 'asked', 'rise')"),
    )
    op.create_table(
        "regular_payment_pause",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name=op.f("ck_regular_payment_pause_days")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["regular_payment.id"], name=op.f("fk_regular_payment_pause_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regular_payment_pause")),
    )
    op.create_index("ix_regular_payment_pause_payment", "regular_payment_pause", ["payment_id"])
    op.create_table(
        "regular_payment_tried",
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["regular_payment.id"], name=op.f("fk_regular_payment_tried_payment_id")
        ),
        sa.PrimaryKeyConstraint("payment_id", "due_on", name=op.f("pk_regular_payment_tried")),
    )

    # what was agreed until now comes round every month and is written down by hand
    op.execute(
        "INSERT INTO regular_payment_terms (id, payment_id, state, from_on, rhythm, first_on, day_of_month,"
        " quantity_hundredths, unit_price_pence, amount_pence, asked_by_name, findings, written_at)"
        " SELECT gen_random_uuid(), id, 'agreed', starts_on, 'monthly', starts_on, day_of_month, 100, amount_pence,"
        " amount_pence, '', '[]'::jsonb, now() FROM regular_payment"
    )
    op.add_column("regular_payment_made", sa.Column("due_on", sa.Date(), nullable=True))
    op.add_column("regular_payment_made", sa.Column("skipped_by_name", sa.String(length=120), nullable=True))
    due_on = DUE_ON.format(period="made.period")
    op.execute(
        f"UPDATE regular_payment_made made SET due_on = {due_on} FROM regular_payment payment"
        " WHERE payment.id = made.payment_id"
    )
    op.drop_constraint(op.f("pk_regular_payment_made"), "regular_payment_made", type_="primary")
    op.alter_column("regular_payment_made", "due_on", nullable=False)
    op.create_primary_key(op.f("pk_regular_payment_made"), "regular_payment_made", ["payment_id", "due_on"])
    op.drop_column("regular_payment_made", "period")
    op.alter_column("regular_payment_made", "purchase_id", nullable=True)
    op.create_check_constraint(
        op.f("ck_regular_payment_made_how"),
        "regular_payment_made",
        "(purchase_id IS NULL) = (skipped_by_name IS NOT NULL)",
    )
    op.create_index("ix_regular_payment_made_purchase", "regular_payment_made", ["purchase_id"])

    op.add_column("purchase", sa.Column("regular_due_on", sa.Date(), nullable=True))
    due_on = DUE_ON.format(period="purchase.regular_period")
    op.execute(
        f"UPDATE purchase SET regular_due_on = {due_on} FROM regular_payment payment"
        " WHERE payment.id = purchase.regular_payment_id AND purchase.regular_period IS NOT NULL"
    )
    op.drop_column("purchase", "regular_period")

    op.drop_constraint(op.f("ck_regular_payment_amount"), "regular_payment", type_="check")
    op.drop_constraint(op.f("ck_regular_payment_day"), "regular_payment", type_="check")
    op.drop_column("regular_payment", "amount_pence")
    op.drop_column("regular_payment", "day_of_month")
    for column in (
        sa.Column("state", sa.String(length=24), server_default="running", nullable=False),
        sa.Column("posted_by", sa.String(length=24), server_default="person", nullable=False),
        sa.Column("posts_from", sa.Date(), nullable=True),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("listing_id", sa.Uuid(), nullable=True),
        sa.Column("unit", sa.String(length=24), nullable=True),
        sa.Column("family_member", sa.String(length=24), nullable=True),
        sa.Column("note", sa.String(), server_default="", nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_by_name", sa.String(length=120), server_default="", nullable=False),
        sa.Column("asked_as", sa.String(length=24), server_default="", nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("policy_version", sa.String(length=40), server_default="", nullable=False),
        sa.Column("end_reason", sa.String(), server_default="", nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    ):
        op.add_column("regular_payment", column)
    for name, table in (("provider_id", "provider"), ("listing_id", "listing"), ("asked_by", "account")):
        op.create_foreign_key(op.f(f"fk_regular_payment_{name}"), "regular_payment", table, [name], ["id"])
    op.create_check_constraint(
        op.f("ck_regular_payment_period"), "regular_payment", "ends_on IS NULL OR ends_on >= starts_on"
    )
    op.create_index(
        "ix_regular_payment_listing",
        "regular_payment",
        ["listing_id"],
        postgresql_where=sa.text("listing_id IS NOT NULL"),
    )
    op.create_index(
        "ix_regular_payment_posted",
        "regular_payment",
        ["id"],
        postgresql_where=sa.text("state = 'running' AND posted_by = 'carepurse'"),
    )


def downgrade() -> None:
    op.drop_index("ix_regular_payment_posted", "regular_payment")
    op.drop_index("ix_regular_payment_listing", "regular_payment")
    op.drop_constraint(op.f("ck_regular_payment_period"), "regular_payment", type_="check")
    for name in ("asked_by", "listing_id", "provider_id"):
        op.drop_constraint(op.f(f"fk_regular_payment_{name}"), "regular_payment", type_="foreignkey")
    op.add_column("regular_payment", sa.Column("amount_pence", sa.BigInteger(), nullable=True))
    op.add_column("regular_payment", sa.Column("day_of_month", sa.Integer(), nullable=True))
    # The newest terms that hold. Before there was one rhythm: what keeps another ends, so that no month counts it wrongly.
    op.execute(
        "UPDATE regular_payment payment SET amount_pence = held.amount_pence, day_of_month = held.day_of_month,"
        " ends_on = CASE WHEN held.rhythm = 'monthly' AND payment.state = 'running' THEN payment.ends_on"
        " ELSE payment.starts_on END"
        " FROM (SELECT DISTINCT ON (payment_id) payment_id, rhythm, amount_pence,"
        " CASE WHEN rhythm = 'monthly' THEN day_of_month ELSE extract(day FROM first_on)::int END AS day_of_month"
        " FROM regular_payment_terms WHERE state = 'agreed' ORDER BY payment_id, from_on DESC, id DESC) held"
        " WHERE held.payment_id = payment.id"
    )
    op.alter_column("regular_payment", "amount_pence", nullable=False)
    op.alter_column("regular_payment", "day_of_month", nullable=False)
    op.create_check_constraint(op.f("ck_regular_payment_amount"), "regular_payment", "amount_pence > 0")
    op.create_check_constraint(op.f("ck_regular_payment_day"), "regular_payment", "day_of_month BETWEEN 1 AND 31")

    op.add_column("purchase", sa.Column("regular_period", sa.Date(), nullable=True))
    op.execute("UPDATE purchase SET regular_period = date_trunc('month', regular_due_on)::date")
    op.drop_column("purchase", "regular_due_on")

    op.drop_index("ix_regular_payment_made_purchase", "regular_payment_made")
    op.drop_constraint(op.f("ck_regular_payment_made_how"), "regular_payment_made", type_="check")
    op.add_column("regular_payment_made", sa.Column("period", sa.Date(), nullable=True))
    op.drop_constraint(op.f("pk_regular_payment_made"), "regular_payment_made", type_="primary")
    op.execute("DELETE FROM regular_payment_made WHERE purchase_id IS NULL")
    op.execute("UPDATE regular_payment_made SET period = date_trunc('month', due_on)::date")
    # one a month, as it was: the first of them
    op.execute(
        "DELETE FROM regular_payment_made made USING regular_payment_made other WHERE other.payment_id = made.payment_id"
        " AND other.period = made.period AND other.due_on < made.due_on"
    )
    op.alter_column("regular_payment_made", "period", nullable=False)
    op.alter_column("regular_payment_made", "purchase_id", nullable=False)
    op.create_primary_key(op.f("pk_regular_payment_made"), "regular_payment_made", ["payment_id", "period"])
    op.drop_column("regular_payment_made", "due_on")
    op.drop_column("regular_payment_made", "skipped_by_name")
    for name in [
        "state",
        "posted_by",
        "posts_from",
        "provider_id",
        "listing_id",
        "unit",
        "family_member",
        "note",
        "asked_by",
        "asked_by_name",
        "asked_as",
        "findings",
        "policy_version",
        "end_reason",
        "written_at",
    ]:
        op.drop_column("regular_payment", name)
    for table in ("regular_payment_tried", "regular_payment_pause", "regular_payment_terms"):
        op.drop_table(table)
