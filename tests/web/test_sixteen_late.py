"""On the sixteenth birthday the right to decide passes whether the night's job has run or not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient

from app.core import clock
from app.identity.rules import Scope
from tests.stewardship.life import make_life, sixteen_in
from tests.stewardship.test_sixteen import add_own, lacking


def test_a_parent_who_opens_a_page_before_the_job_has_run_only_looks(
    client: FlaskClient, sign_in: Any, session: Any
) -> None:
    life = make_life(sixteen_in(2))
    own = add_own(life)
    session.commit()
    now = clock.now()
    sign_in(client, life.parent)
    assert client.get(f"/p/{life.person.ref}/buy").status_code == 200
    with clock.at(now + timedelta(days=2)):
        sign_in(client, life.parent)
        assert client.post(f"/p/{life.person.ref}/buy", data={}).status_code == 403
        assert (life.authority(life.parent).scope, life.authority(own).scope) == (Scope.VIEW, Scope.BUY)
        assert client.get(f"/p/{life.person.ref}/").status_code == 200


def test_where_capacity_is_lacking_it_goes_on(client: FlaskClient, sign_in: Any, session: Any) -> None:
    life = make_life(sixteen_in(2))
    lacking(life)
    session.commit()
    with clock.at(clock.now() + timedelta(days=2)):
        sign_in(client, life.parent)
        assert client.get(f"/p/{life.person.ref}/buy").status_code == 200
        assert life.authority(life.parent).scope is Scope.BUY
