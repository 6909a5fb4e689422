"""Asking every route as every role: the walk behind the table of ``test_routes_by_role.py``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app.core.db import db
from app.identity import queries as identity
from app.identity import service, sessions
from app.identity.models import Account
from app.identity.rules import Actor
from app.messages.models import Notice
from app.web import errors
from tests import factories as make

#: Into how many parts the walk is cut. Neighbouring addresses go to different parts: their pages cost about the same.
PARTS = 4


class Belongings(Protocol):
    """What one person and their surroundings have, by the names that addresses use."""

    refs: dict[str, str]
    sent: dict[str, str]


def addresses(app: Flask) -> list[tuple[str, Rule, str]]:
    """Every method of every address there is, in the table's order."""
    return [
        (f"{method} {rule.rule}", rule, method)
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "DELETE", "PATCH"})
    ]


class Walk:
    """Asks, each cell of the table undone before the next."""

    def __init__(
        self,
        app: Flask,
        client: FlaskClient,
        connection: sa.Connection,
        accounts: dict[str, Account],
        things: Sequence[Belongings],
    ) -> None:
        self.app, self.client, self.connection, self.things = app, client, connection, things
        self.tokens = {role: make.signed_in(account) for role, account in accounts.items()}
        self.tokens["unproven"] = sessions.open_session(accounts["unproven"])  # the passphrase, and no more
        notices = {n.account_id: n.ref for n in db.session.scalars(sa.select(Notice).where(Notice.title == "News"))}
        self.notices = {role: notices[account.id] for role, account in accounts.items()}
        db.session.commit()
        self.method, self.changed_by_looking = "", set[str]()
        sa.event.listen(connection, "before_cursor_execute", self._note_change)

    def hurry(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Do once what comes out the same each time.

        Every request is undone, so the rights of an account are the same in all of them: they are loaded at its first.
        Its first refusal is noted in the audit; the page that says so is drawn once a status.
        """
        load, page, note = identity.load_actor, errors.page, service.note_refused
        actors: dict[Any, Actor] = {}
        drawn: set[int] = set()
        noted: set[Any] = set()

        def load_once(account: Account, provider_ids: Sequence[Any] = (), *more: Any) -> Actor:
            if account.id not in actors:
                actors[account.id] = load(account, provider_ids, *more)
            return actors[account.id]

        def draw_once(status: int, *words: str) -> tuple[str, int]:
            if status in drawn:
                return "", status
            drawn.add(status)
            return page(status, *words)

        def note_once(actor: Actor, *words: str) -> None:
            if actor.account_id not in noted:
                noted.add(actor.account_id)
                note(actor, *words)

        monkeypatch.setattr(identity, "load_actor", load_once)
        monkeypatch.setattr(service, "note_refused", note_once)
        monkeypatch.setattr(errors, "page", draw_once)

    def rows(self, roles: Sequence[str], part: int | None = None) -> list[tuple[str, list[str]]]:
        """The table's rows, or those of one part."""
        wanted = addresses(self.app)
        if part is not None:
            wanted = wanted[part::PARTS]
        return [(name, [self.cell(rule, method, role) for role in roles]) for name, rule, method in wanted]

    def cell(self, rule: Rule, method: str, role: str) -> str:
        """The answers to one role: first about what is another's, while nothing of their own has changed."""
        undo = self.connection.begin_nested()
        try:
            answers = [self.ask(rule, method, role, refs) for refs in reversed(list(self.variants(rule, role)))][::-1]
        finally:
            undo.rollback()
        return answers[0] if len(set(answers)) == 1 else "/".join(answers)

    def variants(self, rule: Rule, role: str) -> Iterator[dict[str, str]]:
        """Own, another person's, another commissioner's, own with another's thing: each that differs."""
        own, other, elsewhere = (self._refs_for(rule, things) for things in self.things)
        strangers = [ref for name, ref in self.notices.items() if name != role]
        if "notice_ref" in rule.arguments:
            mine = self.notices.get(role, strangers[0])
            own, other, elsewhere = ({"notice_ref": ref} for ref in (mine, strangers[0], strangers[1]))
        yield own
        if own == other == elsewhere:
            return  # an address with nobody's thing in it: the question is the same
        yield other
        yield elsewhere
        if "person_ref" in rule.arguments and len(rule.arguments) > 1:
            yield other | {"person_ref": own["person_ref"]}

    def _refs_for(self, rule: Rule, things: Belongings) -> dict[str, str]:
        drafts = rule.rule.startswith("/p/<person_ref>/buy/")
        refs = things.refs | ({} if drafts else things.sent) | {"name": "carepurse.css"}
        return {name: refs[name] for name in rule.arguments if name in refs}

    def _note_change(self, connection: object, cursor: object, statement: str, *more: object) -> None:
        """Which tables a page changed that was only looked at."""
        found = re.match(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)", statement)
        if found and self.method == "GET":
            self.changed_by_looking.add(found[1])

    def ask(self, rule: Rule, method: str, role: str, refs: dict[str, str]) -> str:
        path = rule.rule
        for name in rule.arguments:
            path = re.sub(f"<(?:[a-z]+:)?{name}>", refs[name], path)
        self.become(role)
        self.method = method
        try:
            answer = self.client.open(path, method=method, data={} if method == "POST" else None)
        finally:
            self.method = ""
            db.session.close()
        return self.word(answer.status_code, answer.location or "")

    def become(self, role: str) -> None:
        with self.client.session_transaction() as cookie:
            cookie.clear()
            if role in self.tokens:
                cookie["token"] = self.tokens[role]

    @staticmethod
    def word(status: int, location: str) -> str:
        if 300 <= status < 400 and location.startswith("/sign-in"):
            return "in"
        if 300 <= status < 400 and location.startswith("/second-step"):
            return "step"
        assert status < 500, "no address makes the software fall over"
        if status == 409:
            return "not now"
        return "yes" if status in {200, 204, 301, 302, 303, 400} else str(status)
