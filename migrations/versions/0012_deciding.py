"""Leave, reasons kept ready, and simple rules."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("cover_id", sa.Uuid(), nullable=True),
        sa.Column("noted_by_name", sa.String(length=120), nullable=False),
        sa.Column("handed_over_on", sa.Date(), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cover_id <> account_id", name=op.f("ck_absence_cover")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_absence_period")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_absence_account_id")),
        sa.ForeignKeyConstraint(["commissioner_id"], ["commissioner.id"], name=op.f("fk_absence_commissioner_id")),
        sa.ForeignKeyConstraint(["cover_id"], ["account.id"], name=op.f("fk_absence_cover_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
        sa.UniqueConstraint("ref", name=op.f("uq_absence_ref")),
    )
    op.create_index("ix_absence_commissioner", "absence", ["commissioner_id", "ends_on"], unique=False)
    op.create_table(
        "reason_template",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by_name", sa.String(length=120), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["commissioner_id"], ["commissioner.id"], name=op.f("fk_reason_template_commissioner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reason_template")),
        sa.UniqueConstraint("commissioner_id", "answer", "name", name=op.f("uq_reason_template_commissioner_id_answer_name")),
        sa.UniqueConstraint("ref", name=op.f("uq_reason_template_ref")),
    )
    op.create_table(
        "simple_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=True),
        sa.Column("words", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("outcome_words", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("most_pence", sa.BigInteger(), nullable=False),
        sa.Column("times_a_year", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_by_name", sa.String(length=120), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint("category IS NOT NULL OR cardinality(words) > 0", name=op.f("ck_simple_rule_what")),
        sa.CheckConstraint("most_pence > 0 AND times_a_year > 0", name=op.f("ck_simple_rule_limits")),
        sa.ForeignKeyConstraint(["commissioner_id"], ["commissioner.id"], name=op.f("fk_simple_rule_commissioner_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_simple_rule_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_simple_rule")),
        sa.UniqueConstraint("ref", name=op.f("uq_simple_rule_ref")),
    )
    op.create_index(
        "ix_simple_rule_in_force",
        "simple_rule",
        ["commissioner_id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.add_column("approval_request", sa.Column("category", sa.String(length=40), nullable=True))
    op.add_column("approval_request", sa.Column("simple_rule_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_approval_request_simple_rule_id"), "approval_request", "simple_rule", ["simple_rule_id"], ["id"]
    )
    op.create_index(
        "ix_approval_request_simple_rule",
        "approval_request",
        ["simple_rule_id", "person_id"],
        unique=False,
        postgresql_where=sa.text("simple_rule_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_approval_request_simple_rule", table_name="approval_request")
    op.drop_constraint(op.f("fk_approval_request_simple_rule_id"), "approval_request", type_="foreignkey")
    op.drop_column("approval_request", "simple_rule_id")
    op.drop_column("approval_request", "category")
    op.drop_table("simple_rule")
    op.drop_table("reason_template")
    op.drop_table("absence")
