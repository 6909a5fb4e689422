"""The world of the stand-in: everything that there is, and what happened.

An owner is the id of a connected account, or ``""`` for the platform. Whoever reads or changes the world holds its
lock.
"""

from __future__ import annotations

import copy
import json
import os
import secrets
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import stripe

from tests.stripe_fake.contract import check_event
from tests.stripe_fake.idempotency import Keys
from tests.stripe_fake.objects import Object
from tests.stripe_fake.refusing import missing
from tests.stripe_fake.switches import Chance
from tests.stripe_fake.webhooks import Endpoints, Outbox

#: How long the money of a charge waits until it is available.
SETTLES_AFTER = 7 * 24 * 3600


@dataclass(slots=True)
class Row:
    """An object with what is not shown of it."""

    owner: str
    shown: Object
    more: Object = field(default_factory=dict)  # what is shown when it is asked for with ``expand``, and our own notes


class World:
    """Everything that there is.

    :param file: where it is kept between two starts; None: nowhere.
    """

    def __init__(self, endpoints: Endpoints, file: Path | None = None) -> None:
        self.lock = threading.RLock()
        self.file = file
        self.base_url = ""  # set by the server, which knows its port
        self.outbox = Outbox(endpoints)
        self.chance = Chance()
        self.violations: list[dict[str, str]] = []
        self.begin()
        if file is not None and file.exists():
            self._load(json.loads(file.read_text()))

    def begin(self) -> None:
        """Forget everything: no account, no money, no news. The switches go off."""
        self.rows: dict[str, Row] = {}
        self.changed = True  # since it was written down
        self.keys = Keys()
        self.ahead = 0  # seconds that the clock of this world is ahead
        self.platform = self.new_id("acct")
        self.violations.clear()
        self.outbox.clear()
        self.chance = Chance()

    def now(self) -> int:
        """The moment, in seconds, by the clock of this world."""
        return int(time.time()) + self.ahead

    @staticmethod
    def new_id(prefix: str) -> str:
        """An id such as Stripe's. Never one that there was, also after a reset."""
        return f"{prefix}_{secrets.token_hex(12)}"

    def put(self, shown: Object, owner: str = "", **more: Any) -> Object:
        """Keep a new object.

        :returns: the same, which may be changed later under the lock.
        """
        shown.setdefault("created", self.now())
        self.rows[shown["id"]] = Row(owner, shown, more)
        self.changed = True
        return shown

    def get(self, wanted: str, kind: str, owner: str = "", param: str = "id") -> Object:
        """An object of a kind, such as ``charge``.

        :raises Refusal: when the owner has none.
        """
        row = self.rows.get(wanted)
        if row is None or row.shown["object"] != kind or row.owner != owner:
            raise missing(kind.replace(".", " "), wanted, param)
        return row.shown

    def owner_of(self, wanted: str) -> str:
        """Whose an object is."""
        return self.rows[wanted].owner

    def more(self, wanted: str) -> Object:
        """What is not shown of an object."""
        return self.rows[wanted].more

    def all(self, kind: str, owner: str | None = "", **equal: Any) -> list[Object]:
        """Every object of a kind, newest first.

        :param owner: whose; None: anybody's.
        :param equal: fields and what must stand in them; None stands for anything.
        """
        wanted = {name: value for name, value in equal.items() if value is not None}
        return [
            row.shown
            for row in reversed(self.rows.values())
            if row.shown["object"] == kind
            and owner in (None, row.owner)
            and all(row.shown.get(name) == value for name, value in wanted.items())
        ]

    def tell(
        self, kind: str, about: Object, owner: str = "", before: Object | None = None, *, silent: bool = False
    ) -> Object:
        """Make an event, hold it against the contract and hand it to the outbox.

        :param kind: such as ``charge.refunded``.
        :param about: the object as it now is; a copy goes into the event.
        :param before: what its changed fields held before.
        :param silent: whether it is only kept: the real-time request of a card is delivered by another way.
        """
        event = {
            "id": self.new_id("evt"),
            "object": "event",
            "api_version": stripe.api_version,
            "created": self.now(),
            "data": {"object": copy.deepcopy(about)} | ({"previous_attributes": before} if before else {}),
            "livemode": False,
            "pending_webhooks": int(self.outbox.endpoints.url is not None),
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        } | ({"account": owner} if owner else {})
        self.blame("EVENT", kind, check_event(event))
        self.put(event, owner)
        if not silent:
            self.outbox.send(event, self.chance)
        return event

    def blame(self, verb: str, path: str, sentences: list[str]) -> None:
        """Note what broke the contract."""
        self.violations += [{"verb": verb, "path": path, "sentence": one} for one in sentences]

    def save(self, *, always: bool = False) -> None:
        """Write everything down, if it is to be kept. Either all of it is written or nothing.

        :param always: also when nothing that was put here is new.
        """
        if self.file is None or not (self.changed or always):
            return
        self.changed = False
        kept = {
            "ahead": self.ahead,
            "platform": self.platform,
            "rows": [asdict(row) for row in self.rows.values()],
            "keys": self.keys.kept(),
            "waiting": self.outbox.waiting(),
            "violations": self.violations,
        }
        beside = self.file.with_suffix(".new")
        beside.write_text(json.dumps(kept))
        os.replace(beside, self.file)

    def _load(self, kept: dict[str, Any]) -> None:
        self.ahead, self.platform = kept["ahead"], kept["platform"]
        self.rows = {one["shown"]["id"]: Row(**one) for one in kept["rows"]}
        self.keys = Keys(kept["keys"])
        self.violations += kept["violations"]
        for event_id in kept["waiting"]:
            if event_id in self.rows:
                self.outbox.again(self.rows[event_id].shown)
