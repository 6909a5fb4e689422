"""Counting tries, in the database, so that it slows whoever guesses wherever they ask from, and not the person.

Three counts stand before a passphrase is looked at:

- one account from one *place*: a device that the account signed in on before, or else a network. After six tries one
  more is looked at each time the wait is over, and for whoever goes on trying the waits grow to eight hours. Nobody
  elsewhere can use this count up for the person;
- one account from all places where it never signed in: for guesses that come from many networks at once;
- one network, for guesses at many accounts.

On a known device only the first counts, and on a known network the passphrase is looked at all the same. So an
attacker cannot lock a person out of the phone or the home that they use: they only slow whoever comes from somewhere
new. Who is wrong on a known network gets the words of a stranger after the same work, or else whoever shares it (a care
home, a library) could tell by them who signs in there. Places are kept as hashes, beside nothing that says whose.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy import case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import Insert, insert

from app.core import clock
from app.core.db import db
from app.core.jobs import task
from app.identity.models import SignInAttempt

_log = logging.getLogger("app.guessing")
#: A window that passes by itself: guesses slow the person down and never lock them out for good.
WINDOW = timedelta(minutes=15)
PLACE_LIMIT = 6
ACCOUNT_LIMIT = 30
NETWORK_LIMIT = 40
_DOUBLINGS = 5  # 15 minutes, 30, 1 hour, 2, 4, 8
_FORGOTTEN_AFTER = timedelta(days=1)
#: How long a place is known after the last sign-in there.
KNOWN_FOR = timedelta(days=90)
_KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Try:
    """One try to sign in, counted. Say how it ended with :meth:`came_in`; when it failed there is nothing to say."""

    email: str
    network: str
    device: str
    place: str
    minutes: int  # to wait, looked at or not; 0: go on and look
    is_looked_at: bool  # whether the right passphrase lets them in now
    same_work: bool  # nobody may tell by the time whether it is looked at

    def came_in(self) -> None:
        """They have shown who they are: begin anew, and know this place from now on."""
        forget("place", self.place)
        ease("address", self.network)
        ease("everywhere", self.email)
        _remember(f"{self.email}\n{self.network}")
        if self.device:
            _remember(f"{self.email}\n{self.device}")


def begin(email: str, address: str, device: str = "") -> Try:
    """Count a try to sign in, before anything is looked at: guesses sent at once cannot all be looked at.

    The same is asked of the database whether or not there is such an account.

    :param address: the network address that asks.
    :param device: the random text of the device's cookie, if it sent one.
    """
    email, from_network = email.strip().lower(), network(address)
    here, this_device = f"{email}\n{from_network}", f"{email}\n{device}" if device else ""
    known = set(
        db.session.scalars(
            select(SignInAttempt.key).where(
                SignInAttempt.key.in_([_key(_KNOWN, here), _key(_KNOWN, this_device)]),
                SignInAttempt.window_start > clock.now() - KNOWN_FOR,
            )
        )
    )
    on_known_device = bool(device) and _key(_KNOWN, this_device) in known
    place = this_device if on_known_device else here
    # in a fixed order, so that two sign-ins at once never wait for each other in a ring
    network_tries, account_tries = count("address", from_network), count("everywhere", email)
    over = network_tries > NETWORK_LIMIT or account_tries > ACCOUNT_LIMIT
    if network_tries == NETWORK_LIMIT + 1 or account_tries == ACCOUNT_LIMIT + 1:  # once a window
        _log.warning("too many tries to sign in, from one network or at one account: they wait")
    from_strangers = _minutes(WINDOW) if over and not on_known_device else 0
    here_alone = _minutes(_count_place(place))
    return Try(
        email,
        from_network,
        device,
        place,
        max(from_strangers, here_alone),
        is_looked_at=not here_alone and (bool(known) or not from_strangers),
        same_work=not here_alone,
    )


def count(kind: str, text: str, window: timedelta = WINDOW) -> int:
    """Count one try and return how many there are in the window.

    The row is locked until the transaction ends, so tries sent at once are counted one after the other.

    :param kind: what is tried, such as ``account`` or ``address``.
    :param text: for whom; only its hash is kept.
    :param window: how long one counts, a day at most: what is older goes at night.
    """
    moment = clock.now()
    fresh = SignInAttempt.window_start > moment - window
    return db.session.execute(
        _one_more(kind, text)
        .on_conflict_do_update(
            index_elements=[SignInAttempt.key],
            set_={
                "failures": case((fresh, SignInAttempt.failures + 1), else_=1),
                "window_start": case((fresh, SignInAttempt.window_start), else_=moment),
            },
        )
        .returning(SignInAttempt.failures)
    ).scalar_one()


def forget(kind: str, text: str) -> None:
    """Begin anew: they have shown who they are."""
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.key == _key(kind, text)))


def ease(kind: str, text: str) -> None:
    """Take back one try that was right: many people may share an address."""
    db.session.execute(
        update(SignInAttempt)
        .where(SignInAttempt.key == _key(kind, text))
        .values(failures=func.greatest(SignInAttempt.failures - 1, 0))
    )


def network(address: str) -> str:
    """What one attacker can change at will counts as one: an IPv6 address by the /64 it is in."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address


