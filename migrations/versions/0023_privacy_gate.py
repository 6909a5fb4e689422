"""Reviews, concerns, safeguarding leads' decisions, and everything that staff opened."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff_post", sa.Column("safeguards", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "plan_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("held_by", sa.Uuid(), nullable=False),
        sa.Column("with_id", sa.Uuid(), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("look_from", sa.Date(), nullable=False),
        sa.Column("look_until", sa.Date(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("wish", sa.String(), nullable=False),
        sa.Column("wish_by_name", sa.String(length=120), nullable=False),
        sa.Column("wished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed", sa.String(), nullable=False),
        sa.Column("risk", sa.String(length=24), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_name", sa.String(length=120), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("unwritten_on", sa.Date(), nullable=True),
        sa.CheckConstraint("closes_on >= starts_on", name=op.f("ck_plan_review_window")),
        sa.CheckConstraint("look_until >= look_from", name=op.f("ck_plan_review_looked_at")),
        sa.CheckConstraint(
            "state <> 'held' OR (ended_at IS NOT NULL AND next_on IS NOT NULL)", name=op.f("ck_plan_review_held")
        ),
        sa.ForeignKeyConstraint(["commissioner_id"], ["commissioner.id"], name=op.f("fk_plan_review_commissioner_id")),
        sa.ForeignKeyConstraint(["held_by"], ["account.id"], name=op.f("fk_plan_review_held_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_plan_review_person_id")),
        sa.ForeignKeyConstraint(["with_id"], ["account.id"], name=op.f("fk_plan_review_with_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_review")),
        sa.UniqueConstraint("ref", name=op.f("uq_plan_review_ref")),
    )
    op.create_index("ix_plan_review_commissioner", "plan_review", ["commissioner_id", "state", "starts_on"])
    op.create_index("ix_plan_review_person", "plan_review", ["person_id", "starts_on"])
    op.create_index(
        "uq_plan_review_announced",
        "plan_review",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("state = 'announced'"),
    )
    op.create_table(
        "review_cycle",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("risk", sa.String(length=24), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_review_cycle_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_review_cycle")),
    )
    op.create_index("ix_review_cycle_next", "review_cycle", ["next_on"])
    op.create_table(
        "concern",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("told_words", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_by_name", sa.String(length=120), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("second_name", sa.String(length=120), nullable=False),
        sa.Column("delay_why", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opens_until", sa.Date(), nullable=True),
        sa.Column("renewals", postgresql.JSONB(), nullable=False),
        sa.Column("tell_on", sa.Date(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_name", sa.String(length=120), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("told_outcome", sa.String(), nullable=False),
        sa.Column("over_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "state = 'waiting' OR told_at IS NOT NULL OR tell_on IS NOT NULL", name=op.f("ck_concern_told")
        ),
        sa.CheckConstraint("state IN ('waiting', 'lapsed') OR opened_at IS NOT NULL", name=op.f("ck_concern_opened")),
        sa.CheckConstraint("state <> 'closed' OR closed_at IS NOT NULL", name=op.f("ck_concern_closed")),
        sa.CheckConstraint("second_id <> recorded_by", name=op.f("ck_concern_second")),
        sa.ForeignKeyConstraint(["commissioner_id"], ["commissioner.id"], name=op.f("fk_concern_commissioner_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_concern_person_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_concern_recorded_by")),
        sa.ForeignKeyConstraint(["second_id"], ["account.id"], name=op.f("fk_concern_second_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern")),
        sa.UniqueConstraint("ref", name=op.f("uq_concern_ref")),
    )
    op.create_index("ix_concern_commissioner", "concern", ["commissioner_id", "state", "id"])
    op.create_index("ix_concern_person", "concern", ["person_id", "id"])
    op.create_index("ix_concern_to_tell", "concern", ["tell_on"], postgresql_where=sa.text("told_at IS NULL"))
    op.create_table(
        "telling_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("concern_id", sa.Uuid(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_by_name", sa.String(length=120), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tell_on", sa.Date(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["concern_id"], ["concern.id"], name=op.f("fk_telling_decision_concern_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_telling_decision_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telling_decision")),
    )
    op.create_index("ix_telling_decision_concern", "telling_decision", ["concern_id", "id"])
    op.create_table(
        "opening",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("account_name", sa.String(length=120), nullable=False),
        sa.Column("account_role", sa.String(length=24), nullable=False),
        sa.Column("sight", sa.String(length=24), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.Column("key_kind", sa.String(length=24), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("key_words", sa.String(length=200), nullable=False),
        sa.Column("concern_id", sa.Uuid(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_opening_account_id")),
        sa.ForeignKeyConstraint(["commissioner_id"], ["commissioner.id"], name=op.f("fk_opening_commissioner_id")),
        sa.ForeignKeyConstraint(["concern_id"], ["concern.id"], name=op.f("fk_opening_concern_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_opening_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening")),
        sa.UniqueConstraint("person_id", "day", "account_id", "sight", "subject_id", "key_id", name="uq_opening_once"),
    )
    op.create_index("ix_opening_commissioner", "opening", ["commissioner_id", "first_at"])
    op.create_index("ix_opening_person", "opening", ["person_id", "first_at"])


def downgrade() -> None:
    for table in ("opening", "telling_decision", "concern", "review_cycle", "plan_review"):
        op.drop_table(table)
    op.drop_column("staff_post", "safeguards")
