"""Every route × every role × whose thing it is, held against one table that a person can read.

The table is ``routes_by_role.txt`` beside this file. ``python -m tests.web.test_routes_by_role`` writes it anew after a
deliberate change: read the difference before you commit it. The walk is in ``walking.py``, cut in parts that test
processes share.

Each cell has four answers: about the role's **own** person, about **another** person of the same commissioner, about
somebody of **another commissioner**, and an own person's address with **another person's thing** in it.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage

from app.core.db import db
from app.evidence import service as evidence
from app.identity import service
from app.identity.models import Account, Authority, Commissioner, Person
from app.identity.rules import AuthorityKind, Scope, StaffRole
from app.ledger.rules import Stream
from app.marketplace import service as marketplace
from app.marketplace.models import Provider
from app.marketplace.rules import Category, Unit
from app.marketplace.service import NewListing, NewProvider
from app.messages.models import Notice
from app.plans.service import OutcomeInput
from app.purchases import service as purchases
from app.purchases.models import Purchase
from app.purchases.queries import open_request_of
from app.purchases.rules import DetailsInput, LineInput
from tests import factories as make
from tests.web.acting_made import make_acting
from tests.web.asked import make_asked
from tests.web.buying_world import photo
from tests.web.changes_made import make_changes
from tests.web.gate_made import make_gate_things
from tests.web.kept_made import make_kept_form
from tests.web.records_made import make_records
from tests.web.second_looks_made import make_second_looks
from tests.web.sign_ins_made import make_sign_in
from tests.web.team_things import make_team_things
from tests.web.things_made import make_kept_things, make_policy_draft, make_provider_things, make_regular
from tests.web.walking import PARTS, Walk, addresses

#: What a page that is only looked at may write: who looked, that news were read, a refusal.
LOOKING_WRITES = {"opening", "notice", "audit_entry"}
HOW = "run `python -m tests.web.test_routes_by_role` and read what changed"
TABLE = Path(__file__).with_name("routes_by_role.txt")
ROLES = (
    "nobody",
    "holder",
    "viewer",
    "parent",
    "broker",
    "coordinator",
    "finance",
    "admin",
    "auditor",
    "provider",
    "ended",
    "unchecked",
    "unproven",
)
_LEGEND = """\
yes: the page, or the form acts or says what is missing.  404: not there for them.  403: seen, not theirs to do.
in: sent to sign in.  Four answers: own / another person's / another commissioner's / own address with another's thing.
not now: it is theirs, but not in this state, or a colleague's.  One answer stands for four that are the same.
ended: somebody who bought for the same person until this morning, and stayed signed in.  unchecked: a representative
whose papers nobody has checked.  unproven: a coordinator with the passphrase alone; step: led to the second step.
"""


@dataclass
class Things:
    """What one person and their surroundings have, by the names that addresses use."""

    person: Person
    provider: Provider
    refs: dict[str, str]
    sent: dict[str, str]  # instead, for addresses about a purchase that was sent


def build() -> tuple[dict[str, Account], list[Things]]:
    """Three people's affairs, and an account for each role around the first of them."""
    board = make.make_commissioner("Lea Valley Integrated Care Board")
    elsewhere = make.make_commissioner("Wendover Hills Care Board")
    accounts = {role: make.make_account(f"{role.title()} Role") for role in ROLES if role != "nobody"}
    for role in (StaffRole.COORDINATOR, StaffRole.FINANCE, StaffRole.ADMIN, StaffRole.AUDITOR):
        make.make_post(accounts[role.value], board, role)
    own = _affairs(board, "Amira", accounts["holder"], accounts["coordinator"])
    for role, kind, scope in (
        ("viewer", AuthorityKind.NOMINEE, Scope.VIEW),
        ("parent", AuthorityKind.REPRESENTATIVE, Scope.BUY),
        ("broker", AuthorityKind.BROKER, Scope.PREPARE),
    ):
        make.give_authority(accounts[role], own.person, kind, scope)
    _end_this_morning(accounts["ended"], own.person)
    service.grant_authority(
        make.SYSTEM,
        accounts["unchecked"],
        own.person,
        AuthorityKind.REPRESENTATIVE,
        Scope.BUY,
        starts_on=make.LONG_AGO,
        checked_by_name="",
    )
    make.make_post(accounts["unproven"], board)
    marketplace.add_member(make.SYSTEM, own.provider, accounts["provider"].id)
    things = [own]
    for where, name in ((board, "Bola"), (elsewhere, "Chen")):
        coordinator = make.make_account(f"{name}s Coordinator")
        make.make_post(coordinator, where)
        things.append(_affairs(where, name, make.make_account(f"{name} Other"), coordinator))
    for account in accounts.values():
        notice = Notice(account_id=account.id, kind="message", title="News", body="", about="budget", about_ref="")
        db.session.add(notice)
    db.session.commit()
    return accounts, things


def _end_this_morning(account: Account, person: Person) -> None:
    make.give_authority(account, person, AuthorityKind.REPRESENTATIVE, Scope.BUY)
    over = sa.update(Authority).where(Authority.account_id == account.id, Authority.person_id == person.id)
    db.session.execute(over.values(ended_at=make.clock.now()))


