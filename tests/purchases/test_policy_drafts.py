"""From a draft to a policy in force: two people, one after the other, reasons kept, nothing back-dated."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from app.identity.models import Account, Commissioner
from app.identity.rules import Actor, StaffRole
from app.messages.models import Notice
from app.policy import drafts, handing, queries
from app.policy.changing import RuleChange, WordsChange, with_figures, with_rule, with_words
from app.policy.document import PolicyDocument
from app.policy.engine import check_text
from app.policy.models import DraftState, PolicyDraft, PolicyVersion
from app.policy.rules import Action
from app.policy.service import publish
from app.purchases import policy_news
from tests import factories

WHY = "The public health team asked for it in September."


@dataclass
class Desk:
    """Two admins of one commissioner with a policy in force."""

    place: Commissioner
    joy: Actor
    kofi: Actor
    draft: PolicyDraft

    def see(self) -> PolicyDocument:
        return queries.draft_document(self.draft)

    def change(self, document: PolicyDocument, why: str = "", actor: Actor | None = None) -> None:
        drafts.change(actor or self.joy, self.draft.ref, self.draft.version, document, why)

    def ask(self, actor: Actor | None = None) -> None:
        policy_news.ask(actor or self.joy, self.draft.ref, self.draft.version, WHY, clock.today())

    def publish(self, actor: Actor | None = None, days: int = 0) -> PolicyVersion:
        day = clock.today() + timedelta(days)
        return policy_news.publish(actor or self.kofi, self.draft.ref, self.draft.version, day)


def admin(place: Commissioner, name: str) -> Account:
    account = factories.make_account(name)
    factories.make_post(account, place, StaffRole.ADMIN)
    return account


def set_up() -> Desk:
    place = factories.make_commissioner()
    joy, kofi = (factories.actor_for(admin(place, name)) for name in ("Joy Abara", "Kofi Mensah"))
    publish(factories.SYSTEM, place.id, queries.default_policy(), factories.LONG_AGO)
    return Desk(place, joy, kofi, drafts.start(joy, place.id))


@pytest.fixture
def desk(session: object) -> Desk:
    return set_up()


def strict(policy: PolicyDocument) -> PolicyDocument:
    return with_figures(policy, {"item_threshold_pence": "400"})


def mild(policy: PolicyDocument, action: Action = Action.WARN) -> PolicyDocument:
    rule = policy.rules["alcohol"]
    return with_rule(policy, rule.code, RuleChange(action, {}, rule.sentence, rule.next_step))


def test_from_a_draft_to_a_policy_in_force(desk: Desk) -> None:
    desk.change(strict(desk.see()))
    assert queries.policy_in_force(desk.place.id).thresholds.item_threshold_pence == 50_000
    desk.ask()
    told = db.session.scalars(select(Notice.account_id)).all()
    assert told == [desk.kofi.account_id]
    version = desk.publish(days=3)
    assert queries.policy_in_force(desk.place.id).thresholds.item_threshold_pence == 50_000
    later = queries.policy_in_force(desk.place.id, version.in_force_from)
    assert later.thresholds.item_threshold_pence == 40_000
    assert later.version == version.version != queries.default_policy().version
    assert (version.drafted_by, version.published_by, version.summary) == ("Joy Abara", "Kofi Mensah", WHY)
    assert desk.joy.account_id in db.session.scalars(select(Notice.account_id)).all()
    verbs = set(db.session.scalars(select(AuditEntry.verb).where(AuditEntry.commissioner_id == desk.place.id)))
    assert {"policy.start", "policy.change", "policy.ask", "policy.publish"} <= verbs


def test_whoever_had_a_hand_in_it_never_publishes_it(desk: Desk) -> None:
    desk.change(strict(desk.see()))
    desk.ask()
    with pytest.raises(NotAllowedError):
        desk.publish(desk.joy)
    drafts_before = desk.draft.version
    handing.take_back(desk.joy, desk.draft.ref, drafts_before)
    desk.change(with_figures(desk.see(), {"split_days": "9"}), actor=desk.kofi)
    with pytest.raises(StateError, match="had a hand in it"):
        desk.ask()
    third = factories.actor_for(admin(desk.place, "Amber Lund"))
    desk.ask()
    with pytest.raises(NotAllowedError):
        desk.publish(desk.kofi)
    assert desk.publish(third).published_by == "Amber Lund"


@pytest.mark.parametrize("role", [StaffRole.COORDINATOR, StaffRole.FINANCE, StaffRole.AUDITOR])
def test_other_staff_read_but_never_change(desk: Desk, role: StaffRole) -> None:
    account = factories.make_account("Robin Vale")
    factories.make_post(account, desk.place, role)
    other = factories.actor_for(account)
    with pytest.raises(NotAllowedError):
        drafts.start(other, desk.place.id)
    with pytest.raises(NotFoundError):
        drafts.change(other, desk.draft.ref, desk.draft.version, strict(desk.see()))
    reads = role is StaffRole.AUDITOR
    assert queries.drafts_of(other, desk.place.id) == ([desk.draft] if reads else [])
    with pytest.raises(NotFoundError):
        queries.draft_for(other, desk.draft.ref)
    if reads:
        assert queries.draft_for(other, desk.draft.ref, reading=True) == desk.draft


def test_another_commissioners_admin_finds_nothing(desk: Desk) -> None:
    stranger = factories.actor_for(admin(factories.make_commissioner("Elsewhere"), "Sunniva Rao"))
    for verb in (lambda: drafts.start(stranger, desk.place.id), lambda: queries.draft_for(stranger, desk.draft.ref)):
        with pytest.raises(NotFoundError):
            verb()
    with pytest.raises(NotFoundError):
        queries.version_named(stranger, desk.place.id, "2026.1")


def test_what_lets_more_through_needs_a_reason_that_stays(desk: Desk) -> None:
    with pytest.raises(InvalidError) as refused:
        desk.change(mild(desk.see()), "ok")
    assert "Say why" in refused.value.errors["reason"]
    assert desk.see() == replace(queries.default_policy(), version=desk.see().version)
    desk.change(mild(desk.see()), WHY)
    (found,) = queries.differences_of(desk.draft)
    assert found.law
    kept = queries.reasons_in(queries.changes_of(desk.draft.id))[found.path]
    assert (kept.reason, kept.by_name) == (WHY, "Joy Abara")
    desk.ask()
    desk.publish()
    assert check_text(queries.policy_in_force(desk.place.id), "2 bottles of Merlot").action is Action.WARN
    # the next draft begins from there: what is mild already asks for no second reason
    again = drafts.start(desk.joy, desk.place.id)
    drafts.change(desk.joy, again.ref, again.version, strict(queries.draft_document(again)))
    assert queries.wanting_reasons(again) == []
    # a reason given for one step down does not stand for the next
    with pytest.raises(InvalidError):
        drafts.change(desk.joy, again.ref, again.version, mild(queries.draft_document(again), Action.ALLOW))


def test_what_came_from_a_file_is_sent_only_when_every_reason_is_there(desk: Desk) -> None:
    read = with_words(mild(queries.default_policy()), "vapes", WordsChange(put_in="puffle", take_out="vape"))
    draft = drafts.start(desk.joy, desk.place.id, read, "policy.txt")
    with pytest.raises(StateError, match="say why first"):
        handing.ask(desk.joy, draft.ref, draft.version, WHY, clock.today())
    wanting = queries.wanting_reasons(draft)
    assert len(wanting) >= 2
    assert drafts.give_reason(desk.joy, draft.ref, draft.version, [wanting[0].path, "no.such.place"], WHY) == 1
    paths = [item.path for item in queries.wanting_reasons(draft)]
    drafts.give_reason(desk.joy, draft.ref, draft.version, paths, WHY)
    assert handing.ask(desk.joy, draft.ref, draft.version, WHY, clock.today()).state is DraftState.ASKED


def test_never_back_dated_and_never_before_what_it_builds_on(desk: Desk) -> None:
    desk.change(strict(desk.see()))
    desk.ask()
    with pytest.raises(InvalidError, match="today or later"):
        desk.publish(days=-1)
    first = desk.publish(days=10)
    draft = drafts.start(desk.joy, desk.place.id)
    assert draft.base_id == first.id
    drafts.change(desk.joy, draft.ref, draft.version, with_figures(queries.draft_document(draft), {"split_days": "9"}))
    with pytest.raises(InvalidError, match="on which this builds"):
        handing.ask(desk.joy, draft.ref, draft.version, WHY, clock.today() + timedelta(5))


def test_a_scheduled_version_is_withdrawn_and_a_begun_one_is_not(desk: Desk) -> None:
    desk.change(strict(desk.see()))
    desk.ask()
    version = desk.publish(days=2)
    with pytest.raises(InvalidError):
        policy_news.withdraw(desk.joy, desk.place.id, version.version, "no")
    policy_news.withdraw(desk.joy, desk.place.id, version.version, WHY)
    later = queries.policy_in_force(desk.place.id, version.in_force_from)
    assert later.thresholds.item_threshold_pence == 50_000
    with pytest.raises(StateError, match="already"):
        policy_news.withdraw(desk.joy, desk.place.id, version.version, WHY)
    with pytest.raises(StateError, match="has begun"):
        policy_news.withdraw(desk.joy, desk.place.id, queries.default_policy().version, WHY)
    fresh = drafts.start(desk.joy, desk.place.id)
    assert queries.draft_document(fresh).version not in {row.version for row in queries.versions_of(desk.place.id)}


def test_a_draft_that_fell_behind_keeps_both_changes(desk: Desk) -> None:
    other = drafts.start(desk.kofi, desk.place.id)
    drafts.change(desk.kofi, other.ref, other.version, with_figures(queries.draft_document(other), {"split_days": "9"}))
    desk.change(strict(desk.see()))
    desk.ask()
    desk.publish()
    with pytest.raises(StateError, match="up to date"):
        handing.ask(desk.kofi, other.ref, other.version, WHY, clock.today())
    assert drafts.bring_up_to_date(desk.kofi, other.ref, other.version) == []
    said = queries.draft_document(other).thresholds
    assert (said.item_threshold_pence, said.split_days) == (40_000, 9)
    assert handing.ask(desk.kofi, other.ref, other.version, WHY, clock.today()).state is DraftState.ASKED


def test_sent_back_with_words_and_gone_on_with(desk: Desk) -> None:
    desk.change(strict(desk.see()))
    desk.ask()
    with pytest.raises(StateError):
        desk.change(with_figures(desk.see(), {"split_days": "9"}))
    policy_news.send_back(desk.kofi, desk.draft.ref, desk.draft.version, "Please say it to people first.")
    assert desk.draft.state is DraftState.OPEN
    assert desk.draft.returned_words == "Please say it to people first."
    desk.ask()
    assert desk.publish().published_by == "Kofi Mensah"


def test_who_comes_second_overwrites_nothing(desk: Desk) -> None:
    seen, before = desk.draft.version, desk.see()
    desk.change(strict(before))
    with pytest.raises(StateError, match="while you were looking"):
        drafts.change(desk.kofi, desk.draft.ref, seen, with_figures(before, {"split_days": "9"}))
    assert desk.see().thresholds.split_days == 7


@pytest.mark.slow
def test_of_two_at_once_one_publishes(real_database: Flask) -> None:
    with real_database.app_context():
        desk = set_up()
        third = factories.actor_for(admin(desk.place, "Amber Lund"))
        desk.change(strict(desk.see()))
        desk.ask()
        ref, seen, kofi = desk.draft.ref, desk.draft.version, desk.kofi
        db.session.commit()
    ready, answers = threading.Barrier(2), []

    def go(actor: Actor) -> None:
        with real_database.app_context():
            ready.wait()
            try:
                policy_news.publish(actor, ref, seen, clock.today())
                db.session.commit()
                answers.append("published")
            except StateError:
                db.session.rollback()
                answers.append("late")

    _both(lambda: go(kofi), lambda: go(third))
    assert sorted(answers) == ["late", "published"]
    with real_database.app_context():
        assert db.session.scalar(select(func.count()).select_from(PolicyVersion)) == 2


@pytest.mark.slow
def test_of_two_who_change_at_once_one_is_told(real_database: Flask) -> None:
    with real_database.app_context():
        desk = set_up()
        ref, seen, joy, kofi = desk.draft.ref, desk.draft.version, desk.joy, desk.kofi
        db.session.commit()
    ready, answers = threading.Barrier(2), []

    def go(actor: Actor, figure: str) -> None:
        with real_database.app_context():
            document = with_figures(queries.draft_document(queries.draft_for(actor, ref)), {figure: "9"})
            ready.wait()
            try:
                drafts.change(actor, ref, seen, document, WHY)
                db.session.commit()
                answers.append("kept")
            except StateError:
                db.session.rollback()
                answers.append("told")

    _both(lambda: go(joy, "split_days"), lambda: go(kofi, "duplicate_days"))
    assert sorted(answers) == ["kept", "told"]


def _both(*works: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
