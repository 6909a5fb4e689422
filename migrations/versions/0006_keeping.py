"""Favourites, and searches that are watched."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("listing", sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_listing_written", "listing", ["written_at"], postgresql_where=sa.text("offered"))
    op.create_index(
        "ix_listing_reopened",
        "listing",
        ["reopened_at"],
        postgresql_where=sa.text("offered AND reopened_at IS NOT NULL"),
    )
    op.create_table(
        "saved_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=True),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("price_pence", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=False),
        sa.Column("saved_by_name", sa.String(length=120), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(listing_id IS NULL) <> (provider_id IS NULL)", name=op.f("ck_saved_item_one")),
        sa.ForeignKeyConstraint(["commissioner_id"], ["commissioner.id"], name=op.f("fk_saved_item_commissioner_id")),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_saved_item_listing_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_item_person_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_saved_item_provider_id")),
        sa.ForeignKeyConstraint(["saved_by"], ["account.id"], name=op.f("fk_saved_item_saved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_item")),
        sa.UniqueConstraint("ref", name=op.f("uq_saved_item_ref")),
    )
    op.create_index("ix_saved_item_person", "saved_item", ["commissioner_id", "person_id", "id"])
    op.create_index("uq_saved_item_listing", "saved_item", ["person_id", "listing_id"], unique=True)
    op.create_index("uq_saved_item_provider", "saved_item", ["person_id", "provider_id"], unique=True)
    op.create_table(
        "watch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_by_name", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("asked", JSONB(), nullable=False),
        sa.Column("category", sa.String(length=24), nullable=True),
        sa.Column("max_pence", sa.BigInteger(), nullable=True),
        sa.Column("south", sa.Double(), nullable=True),
        sa.Column("north", sa.Double(), nullable=True),
        sa.Column("west", sa.Double(), nullable=True),
        sa.Column("east", sa.Double(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("num_nonnulls(south, north, west, east) IN (0, 4)", name=op.f("ck_watch_box")),
        sa.ForeignKeyConstraint(["commissioner_id"], ["commissioner.id"], name=op.f("fk_watch_commissioner_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_watch_made_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_watch_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch")),
        sa.UniqueConstraint("ref", name=op.f("uq_watch_ref")),
    )
    op.create_index("ix_watch_person", "watch", ["commissioner_id", "person_id", "id"])
    op.create_index("ix_watch_running", "watch", ["id"], postgresql_where=sa.text("paused_at IS NULL"))
    op.create_table(
        "watch_told",
        sa.Column("watch_id", sa.Uuid(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_watch_told_listing_id")),
        sa.ForeignKeyConstraint(["watch_id"], ["watch.id"], name=op.f("fk_watch_told_watch_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("watch_id", "listing_id", name=op.f("pk_watch_told")),
    )


def downgrade() -> None:
    for table in ("watch_told", "watch", "saved_item"):
        op.drop_table(table)
    op.drop_index("ix_listing_reopened", "listing")
    op.drop_index("ix_listing_written", "listing")
    op.drop_column("listing", "reopened_at")
