"""Changes in a life: sixteen, capacity, a death, a move."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

#: What was found, and what was said: nobody alters that afterwards.
_KEPT = ("nominee_choice", "capacity_record")
_OPEN = sa.text("state IN ('noted', 'done')")
_JSON = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.create_table(
        "sixteen_step",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(length=24), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("said", _JSON, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sixteen_step_person_id")),
        sa.PrimaryKeyConstraint("person_id", "step", name=op.f("pk_sixteen_step")),
    )
    op.create_table(
        "nominee_choice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("by_themself", sa.Boolean(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["commissioner_id"], ["commissioner.id"], name=op.f("fk_nominee_choice_commissioner_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_nominee_choice_person_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_nominee_choice_account_id")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_nominee_choice_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nominee_choice")),
    )
    op.create_index("ix_nominee_choice_person", "nominee_choice", ["person_id", "id"])
    op.create_table(
        "capacity_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("finding", sa.String(length=24), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("assessed_by", sa.String(length=200), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("look_again_on", sa.Date(), nullable=True),
        sa.Column("said", _JSON, nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "look_again_on IS NULL OR look_again_on >= assessed_on", name=op.f("ck_capacity_record_days")
        ),
        sa.ForeignKeyConstraint(
            ["commissioner_id"], ["commissioner.id"], name=op.f("fk_capacity_record_commissioner_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_capacity_record_person_id")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_capacity_record_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capacity_record")),
        sa.UniqueConstraint("ref", name=op.f("uq_capacity_record_ref")),
    )
    op.create_index("ix_capacity_record_person", "capacity_record", ["person_id", "id"])
    op.create_index("ix_capacity_record_commissioner", "capacity_record", ["commissioner_id", "look_again_on"])
    op.create_table(
        "life_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("commissioner_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("happens_on", sa.Date(), nullable=False),
        sa.Column("access_until", sa.Date(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("said", _JSON, nullable=False),
        sa.Column("before", _JSON, nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        sa.Column("noted_by_name", sa.String(length=120), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by_name", sa.String(length=120), nullable=False),
        sa.Column("taken_back_why", sa.String(), nullable=False),
        sa.Column("to_commissioner_id", sa.Uuid(), nullable=True),
        sa.Column("sends_plan", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("accepted_by_name", sa.String(length=120), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("new_person_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state = 'taken_back') = (taken_back_at IS NOT NULL)", name=op.f("ck_life_change_taken_back")
        ),
        sa.ForeignKeyConstraint(["commissioner_id"], ["commissioner.id"], name=op.f("fk_life_change_commissioner_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_life_change_person_id")),
        sa.ForeignKeyConstraint(["noted_by"], ["account.id"], name=op.f("fk_life_change_noted_by")),
        sa.ForeignKeyConstraint(
            ["to_commissioner_id"], ["commissioner.id"], name=op.f("fk_life_change_to_commissioner_id")
        ),
        sa.ForeignKeyConstraint(["new_person_id"], ["person.id"], name=op.f("fk_life_change_new_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_life_change")),
        sa.UniqueConstraint("ref", name=op.f("uq_life_change_ref")),
    )
    op.create_index("ix_life_change_person", "life_change", ["person_id", "id"])
    op.create_index("ix_life_change_due", "life_change", ["kind", "happens_on"], postgresql_where=_OPEN)
    op.create_index(
        "ix_life_change_to",
        "life_change",
        ["to_commissioner_id"],
        postgresql_where=sa.text("to_commissioner_id IS NOT NULL"),
    )
    op.create_index("uq_life_change_open", "life_change", ["person_id"], unique=True, postgresql_where=_OPEN)
    op.create_table(
        "change_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=16), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("pence", sa.BigInteger(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_name", sa.String(length=120), nullable=False),
        sa.Column("done_words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["life_change.id"], name=op.f("fk_change_task_change_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_task")),
        sa.UniqueConstraint("ref", name=op.f("uq_change_task_ref")),
    )
    op.create_index("ix_change_task_change", "change_task", ["change_id", "id"])
    for table in _KEPT:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION append_only()"
        )
        op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM PUBLIC, CURRENT_USER")


def downgrade() -> None:
    for table in ("change_task", "life_change", "capacity_record", "nominee_choice", "sixteen_step"):
        op.drop_table(table)
