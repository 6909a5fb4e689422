"""Guesses are slowed, wherever they come from; the person is not, wherever they usually are."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.db import db
from app.identity import passphrases, sessions, throttle
from app.identity.models import SignInAttempt
from app.identity.sessions import Browser
from tests.factories import PASSPHRASE, make_account

HOME, CAFE, ATTACKER = "203.0.113.7", "198.51.100.20", "192.0.2.66"
EMAIL = "sam@example.org"
PHONE = Browser("A phone", "the phone's own cookie")


def guess(address: str, browser: Browser | None = None) -> str:
    return sessions.sign_in(EMAIL, "a wrong guess", address, browser).sentence


def comes_in(address: str, browser: Browser | None = None) -> bool:
    return bool(sessions.sign_in(EMAIL, PASSPHRASE, address, browser).token)


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The guesses whose passphrase was really looked at; without the hashing, which a thousand of them would take."""
    found: list[str] = []

    def verify(kept: str | None, typed: str) -> bool:
        if kept is not None:  # else the work is done for nothing
            found.append(typed)
        return kept is not None and typed == PASSPHRASE

    monkeypatch.setattr(passphrases, "verify", verify)
    return found


def test_somebody_elsewhere_cannot_use_up_the_persons_tries(session) -> None:
    make_account(email=EMAIL)
    for _ in range(throttle.PLACE_LIMIT * 3):
        said = guess(ATTACKER)
    assert said.startswith("There were too many tries.")
    assert comes_in(HOME), "where nobody guessed"
    assert not comes_in(ATTACKER), "where somebody did, even the right one waits"


def test_guesses_from_everywhere_slow_new_places_and_not_the_persons_own(session, looked_at) -> None:
    make_account(email=EMAIL)
    assert comes_in(HOME, PHONE)
    for number in range(100):
        guess(f"192.0.2.{number}")
    assert len(looked_at) == 1 + throttle.ACCOUNT_LIMIT
    assert not comes_in(CAFE), "a new place waits while it lasts"
    assert comes_in(HOME), "the home they signed in from before"
    assert comes_in(CAFE, PHONE), "the phone they signed in on before, wherever it is"
    with clock.at(clock.now() + throttle.WINDOW):
        assert comes_in(CAFE)


def test_a_stolen_cookie_is_no_way_round(session, looked_at) -> None:
    make_account(email=EMAIL)
    assert comes_in(HOME, PHONE)
    for _ in range(20):
        guess(ATTACKER, PHONE)
    assert len(looked_at) == 1 + throttle.PLACE_LIMIT


def test_a_made_up_cookie_is_no_way_round(session, looked_at) -> None:
    make_account(email=EMAIL)
    for number in range(20):
        guess(ATTACKER, Browser("", f"made up {number}"))
    assert len(looked_at) == throttle.PLACE_LIMIT


def test_a_known_place_of_one_is_no_way_to_another(session, looked_at) -> None:
    """The attacker has an account of their own, on the same device and network."""
    make_account(email=EMAIL)
    make_account(email="eve@example.org")
    browser = Browser("", "eve's own cookie")
    for _ in range(20):
        sessions.sign_in("eve@example.org", PASSPHRASE, ATTACKER, browser)
        guess(ATTACKER, browser)
    assert looked_at.count("a wrong guess") == throttle.PLACE_LIMIT


def test_a_thousand_guesses_in_a_day_are_looked_at_a_few_dozen_times(session, looked_at) -> None:
    make_account(email=EMAIL)
    start, said = clock.now(), set()
    for number in range(1_000):
        with clock.at(start + timedelta(days=1) * number / 1_000):
            said.add(guess(ATTACKER))
    assert len(looked_at) <= 15, "a wait that never grew would let through 576"
    assert "There were too many tries. Wait 8 hours, then try again." in said
    with clock.at(start + timedelta(days=2)):
        assert guess(ATTACKER) == sessions.WRONG, "and it passes"