def say_wait(minutes: int) -> str:
    """What somebody is told who tried too often."""
    if minutes <= 15:
        return "There were too many tries. Wait 15 minutes, then try again."
    wait = f"{minutes} minutes" if minutes < 60 else "an hour" if minutes < 120 else f"{-(-minutes // 60)} hours"
    return f"There were too many tries. Wait {wait}, then try again."


@task("identity.forget_tries", cron="50 2 * * *")
def forget_tries_today(timestamp: int) -> None:
    """Every night.

    :param timestamp: when the run was due, in Unix seconds; it is about now all the same.
    """
    forget_old_tries()


def forget_old_tries() -> int:
    """Remove counts that no longer count, and places where nobody has signed in for a long time.

    :returns: how many rows went.
    """
    moment, is_place = clock.now(), SignInAttempt.key.startswith(f"{_KNOWN}:")
    old = or_(
        is_place & (SignInAttempt.window_start < moment - KNOWN_FOR),
        ~is_place & (SignInAttempt.window_start < moment - _FORGOTTEN_AFTER),
    )
    gone = db.session.execute(delete(SignInAttempt).where(old).returning(SignInAttempt.key))
    return len(gone.all())


def _count_place(place: str) -> timedelta:
    """Count one try for one account from one place.

    :returns: how long to wait; nothing when this try may be looked at.
    """
    moment = clock.now()
    rounds = func.floor(SignInAttempt.failures / PLACE_LIMIT)  # each doubles the wait, tries made while waiting too
    wait = WINDOW * func.power(2.0, func.least(func.greatest(rounds - 1, 0), _DOUBLINGS))
    passed = moment - SignInAttempt.window_start
    row = db.session.execute(
        _one_more("place", place)
        .on_conflict_do_update(
            index_elements=[SignInAttempt.key],
            set_={
                "failures": case(
                    (passed < wait, SignInAttempt.failures + 1),
                    (passed > _FORGOTTEN_AFTER, 1),
                    else_=func.greatest(rounds * PLACE_LIMIT, 1),
                ),
                "window_start": case((passed < wait, SignInAttempt.window_start), else_=moment),
            },
        )
        .returning(SignInAttempt.failures, SignInAttempt.window_start)
    ).one()
    just_waited = row.window_start == moment and row.failures % PLACE_LIMIT == 0
    if row.failures <= PLACE_LIMIT or just_waited:
        return timedelta()
    doubled = min(row.failures // PLACE_LIMIT - 1, _DOUBLINGS)
    waits_until: datetime = row.window_start + WINDOW * 2**doubled
    return waits_until - moment


def _one_more(kind: str, text: str) -> Insert:
    return insert(SignInAttempt).values(key=_key(kind, text), window_start=clock.now(), failures=1)


def _remember(place: str) -> None:
    moment = clock.now()
    db.session.execute(
        insert(SignInAttempt)
        .values(key=_key(_KNOWN, place), window_start=moment, failures=0)
        .on_conflict_do_update(index_elements=[SignInAttempt.key], set_={"window_start": moment})
    )


def _minutes(wait: timedelta) -> int:
    return -(-int(wait.total_seconds()) // 60)


def _key(kind: str, text: str) -> str:
    return f"{kind}:{hashlib.sha256(text.encode()).hexdigest()}"
