"""Secrets at rest: for one purpose, by one installation, and still there when its secret changes."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.core import sealing

OLD, NEW = "an old secret, 0123456789 abcdefghij", "a new secret, 9876543210 jihgfedcba"


def _app(secret: str, *fallbacks: str) -> Flask:
    app = Flask(__name__)
    app.config.update(SECRET_KEY=secret, SECRET_KEY_FALLBACKS=list(fallbacks))
    return app


@given(st.text(max_size=200).filter(lambda text: text.isprintable()))
def test_what_is_sealed_opens_as_it_was(text: str) -> None:
    with _app(NEW).app_context():
        sealed = sealing.seal(text, "test")
        assert sealing.unseal(sealed, "test") == text
        assert len(text) < 4 or text not in sealed


def test_it_opens_for_nothing_else_and_not_when_it_was_touched() -> None:
    with _app(NEW).app_context():
        sealed = sealing.seal("JBSWY3DPEHPK3PXP", "authenticator:1")
        for changed, purpose in ((sealed, "authenticator:2"), (sealed[:-6] + "AAAAAA", "authenticator:1"), ("", "x")):
            with pytest.raises(sealing.SealError):
                sealing.unseal(changed, purpose)


def test_an_older_secret_still_opens_and_is_sealed_anew() -> None:
    with _app(OLD).app_context():
        sealed = sealing.seal("JBSWY3DPEHPK3PXP", "test")
    with _app(NEW, OLD).app_context():
        assert sealing.unseal(sealed, "test") == "JBSWY3DPEHPK3PXP"
        again = sealing.reseal(sealed, "test")
        assert again is not None
        assert sealing.reseal(again, "test") is None, "once is enough"
    with _app(NEW).app_context():
        assert sealing.unseal(again, "test") == "JBSWY3DPEHPK3PXP"
        with pytest.raises(sealing.SealError):
            sealing.unseal(sealed, "test")