def _affairs(where: Commissioner, name: str, account: Account, coordinator: Account) -> Things:
    person = make.make_person(where, name, "Somebody", coordinator=coordinator)
    make.give_authority(account, person)
    outcome = OutcomeInput("Swim every week", 12_000, {Stream.HEALTH: 1}, examples=["Pool sessions"])
    plan = make.make_plan(person, [outcome])
    budget = make.make_budget(person, plan)
    provider = marketplace.add_provider(make.SYSTEM, NewProvider(f"{name} Swimming CIC", lat=51.44, lon=0.0))
    offer = NewListing("Company at the pool", Category.PERSONAL_ASSISTANT, Unit.HOUR, 2_200, at_venue=True)
    listing = marketplace.add_listing(make.SYSTEM, provider, offer)
    draft = _purchase(account, person, plan.outcomes[0].ref)
    sent = purchases.submit(make.actor_for(account), _purchase(account, person, plan.outcomes[0].ref))
    request = open_request_of(make.actor_for(account), sent)
    assert request is not None
    asked = make_asked(person, account, listing)
    return Things(
        person,
        provider,
        {
            "person_ref": person.ref,
            "provider_ref": provider.ref,
            "listing_ref": listing.ref,
            "draft_ref": make_policy_draft(where, name),
            **make_kept_things(account, person, listing.ref),
            **asked,
            **make_acting(person, account),
            **make_sign_in(account, coordinator),
            **make_kept_form(account, person),
            **make_team_things(person, account, coordinator, budget, plan.outcomes[0]),
            **make_gate_things(person, coordinator),
            **make_second_looks(account, person, plan.outcomes[0].ref),
            **make_changes(person, coordinator),
            **make_records(account, person),
            **_refs(account, draft),
            **make_regular(account, person, plan.outcomes[0].ref, listing.ref),
            **make_provider_things(account, person, plan.outcomes[0].ref, provider, listing.ref),
        },
        {**_refs(account, sent), "request_ref": request.ref},
    )


def _purchase(account: Account, person: Person, outcome_ref: str) -> Purchase:
    actor = make.actor_for(account)
    purchase = purchases.start_draft(actor, person)
    purchases.put_line(actor, purchase, None, LineInput("A trampoline for the garden", 3_200, outcome_ref=outcome_ref))
    purchases.set_details(actor, purchase, DetailsInput("Garden World", bought_on=make.clock.today()))
    return purchase


def _refs(account: Account, purchase: Purchase) -> dict[str, str]:
    file, name = photo()
    receipt = evidence.attach(make.actor_for(account), purchase, FileStorage(file, filename=name))
    return {"purchase_ref": purchase.ref, "line_ref": purchase.lines[0].ref, "receipt_ref": receipt.ref}


def render(rows: list[tuple[str, list[str]]]) -> str:
    widths = [max(len(role), *(len(cells[i]) for _, cells in rows)) for i, role in enumerate(ROLES)]
    first = max(len(name) for name, _ in rows)
    head = "  ".join([" " * first, *(role.ljust(w) for role, w in zip(ROLES, widths, strict=True))]).rstrip()
    lines = [
        "  ".join([name.ljust(first), *(cell.ljust(w) for cell, w in zip(cells, widths, strict=True))]).rstrip()
        for name, cells in rows
    ]
    return "\n".join([_LEGEND, head, *lines, ""])


def table() -> dict[str, list[str]]:
    """What the table says: for each address, an answer a role."""
    lines = TABLE.read_text().splitlines()[len(_LEGEND.splitlines()) + 2 :]
    return {name: cells for name, *cells in (re.split(r"\s{2,}", line) for line in lines)}


def test_no_address_is_missing_from_the_table(app: Flask) -> None:
    assert [name for name, _, _ in addresses(app)] == list(table()), HOW


@pytest.mark.parametrize("part", range(PARTS))
def test_the_answers_are_those_of_the_table(
    app: Flask, client: FlaskClient, session: sa.orm.Session, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    with make.clock.at(make.clock.now()):
        accounts, things = build()
        walk = Walk(app, client, session.connection(), accounts, things)
        walk.hurry(monkeypatch)
        if os.environ.get("WRITE_ROUTES_TABLE"):
            TABLE.write_text(render(walk.rows(ROLES)))
            return
        expected = table()
        wrong = [
            f"{name} as {role}: {found}, not {said}"
            for name, cells in walk.rows(ROLES, part)
            for role, found, said in zip(ROLES, cells, expected.get(name, [""] * len(ROLES)), strict=True)
            if found != said
        ]
    assert not wrong, "\n".join([HOW, *wrong])
    assert walk.changed_by_looking <= LOOKING_WRITES, "a GET changes nothing but who looked, and when"


def test_the_table_lets_nobody_far() -> None:
    """What must hold of the table itself, whatever it says in detail."""
    for name, cells in table().items():
        answers, line = dict(zip(ROLES, cells, strict=True)), f"{name} {cells}"
        if "<person_ref>" in name or "/staff" in name:
            assert answers["nobody"] == "in", line
            assert answers["ended"] in {"404", "403"}, line
            assert answers["unproven"] == "step", line
        if "<person_ref>" in name:
            for role in ROLES[1:-1]:
                parts = answers[role].split("/")
                if len(parts) == 1:
                    assert parts == ["404"] or ("/staff" in name and parts == ["403"]), f"{role}: {line}"
                    continue
                # staff may know of everybody in their own commissioner that they are there, and of nobody elsewhere
                own_only = parts[2:3] == ["404"] if "/staff" in name else parts[1:3] == ["404", "404"]
                assert own_only, f"{role}: {line}"
                if len(parts) == 4 and "<listing_ref>" not in name and "<provider_ref>" not in name:
                    assert parts[3] in {"404", "403"}, f"{role}: {line}"


if __name__ == "__main__":
    os.environ["WRITE_ROUTES_TABLE"] = "1"
    raise SystemExit(pytest.main([__file__, "-q", "-p", "no:cacheprovider", "-k", "answers_are and 0"]))
