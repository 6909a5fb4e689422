"""What providers keep themselves: prices by date, holidays, answers to orders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("languages", "accessibility"):
        op.add_column(
            "provider", sa.Column(name, postgresql.ARRAY(sa.String()), nullable=False, server_default=sa.text("'{}'"))
        )
    op.add_column("provider", sa.Column("outcode", sa.String(length=4), nullable=False, server_default=""))
    # made at once for every place that is there; from now on whoever adds one gives it one
    op.add_column(
        "location",
        sa.Column(
            "ref",
            sa.String(length=16),
            nullable=False,
            server_default=sa.text("substr(md5(gen_random_uuid()::text), 1, 12)"),
        ),
    )
    op.alter_column("location", "ref", server_default=None)
    op.create_unique_constraint(op.f("uq_location_ref"), "location", ["ref"])
    op.add_column("location", sa.Column("closed_on", sa.Date(), nullable=True))
    op.create_table(
        "listing_price",
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("price_pence", sa.BigInteger(), nullable=True),
        sa.Column("set_by_name", sa.String(length=120), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("turned", sa.Boolean(), nullable=False),
        sa.CheckConstraint("price_pence >= 0", name=op.f("ck_listing_price_price")),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_listing_price_listing_id")),
        sa.PrimaryKeyConstraint("listing_id", "starts_on", name=op.f("pk_listing_price")),
    )
    op.create_index(
        "ix_listing_price_coming", "listing_price", ["starts_on"], postgresql_where=sa.text("NOT turned")
    )
    op.create_table(
        "holiday",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_holiday_days")),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_holiday_listing_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_holiday_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holiday")),
        sa.UniqueConstraint("ref", name=op.f("uq_holiday_ref")),
    )
    op.create_index("ix_holiday_provider", "holiday", ["provider_id", "ends_on"])
    op.add_column(
        "purchase", sa.Column("order_state", sa.String(length=24), nullable=False, server_default="asked")
    )
    op.add_column("purchase", sa.Column("order_reason", sa.String(), nullable=False, server_default=""))
    op.add_column("purchase", sa.Column("order_by_name", sa.String(length=120), nullable=False, server_default=""))
    op.add_column("purchase", sa.Column("order_answered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("purchase", sa.Column("said_delivered_on", sa.Date(), nullable=True))


def downgrade() -> None:
    for name in ("said_delivered_on", "order_answered_at", "order_by_name", "order_reason", "order_state"):
        op.drop_column("purchase", name)
    op.drop_table("holiday")
    op.drop_table("listing_price")
    op.drop_column("location", "closed_on")
    op.drop_column("location", "ref")
    for name in ("outcode", "accessibility", "languages"):
        op.drop_column("provider", name)
