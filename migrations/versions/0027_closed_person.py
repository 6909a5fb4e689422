"""Since when nobody is given a right in somebody's affairs any more: they died, or moved away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("closed_on", sa.Date(), nullable=True))
    op.execute(
        "UPDATE person SET closed_on = life_change.done_on FROM life_change"
        " WHERE life_change.person_id = person.id AND life_change.state IN ('done', 'closed')"
    )


def downgrade() -> None:
    op.drop_column("person", "closed_on")
