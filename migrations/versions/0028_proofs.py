"""Of whom an entry of the audit is, sealed by itself where the name stays when the words go.

Days sealed before stay without: nothing of theirs may change. After a downgrade days sealed since do not verify, as
their seals are over one digest more.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("audit_digest", sa.Column("actor", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("audit_digest", "actor")