def test_after_the_wait_the_right_one_comes_in(session) -> None:
    make_account(email=EMAIL)
    for _ in range(throttle.PLACE_LIMIT + 2):
        guess(HOME)
    later = clock.now() + throttle.WINDOW
    with clock.at(later):
        assert guess(HOME) == sessions.WRONG, "one more is looked at"
    with clock.at(later + timedelta(seconds=1)):
        assert guess(HOME) == throttle.say_wait(15)
    with clock.at(later + throttle.WINDOW):
        assert comes_in(HOME)
        assert guess(HOME) == sessions.WRONG, "and all begins anew"


def test_one_network_cannot_try_everybody_and_known_people_there_come_in(session, looked_at) -> None:
    make_account(email=EMAIL)
    assert comes_in(HOME)
    for number in range(60):
        make_account(email=f"guess{number}@example.org")
        sessions.sign_in(f"guess{number}@example.org", "wrong", HOME)
    assert len(looked_at) == throttle.NETWORK_LIMIT + 1
    assert sessions.sign_in("guess1@example.org", PASSPHRASE, HOME).sentence == throttle.say_wait(15)
    assert comes_in(HOME), "others at home guessed; they come in as ever"


@pytest.mark.parametrize("email", [EMAIL, "elsewhere@example.org", "nobody@example.org"])
def test_nobody_tells_by_a_used_up_network_who_signs_in_there(session, monkeypatch, email: str) -> None:
    """One who signed in there, one who has an account, and nobody: the same words after the same work."""
    make_account(email=EMAIL)
    make_account(email="elsewhere@example.org")
    assert comes_in(HOME)
    for number in range(throttle.NETWORK_LIMIT + 1):
        throttle.begin(f"guess{number}@example.org", HOME)
    hashed, asked = [], []
    monkeypatch.setattr(passphrases, "verify", lambda kept, typed: bool(hashed.append(typed)))
    sa.event.listen(db.engine, "before_cursor_execute", lambda *told: asked.append(told[2].split()[0:3]), once=False)
    assert sessions.sign_in(email, "wrong", HOME).sentence == throttle.say_wait(15)
    assert (len(hashed), len(asked)) == (1, 5)


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.org"])
def test_a_sign_in_asks_the_same_of_the_database_and_of_the_hash(session, monkeypatch, email: str) -> None:
    """Nobody can tell by the work, and so by the time, whether there is such an account."""
    make_account(email=EMAIL)
    db.session.flush()
    asked, hashed = [], []
    verify = passphrases._hasher.verify

    class Counting:
        def verify(self, kept: str, typed: str) -> bool:
            hashed.append(kept[:31])
            return verify(kept, typed)

    monkeypatch.setattr(passphrases, "_hasher", Counting())
    sa.event.listen(db.engine, "before_cursor_execute", lambda *told: asked.append(told[2].split()[0:3]), once=False)
    for _ in range(3):
        sessions.sign_in(email, "wrong", HOME)
        db.session.flush()
    assert hashed == ["$argon2id$v=19$m=19456,t=2,p=1$"] * 3
    assert len(asked) == 3 * 6, "known places, network, account, place; the account itself, and that it failed"


def test_old_tries_go_and_places_are_known_for_a_while(session) -> None:
    make_account(email=EMAIL)
    comes_in(HOME, PHONE)
    guess(ATTACKER)
    throttle.count("second", "x")
    assert throttle.forget_old_tries() == 0
    with clock.at(clock.now() + timedelta(hours=25)):
        assert throttle.forget_old_tries() >= 3
    left = db.session.scalars(sa.select(SignInAttempt.key)).all()
    assert len(left) == 2, "home and phone"
    assert all(key.startswith("known:") for key in left)
    assert not any(word in " ".join(left) for word in (EMAIL, HOME, "cookie")), "only hashes"
    with clock.at(clock.now() + throttle.KNOWN_FOR + timedelta(days=1)):
        assert throttle.forget_old_tries() == 2


@pytest.mark.slow
def test_guesses_sent_at_once_are_not_all_looked_at(real_database) -> None:
    with real_database.app_context():
        make_account(email=EMAIL)
        db.session.commit()
    start, said = threading.Barrier(12), []

    def attacker() -> None:
        with real_database.app_context():
            start.wait(30)
            for _ in range(3):
                said.append(guess(ATTACKER))
                db.session.commit()

    threads = [threading.Thread(target=attacker) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(said) == 36
    assert said.count(sessions.WRONG) == throttle.PLACE_LIMIT
