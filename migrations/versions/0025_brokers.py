"""Whose work a purchase is, a list of saved things for each broker, and what brokers say they get."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_BROKERS = "SELECT account_id FROM authority WHERE kind = 'broker' AND person_id = {table}.person_id"


def upgrade() -> None:
    op.add_column("purchase", sa.Column("broker_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_purchase_broker_id"), "purchase", "account", ["broker_id"], ["id"])
    op.execute("UPDATE purchase SET broker_id = requested_by WHERE requested_as = 'broker'")
    op.create_index(
        "ix_purchase_broker",
        "purchase",
        ["broker_id", "person_id", "id"],
        postgresql_where=sa.text("broker_id IS NOT NULL"),
    )
    op.add_column("saved_item", sa.Column("broker_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_saved_item_broker_id"), "saved_item", "account", ["broker_id"], ["id"])
    brokers = _BROKERS.format(table="saved_item")
    op.execute(f"UPDATE saved_item SET broker_id = saved_by WHERE saved_by IN ({brokers})")
    for name in ("listing", "provider"):
        op.drop_index(f"uq_saved_item_{name}", "saved_item")
        op.create_index(
            f"uq_saved_item_{name}",
            "saved_item",
            ["person_id", "broker_id", f"{name}_id"],
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=sa.text(f"{name}_id IS NOT NULL"),
        )
    _statements()


def _statements() -> None:
    op.create_table(
        "benefit_statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("purchase_id", sa.Uuid(), nullable=True),
        sa.Column("regular_payment_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("gets", sa.Boolean(), nullable=False),
        sa.Column("amount_pence", sa.BigInteger(), nullable=True),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("from_whom", sa.String(length=120), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(purchase_id, regular_payment_id) = 1", name=op.f("ck_benefit_statement_about")
        ),
        sa.CheckConstraint(
            "gets OR (amount_pence IS NULL AND what = '' AND from_whom = '')",
            name=op.f("ck_benefit_statement_nothing"),
        ),
        sa.CheckConstraint(
            "NOT gets OR (from_whom <> '' AND (what <> '' OR amount_pence > 0))",
            name=op.f("ck_benefit_statement_something"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_benefit_statement_account_id")),
        sa.ForeignKeyConstraint(
            ["commissioner_id"], ["commissioner.id"], name=op.f("fk_benefit_statement_commissioner_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_benefit_statement_person_id")),
        sa.ForeignKeyConstraint(["purchase_id"], ["purchase.id"], name=op.f("fk_benefit_statement_purchase_id")),
        sa.ForeignKeyConstraint(
            ["regular_payment_id"], ["regular_payment.id"], name=op.f("fk_benefit_statement_regular_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benefit_statement")),
    )
    op.create_index("ix_benefit_statement_purchase", "benefit_statement", ["purchase_id", "id"])
    op.create_index("ix_benefit_statement_regular", "benefit_statement", ["regular_payment_id", "id"])
    op.create_index("ix_benefit_statement_account", "benefit_statement", ["account_id", "person_id", "id"])
    # what was said stays as it was said; past its time a whole row may go
    op.execute(
        "CREATE TRIGGER benefit_statement_append_only BEFORE UPDATE ON benefit_statement"
        " FOR EACH ROW EXECUTE FUNCTION append_only()"
    )


def downgrade() -> None:
    op.drop_table("benefit_statement")
    op.execute(
        "DELETE FROM saved_item AS more USING saved_item AS kept WHERE more.person_id = kept.person_id"
        " AND (more.listing_id = kept.listing_id OR more.provider_id = kept.provider_id) AND more.id > kept.id"
    )
    for name in ("listing", "provider"):
        op.drop_index(f"uq_saved_item_{name}", "saved_item")
        op.create_index(f"uq_saved_item_{name}", "saved_item", ["person_id", f"{name}_id"], unique=True)
    op.drop_constraint(op.f("fk_saved_item_broker_id"), "saved_item")
    op.drop_column("saved_item", "broker_id")
    op.drop_index("ix_purchase_broker", "purchase")
    op.drop_constraint(op.f("fk_purchase_broker_id"), "purchase")
    op.drop_column("purchase", "broker_id")
