"""A form sent twice acts once."""

from uuid import uuid4

import pytest

from app.core.errors import StateError
from app.identity import forms
from tests.factories import actor_for, make_account


@pytest.mark.usefixtures("session")
def test_the_second_sending_is_led_where_the_first_was() -> None:
    sam, key = actor_for(make_account()), uuid4()
    assert forms.claim(sam, key, "body") is None
    forms.finish(key, "/p/abc/")
    assert forms.claim(sam, key, "body") == "/p/abc/"
    with pytest.raises(StateError):
        forms.claim(sam, key, "another body")
    with pytest.raises(StateError):
        forms.claim(actor_for(make_account("Joan Firth")), key, "body")
