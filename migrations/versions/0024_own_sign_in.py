"""Asking somebody to sign in for themself, and that a finding about capacity is to be looked at again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f("ck_invitation_kind"), "invitation", type_="check")
    op.create_table(
        "capacity_reminder",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["capacity_record.id"], name=op.f("fk_capacity_reminder_record_id")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_capacity_reminder")),
    )


def downgrade() -> None:
    op.drop_table("capacity_reminder")
    op.execute("DELETE FROM invitation WHERE kind = 'self'")
    op.create_check_constraint(op.f("ck_invitation_kind"), "invitation", "kind <> 'self'")
