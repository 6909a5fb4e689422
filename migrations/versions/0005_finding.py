"""What the search narrows, counts and corrects spelling by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PARTS = ("morning", "afternoon", "evening", "night")
_SLOTS = [f"{day}-{part}" for day in _DAYS for part in _PARTS]
#: A bit for each time of the week; every bit for any time.
SLOTS = (
    f"CASE WHEN cardinality(times) = 0 THEN {2 ** len(_SLOTS) - 1} ELSE "
    + " | ".join(f"(('{slot}' = ANY (times))::integer << {bit})" for bit, slot in enumerate(_SLOTS))
    + " END"
)
_INCLUDED = [
    "id", "provider_id", "category", "price_pence", "rating_rank", "at_home", "at_venue", "remote", "radius_miles",
    "takes_new_people", "personal_care", "slots", "languages", "accessibility",
]  # fmt: skip


def upgrade() -> None:
    op.add_column("listing", sa.Column("personal_care", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("listing", sa.Column("slots", sa.Integer(), sa.Computed(SLOTS, persisted=True), nullable=False))
    op.drop_index("ix_listing_point", table_name="listing")
    op.create_index(
        "ix_listing_point",
        "listing",
        ["lat", "lon"],
        unique=False,
        postgresql_include=_INCLUDED,
        postgresql_where=sa.text("offered"),
    )
    op.create_table(
        "search_word",
        sa.Column("word", sa.String(length=24), nullable=False),
        sa.Column("listings", sa.Integer(), nullable=False),
        sa.Column("named", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_word")),
    )
    op.create_table(
        "search_wordbook",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_search_wordbook_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_wordbook")),
    )


def downgrade() -> None:
    op.drop_table("search_wordbook")
    op.drop_table("search_word")
    op.drop_index("ix_listing_point", table_name="listing")
    op.create_index("ix_listing_point", "listing", ["lat", "lon"], unique=False, postgresql_where=sa.text("offered"))
    op.drop_column("listing", "slots")
    op.drop_column("listing", "personal_care")
