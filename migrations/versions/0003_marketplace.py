"""Providers and personal assistants, their places, listings with their search, outcodes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ("listing", "provider_member", "location", "register_reading", "provider", "outcode")
FOLD = (
    "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöøùúûüýÿŵŷŴŶ",
    "AAAAAACEEEEIIIINOOOOOOUUUUYaaaaaaceeeeiiiinoooooouuuuyywyWY",
)


def _weighted(column: str, weight: str) -> str:
    return f"setweight(to_tsvector('english'::regconfig, translate({column}, '{FOLD[0]}', '{FOLD[1]}')), '{weight}')"


SEARCH = " || ".join(
    [
        _weighted("title", "A"),
        _weighted("who || ' ' || replace(category, '-', ' ')", "B"),
        _weighted("summary", "C"),
        _weighted("keywords", "D"),
    ]
)


def upgrade() -> None:
    op.create_table(
        "outcode",
        sa.Column("code", sa.String(length=4), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("town", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_outcode")),
    )
    op.create_table(
        "provider",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("cqc_id", sa.String(length=20), nullable=True),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("is_regulated", sa.Boolean(), nullable=False),
        sa.Column("rating", sa.String(length=24), nullable=True),
        sa.Column("rating_on", sa.Date(), nullable=True),
        sa.Column("website", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("employment", sa.String(length=24), nullable=True),
        sa.Column("gender", sa.String(length=24), nullable=True),
        sa.Column("dbs_checked_on", sa.Date(), nullable=True),
        sa.Column("right_to_work_on", sa.Date(), nullable=True),
        sa.Column("references_seen", sa.Integer(), server_default="0", nullable=False),
        sa.Column("insured_until", sa.Date(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind <> 'pa' OR (cqc_id IS NULL AND rating IS NULL)", name=op.f("ck_provider_pa_unrated")),
        sa.CheckConstraint("kind = 'pa' OR employment IS NULL", name=op.f("ck_provider_employment")),
        sa.CheckConstraint("references_seen >= 0", name=op.f("ck_provider_references")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
        sa.UniqueConstraint("cqc_id", name=op.f("uq_provider_cqc_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_provider_ref")),
    )
    op.create_table(
        "register_reading",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("layout", sa.String(length=24), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("counts", JSONB(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_reading")),
    )
    op.create_index("ix_register_reading_read", "register_reading", ["read_at"], unique=False)
    op.create_table(
        "location",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cqc_id", sa.String(length=20), nullable=True),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("postcode", sa.String(length=8), nullable=False),
        sa.Column("outcode", sa.String(length=4), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("website", sa.String(), nullable=False),
        sa.Column("service_types", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("specialisms", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("activities", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("local_authority", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("rating", sa.String(length=24), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("register_url", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_location_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location")),
        sa.UniqueConstraint("cqc_id", name=op.f("uq_location_cqc_id")),
    )
    op.create_index("ix_location_provider", "location", ["provider_id"], unique=False)
    op.create_table(
        "provider_member",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_provider_member_account_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_provider_member_provider_id")),
        sa.PrimaryKeyConstraint("account_id", "provider_id", name=op.f("pk_provider_member")),
    )
    op.create_index("ix_provider_member_provider", "provider_member", ["provider_id"], unique=False)
    op.create_table(
        "listing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("from_register", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("category", sa.String(length=24), nullable=False),
        sa.Column("unit", sa.String(length=24), nullable=False),
        sa.Column("price_pence", sa.BigInteger(), nullable=True),
        sa.Column("priced_from", sa.Date(), nullable=True),
        sa.Column("at_home", sa.Boolean(), nullable=False),
        sa.Column("at_venue", sa.Boolean(), nullable=False),
        sa.Column("remote", sa.Boolean(), nullable=False),
        sa.Column("radius_miles", sa.Integer(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("languages", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("accessibility", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("times", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("takes_new_people", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("rating_rank", sa.Integer(), nullable=False),
        sa.Column("keywords", sa.String(), nullable=False),
        sa.Column("search", TSVECTOR(), sa.Computed(SEARCH, persisted=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(lat IS NULL) = (lon IS NULL)", name=op.f("ck_listing_point")),
        sa.CheckConstraint("NOT from_register OR location_id IS NOT NULL", name=op.f("ck_listing_register")),
        sa.CheckConstraint("at_home OR at_venue OR remote", name=op.f("ck_listing_where")),
        sa.CheckConstraint("price_pence >= 0", name=op.f("ck_listing_price")),
        sa.CheckConstraint("radius_miles > 0", name=op.f("ck_listing_radius")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_listing_location_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_listing_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing")),
        sa.UniqueConstraint("ref", name=op.f("uq_listing_ref")),
    )
    op.create_index(
        "ix_listing_category",
        "listing",
        ["category", "price_pence"],
        unique=False,
        postgresql_where=sa.text("offered"),
    )
    op.create_index("ix_listing_location", "listing", ["location_id"], unique=False)
    op.create_index("ix_listing_point", "listing", ["lat", "lon"], unique=False, postgresql_where=sa.text("offered"))
    op.create_index("ix_listing_provider", "listing", ["provider_id"], unique=False)
    op.create_index(
        "ix_listing_price",
        "listing",
        ["category", "unit", "lat"],
        unique=False,
        postgresql_include=["lon", "price_pence"],
        postgresql_where=sa.text("offered AND price_pence > 0"),
    )
    op.create_index(
        "ix_listing_remote",
        "listing",
        ["category"],
        unique=False,
        postgresql_where=sa.text("offered AND remote"),
    )
    op.create_index(
        "ix_listing_search",
        "listing",
        ["search"],
        unique=False,
        postgresql_using="gin",
        postgresql_where=sa.text("offered"),
    )
    op.create_index(
        "uq_listing_register",
        "listing",
        ["location_id", "category"],
        unique=True,
        postgresql_where=sa.text("from_register"),
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
