from __future__ import annotations

import pytest

from tests.purchases.world import World, build


@pytest.fixture
def world(session: object) -> World:
    return build()
