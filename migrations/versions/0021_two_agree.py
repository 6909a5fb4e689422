"""The first of two yeses to a purchase on which two representatives agree."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("purchase", sa.Column("agreed_by", sa.Uuid(), nullable=True))
    op.add_column("purchase", sa.Column("agreed_by_name", sa.String(length=120), server_default="", nullable=False))
    op.create_foreign_key(op.f("fk_purchase_agreed_by"), "purchase", "account", ["agreed_by"], ["id"])


def downgrade() -> None:
    op.drop_constraint(op.f("fk_purchase_agreed_by"), "purchase", type_="foreignkey")
    op.drop_column("purchase", "agreed_by_name")
    op.drop_column("purchase", "agreed_by")
