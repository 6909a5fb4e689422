"""Whether a finding about capacity is about the money of the budget: only then does it change who may do what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    about = sa.Column("about_money", sa.Boolean(), nullable=False, server_default=sa.true())
    op.add_column("capacity_record", about)
    op.alter_column("capacity_record", "about_money", server_default=None)


def downgrade() -> None:
    op.drop_column("capacity_record", "about_money")
