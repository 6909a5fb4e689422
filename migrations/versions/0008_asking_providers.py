"""Questions and quotes, reviews, and providers that are missing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_LIVE = "withdrawn_at IS NULL AND replaced_at IS NULL AND used_at IS NULL"
_TO_LOOK_AT = "state = 'held' OR reply_state = 'held' OR reported_at IS NOT NULL"


def _key() -> list[sa.Column[object]]:
    return [sa.Column("id", sa.Uuid(), nullable=False)]


def _ref() -> sa.Column[str]:
    return sa.Column("ref", sa.String(length=16), nullable=False)


def _time(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def _ends(table: str, *columns: tuple[str, str], ref: bool = True) -> list[sa.Constraint]:
    """The keys of a table: its own, its reference, and where its columns point."""
    keys: list[sa.Constraint] = [sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))]
    if ref:
        keys.append(sa.UniqueConstraint("ref", name=op.f(f"uq_{table}_ref")))
    keys += [
        sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, other in columns
    ]
    return keys


def upgrade() -> None:
    _enquiries()
    _reviews()
    op.create_table(
        "suggestion",
        *_key(),
        _ref(),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("suggested_by", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("area", sa.String(length=80), nullable=False),
        sa.Column("does", sa.String(), nullable=False),
        sa.Column("website", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=120), nullable=False),
        _time("decided_at", null=True),
        sa.Column("reason", sa.String(), nullable=False),
        _time("written_at"),
        sa.CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name=op.f("ck_suggestion_decided")),
        sa.CheckConstraint(
            "state NOT IN ('there', 'added') OR provider_id IS NOT NULL", name=op.f("ck_suggestion_provider")
        ),
        *_ends(
            "suggestion",
            ("commissioner_id", "commissioner"),
            ("person_id", "person"),
            ("suggested_by", "account"),
            ("provider_id", "provider"),
            ("decided_by", "account"),
        ),
    )
    op.create_index("ix_suggestion_person", "suggestion", ["person_id", "id"])
    op.create_index(
        "ix_suggestion_waiting",
        "suggestion",
        ["commissioner_id", "id"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.add_column("purchase_line", sa.Column("quote_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_purchase_line_quote_id"), "purchase_line", "quote", ["quote_id"], ["id"])
    for table in ("provider", "listing"):
        op.add_column(table, sa.Column("review_count", sa.Integer(), server_default="0", nullable=False))
        op.add_column(table, sa.Column("review_tenths", sa.Integer(), nullable=True))
    op.create_check_constraint(
        op.f("ck_provider_pa_unreviewed"),
        "provider",
        "kind <> 'pa' OR (review_count = 0 AND review_tenths IS NULL)",
    )
    op.create_check_constraint(op.f("ck_provider_reviews"), "provider", "(review_count = 0) = (review_tenths IS NULL)")


def _enquiries() -> None:
    op.create_table(
        "enquiry",
        *_key(),
        _ref(),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("first_name", sa.String(length=80), nullable=False),
        sa.Column("area", sa.String(length=4), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("wants_price", sa.Boolean(), nullable=False),
        sa.Column("quantity_hundredths", sa.Integer(), nullable=True),
        sa.Column("wanted_from", sa.Date(), nullable=True),
        _time("opened_at"),
        _time("last_at"),
        sa.Column("last_side", sa.String(length=24), nullable=False),
        _time("closed_at", null=True),
        sa.Column("closed_by", sa.String(length=24), nullable=True),
        sa.CheckConstraint("quantity_hundredths > 0", name=op.f("ck_enquiry_quantity")),
        sa.CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name=op.f("ck_enquiry_closed")),
        *_ends(
            "enquiry",
            ("commissioner_id", "commissioner"),
            ("person_id", "person"),
            ("provider_id", "provider"),
            ("listing_id", "listing"),
            ("asked_by", "account"),
        ),
    )
    op.create_index("ix_enquiry_person", "enquiry", ["commissioner_id", "person_id", "last_at"])
    op.create_index("ix_enquiry_provider", "enquiry", ["provider_id", "last_at"])
    op.create_table(
        "quote",
        *_key(),
        _ref(),
        sa.Column("enquiry_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=True),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=24), nullable=False),
        sa.Column("unit", sa.String(length=24), nullable=False),
        sa.Column("unit_price_pence", sa.BigInteger(), nullable=False),
        sa.Column("quantity_hundredths", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=False),
        _time("sent_at"),
        _time("withdrawn_at", null=True),
        _time("replaced_at", null=True),
        _time("used_at", null=True),
        sa.Column("used_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("unit_price_pence > 0 AND quantity_hundredths > 0", name=op.f("ck_quote_amounts")),
        sa.CheckConstraint("(used_at IS NULL) = (used_by IS NULL)", name=op.f("ck_quote_used")),
        *_ends(
            "quote",
            ("enquiry_id", "enquiry"),
            ("provider_id", "provider"),
            ("listing_id", "listing"),
            ("sent_by", "account"),
        ),
    )
    op.create_index("uq_quote_live", "quote", ["enquiry_id"], unique=True, postgresql_where=sa.text(_LIVE))
    op.create_index("ix_quote_enquiry", "quote", ["enquiry_id", "id"])


def _reviews() -> None:
    op.create_table(
        "review",
        *_key(),
        _ref(),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=True),
        sa.Column("purchase_id", sa.Uuid(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("held_for", sa.String(length=200), nullable=False),
        _time("written_at"),
        _time("changed_at"),
        _time("reported_at", null=True),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("reply_state", sa.String(length=24), nullable=True),
        _time("replied_at", null=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        _time("decided_at", null=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_review_stars")),
        sa.CheckConstraint("(reply = '') = (reply_state IS NULL)", name=op.f("ck_review_reply")),
        sa.UniqueConstraint("person_id", "provider_id", name=op.f("uq_review_person_id_provider_id")),
        *_ends(
            "review",
            ("commissioner_id", "commissioner"),
            ("person_id", "person"),
            ("provider_id", "provider"),
            ("listing_id", "listing"),
            ("written_by", "account"),
            ("decided_by", "account"),
        ),
    )
    op.create_index("ix_review_provider", "review", ["provider_id", "written_at"])
    op.create_index("ix_review_listing", "review", ["listing_id"], postgresql_where=sa.text("listing_id IS NOT NULL"))
    op.create_index(
        "ix_review_to_look_at",
        "review",
        ["commissioner_id", "changed_at"],
        postgresql_where=sa.text(_TO_LOOK_AT),
    )
    op.create_table(
        "review_report",
        *_key(),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("reported_by", sa.Uuid(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        _time("written_at"),
        _time("answered_at", null=True),
        sa.UniqueConstraint("review_id", "reported_by", name=op.f("uq_review_report_review_id_reported_by")),
        *_ends("review_report", ("review_id", "review"), ("reported_by", "account"), ref=False),
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_provider_reviews"), "provider")
    op.drop_constraint(op.f("ck_provider_pa_unreviewed"), "provider")
    for table in ("listing", "provider"):
        op.drop_column(table, "review_tenths")
        op.drop_column(table, "review_count")
    op.drop_constraint(op.f("fk_purchase_line_quote_id"), "purchase_line", type_="foreignkey")
    op.drop_column("purchase_line", "quote_id")
    for table in ("suggestion", "review_report", "review", "quote", "enquiry"):
        op.drop_table(table)
