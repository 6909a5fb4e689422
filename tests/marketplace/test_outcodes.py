"""Where outcodes are."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from app.core.db import db
from app.core.errors import InvalidError
from app.marketplace.outcodes import import_outcodes
from tests.marketplace.making import SYSTEM


@pytest.mark.usefixtures("session")
def test_outcodes_go_in_once_and_move_when_they_move(tmp_path: Path) -> None:
    path = tmp_path / "outcodes.csv"
    path.write_text(
        "postcode,latitude,longitude,town\nSE6,51.4,-0.01,Catford\nSE6,51.5,0,Twice\nX,1,1,No\nM1,53.4,-2.2,\n"
    )
    first = import_outcodes(SYSTEM, path)
    assert (first.new, [reject.line for reject in first.rejects]) == (2, [3, 4])
    before = db.session.execute(sa.text("SELECT ctid::text FROM outcode")).all()
    assert import_outcodes(SYSTEM, path).unchanged == 2
    assert db.session.execute(sa.text("SELECT ctid::text FROM outcode")).all() == before
    path.write_text("postcode,latitude,longitude\nSE6,51.45,-0.01\n")
    assert import_outcodes(SYSTEM, path).changed == 1
    path.write_text("name\nSE6\n")
    with pytest.raises(InvalidError):
        import_outcodes(SYSTEM, path)
