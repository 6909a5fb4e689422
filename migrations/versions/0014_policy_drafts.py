"""Drafts of the spending policy and who changed what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

#: Who changed what and why, and who took what back: nobody alters that afterwards.
_KEPT = ("policy_change", "policy_withdrawal")
_GOING = sa.text("state IN ('waiting', 'running')")


def upgrade() -> None:
    op.add_column("policy_version", sa.Column("published_by_id", sa.Uuid(), nullable=True))
    for name in ("drafted_by", "summary"):
        op.add_column("policy_version", sa.Column(name, sa.String(), server_default="", nullable=False))
    op.create_foreign_key(
        op.f("fk_policy_version_published_by_id"), "policy_version", "account", ["published_by_id"], ["id"]
    )
    op.create_table(
        "policy_withdrawal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["commissioner_id"], ["commissioner.id"], name=op.f("fk_policy_withdrawal_commissioner_id")
        ),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_policy_withdrawal_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_withdrawal")),
        sa.UniqueConstraint("version_id", name=op.f("uq_policy_withdrawal_version_id")),
    )
    op.create_table(
        "policy_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("base_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("begun_by", sa.Uuid(), nullable=False),
        sa.Column("begun_by_name", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_by_name", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("returned_words", sa.String(), nullable=False),
        sa.Column("returned_by_name", sa.String(), nullable=False),
        sa.Column("published_as", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'published') = (published_as IS NOT NULL)", name=op.f("ck_policy_draft_published")
        ),
        sa.ForeignKeyConstraint(["commissioner_id"], ["commissioner.id"], name=op.f("fk_policy_draft_commissioner_id")),
        sa.ForeignKeyConstraint(["begun_by"], ["account.id"], name=op.f("fk_policy_draft_begun_by")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_policy_draft_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_draft")),
        sa.UniqueConstraint("ref", name=op.f("uq_policy_draft_ref")),
    )
    op.create_index("ix_policy_draft_state", "policy_draft", ["commissioner_id", "state", "id"])
    op.create_table(
        "policy_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["commissioner_id"], ["commissioner.id"], name=op.f("fk_policy_change_commissioner_id")
        ),
        sa.ForeignKeyConstraint(["draft_id"], ["policy_draft.id"], name=op.f("fk_policy_change_draft_id")),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_policy_change_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_change")),
    )
    op.create_index("ix_policy_change_draft", "policy_change", ["draft_id", "id"])
    op.create_table(
        "policy_simulation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("base_digest", sa.String(length=64), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("asked_by_name", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("months BETWEEN 1 AND 12", name=op.f("ck_policy_simulation_months")),
        sa.ForeignKeyConstraint(
            ["commissioner_id"], ["commissioner.id"], name=op.f("fk_policy_simulation_commissioner_id")
        ),
        sa.ForeignKeyConstraint(["draft_id"], ["policy_draft.id"], name=op.f("fk_policy_simulation_draft_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_simulation")),
    )
    op.create_index("ix_policy_simulation_draft", "policy_simulation", ["draft_id", "id"])
    op.create_index(
        "uq_policy_simulation_going", "policy_simulation", ["draft_id"], unique=True, postgresql_where=_GOING
    )
    for table in _KEPT:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION append_only()"
        )
        op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM PUBLIC, CURRENT_USER")
    op.create_index("ix_purchase_decision_written", "purchase_decision", ["commissioner_id", "written_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_purchase_decision_written", table_name="purchase_decision")
    op.drop_table("policy_simulation")
    op.drop_table("policy_change")
    op.drop_table("policy_draft")
    op.drop_table("policy_withdrawal")
    op.drop_constraint(op.f("fk_policy_version_published_by_id"), "policy_version", type_="foreignkey")
    for name in ("summary", "drafted_by", "published_by_id"):
        op.drop_column("policy_version", name)
