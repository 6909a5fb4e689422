"""The demonstration, made once for every test that looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import pytest
from flask import Flask
from sqlalchemy import make_url

from app import create_app
from app.core import clock
from app.core.db import db
from app.demo import service
from tests.conftest import _settings, fresh_database


class Demonstration(NamedTuple):
    """An application on the demonstration's database, and the moment it was made from."""

    app: Flask
    made: datetime


@pytest.fixture(scope="package")
def demonstration(
    admin_uri: str, app: Flask, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Demonstration]:
    """The whole demonstration with real commits."""
    with app.app_context():
        db.engine.dispose()  # a template may have no one connected
    template = make_url(app.config["DATABASE_URL"]).database
    with fresh_database(admin_uri, "demonstration", template=template) as url:
        settings = replace(_settings(url, tmp_path_factory.mktemp("demonstration")), demo=True)
        other = create_app(settings, {"TESTING": True})
        with other.app_context():
            made = clock.now()
            assert service.fill(lambda words, part: None, db.session.commit)
        yield Demonstration(other, made)
        with other.app_context():
            db.engine.dispose()


@pytest.fixture
def demo(demonstration: Demonstration) -> Iterator[Demonstration]:
    """The demonstration with a session; what a test writes is undone."""
    with demonstration.app.app_context():
        yield demonstration
        db.session.rollback()
