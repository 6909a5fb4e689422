"""Invitations to act for somebody, and the papers behind an authority."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("scope", sa.String(length=24), nullable=False),
        sa.Column("buy_limit_pence", sa.BigInteger(), nullable=True),
        sa.Column("month_limit_pence", sa.BigInteger(), nullable=True),
        sa.Column("outcome_ids", sa.ARRAY(sa.Uuid()), nullable=True),
        sa.Column("sees_messages", sa.Boolean(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("evidence", sa.String(length=24), nullable=True),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("sendings", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column("invited_by_name", sa.String(length=120), nullable=False),
        sa.Column("invited_as", sa.String(length=24), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("authority_id", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind <> 'self'", name=op.f("ck_invitation_kind")),
        sa.CheckConstraint("(state = 'accepted') = (authority_id IS NOT NULL)", name=op.f("ck_invitation_accepted")),
        sa.CheckConstraint("outcome_ids IS NULL OR cardinality(outcome_ids) > 0", name=op.f("ck_invitation_outcomes")),
        sa.ForeignKeyConstraint(["commissioner_id"], ["commissioner.id"], name=op.f("fk_invitation_commissioner_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_invitation_person_id")),
        sa.ForeignKeyConstraint(["invited_by"], ["account.id"], name=op.f("fk_invitation_invited_by")),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"], name=op.f("fk_invitation_authority_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("ref", name=op.f("uq_invitation_ref")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index("ix_invitation_inviter", "invitation", ["invited_by", "written_at"])
    op.create_index(
        "uq_invitation_waiting",
        "invitation",
        ["person_id", sa.literal_column("lower(email)")],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "authority_paper",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("filename", sa.String(length=120), nullable=False),
        sa.Column("content_type", sa.String(length=40), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("stored_name", sa.String(length=80), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_by_name", sa.String(length=120), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_authority_paper_size")),
        sa.ForeignKeyConstraint(
            ["commissioner_id"], ["commissioner.id"], name=op.f("fk_authority_paper_commissioner_id")
        ),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"], name=op.f("fk_authority_paper_authority_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["account.id"], name=op.f("fk_authority_paper_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_paper")),
        sa.UniqueConstraint("ref", name=op.f("uq_authority_paper_ref")),
        sa.UniqueConstraint("stored_name", name=op.f("uq_authority_paper_stored_name")),
    )
    op.create_index("ix_authority_paper_authority", "authority_paper", ["authority_id", "id"])


def downgrade() -> None:
    op.drop_table("authority_paper")
    op.drop_table("invitation")
