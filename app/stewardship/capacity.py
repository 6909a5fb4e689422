"""Recording what was found about somebody's capacity, and doing what the page said follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.acting.inviting import set_their_scope
from app.audit import service as audit
from app.budgets.models import Budget
from app.budgets.regular_models import RegularPayment
from app.budgets.regular_rules import RegularState
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError
from app.core.words import one_line, storable
from app.identity.authorities import require_open
from app.identity.models import Person
from app.identity.rules import Actor, AuthorityKind, Scope
from app.stewardship.capacity_rules import (
    FINDING_WORDS,
    LOOK_AGAIN_WITHIN,
    MAX_WORDS,
    MONEY,
    CapacityFacts,
    Finding,
    Wish,
    capacity_follows,
    stands,
)
from app.stewardship.changes_access import acting_for
from app.stewardship.changes_doing import carry_out
from app.stewardship.changes_follows import Acting, Area, Deed, Follow, require_seen
from app.stewardship.changes_models import CapacityRecord
from app.stewardship.changes_queries import require_coordinator
from app.stewardship.changes_telling import everybody_of, staff_of, tell_side, tell_staff
from app.stewardship.second_person import follows_to_themself
from app.stewardship.sixteen_queries import facts_of, is_under_sixteen
from app.stewardship.sixteen_rules import CHOSEN_FROM, birthday, day_follows, months_before

_ONE_LINE = 200
_ASK_THEM_WITHIN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class CapacityInput:
    """What a coordinator typed, page by page.

    :param meanwhile: the account's reference of whoever pays until there is a representative; empty: nobody.
    """

    finding: str
    decision: str  # in their words, where it is about another decision than the money
    assessed_on: date | None
    assessed_by: str
    why: str
    look_again_on: date | None = None
    meanwhile: str = ""
    wish: str = Wish.NOT_SAID.value
    about_money: bool = True

    @property
    def says_decision(self) -> str:
        """Which decision it is about."""
        return MONEY if self.about_money else one_line(self.decision)


def check_capacity(viewer: Actor, person: Person, typed: CapacityInput) -> None:
    """See that everything is there that a record needs.

    :raises NotFoundError: when the viewer is not a coordinator there, or acts for the person.
    :raises InvalidError: fields ``finding decision assessed_on assessed_by why look_again_on meanwhile wish``.
    """
    require_coordinator(viewer, person)
    errors = {**_check_words(typed), **_check_days(person, typed)}
    if typed.meanwhile and not typed.about_money:
        errors["meanwhile"] = "It is not about the money. Choose nobody"
    elif typed.meanwhile and is_under_sixteen(person):
        errors["meanwhile"] = "Until sixteen whoever acts for them goes on. Choose nobody"
    if typed.finding not in set(Finding):
        errors["finding"] = "Choose what was found"
    if typed.wish not in set(Wish):
        errors["wish"] = "Choose what they say"
    if typed.meanwhile and _account(person, typed.meanwhile) is None:
        errors["meanwhile"] = "Choose somebody who acts for them, or nobody"
    if errors:
        raise InvalidError(errors)


def see_capacity(viewer: Actor, person: Person, typed: CapacityInput) -> tuple[Follow, ...]:
    """What follows from a finding. Writes nothing.

    :raises InvalidError: as :func:`check_capacity`.
    """
    check_capacity(viewer, person, typed)
    finding = Finding(typed.finding)
    if typed.about_money and is_under_sixteen(person):  # a parent decides until then: it holds from the birthday on
        on = clock.say_day(birthday(person.date_of_birth), year=True)
        then = Follow(Area.ACCESS, Deed.NOTHING, f"Nothing changes before {on}. What follows is what happens then.")
        return (then, *day_follows(replace(facts_of(person), lacks=stands(finding))))
    regular = (
        select(func.count())
        .select_from(RegularPayment)
        .join(Budget, Budget.id == RegularPayment.budget_id)
        .where(Budget.person_id == person.id, RegularPayment.state == RegularState.RUNNING)
    )
    facts = CapacityFacts(
        given_name=person.given_name,
        finding=finding,
        acting=acting_for(person.id),
        meanwhile=_account(person, typed.meanwhile),
        wish=Wish(typed.wish),
        regular=int(db.session.scalar(regular) or 0),
        look_again_on=typed.look_again_on,
        about_money=typed.about_money,
    )
    return capacity_follows(facts)


def record_capacity(actor: Actor, person: Person, typed: CapacityInput, seen: str) -> CapacityRecord:
    """Keep a finding for good, and do what the page said.

    :param seen: the sum of the list that was read (:func:`digest_of`).
    :raises InvalidError: as :func:`check_capacity`.
    :raises StateError: when something is different from what was read, or the person died or moved away.
    """
    require_coordinator(actor, person)
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    require_open(person)  # after the stronger lock: two who held the weaker one would each wait for the other
    follows = see_capacity(actor, person, typed)
    require_seen(follows, seen)
    assert typed.assessed_on is not None  # both were checked: a day is there, and a coordinator is an account
    assert actor.account_id is not None
    finding, again = Finding(typed.finding), typed.look_again_on
    if finding is Finding.HAS and typed.wish == Wish.NOT_SAID and typed.about_money and not again:
        again = clock.today() + _ASK_THEM_WITHIN
    record = CapacityRecord(
        commissioner_id=person.commissioner_id,
        person_id=person.id,
        finding=finding,
        about_money=typed.about_money,
        decision=typed.says_decision,
        assessed_on=typed.assessed_on,
        assessed_by=one_line(typed.assessed_by),
        why=storable(typed.why),
        look_again_on=again,
        said=[item.to_dict() for item in follows],
        by_id=actor.account_id,
        by_name=actor.name,
    )
    db.session.add(record)
    db.session.flush()
    told = everybody_of(person.id)  # whoever acts no more is told too
    if typed.about_money and not is_under_sixteen(person):
        carry_out(actor, person, follows, why=f"{FINDING_WORDS[finding]}: {record.decision}")
        if finding is not Finding.FLUCTUATES:  # who was asked to sign in for themself and has not answered yet
            set_their_scope(person.id, Scope.VIEW if stands(finding) else Scope.BUY)
    audit.record(
        actor,
        "stewardship.record_capacity",
        f"Recorded: {FINDING_WORDS[finding][0].lower()}{FINDING_WORDS[finding][1:]} ({record.decision})",
        subject_kind="capacity_record",
        subject_id=record.id,
        person_id=person.id,
        commissioner_id=person.commissioner_id,
        why=record.why,
        details={"finding": finding.value, "assessed_on": record.assessed_on.isoformat()},
    )
    _tell(actor, person, follows, told)
    tell_staff(actor, person, "capacity", f"{actor.name} recorded something about {person.name}.", staff_of(person))
    return record


def _tell(actor: Actor, person: Person, follows: Sequence[Follow], told: Sequence[UUID]) -> None:
    """Tell everybody who acted until now; the person themself is spoken to, not about."""
    own = [item for item in acting_for(person.id) if item.kind is AuthorityKind.SELF and item.account_id in told]
    title = f"It was recorded how {person.given_name} decides about their money. You can say if it is wrong."
    others = [key for key in told if key not in {item.account_id for item in own}]
    tell_side(actor, person, "changes", title, follows, others)
    for item in own:
        title = "It was recorded how you decide about your money. You can say if it is wrong."
        yours = follows_to_themself(follows, item.name, person.given_name)
        tell_side(actor, person, "changes", title, yours, [item.account_id])


def may_stand_in(person: Person) -> Sequence[Acting]:
    """Who could pay until there is a representative: whoever acts for the person on papers that were seen, not brokers,
    not themself. Nobody before sixteen: whoever acts as for a child goes on.
    """
    if is_under_sixteen(person):
        return []
    return [item for item in acting_for(person.id) if item.kind in CHOSEN_FROM and item.is_checked]


def _account(person: Person, key: str) -> UUID | None:
    return next((item.account_id for item in may_stand_in(person) if str(item.account_id) == key), None)


def _check_words(typed: CapacityInput) -> dict[str, str]:
    errors = {}
    for name, text, missing in (
        ("decision", typed.says_decision, "Enter which decision it is about"),
        ("assessed_by", one_line(typed.assessed_by), "Enter who found it, like Dr Amin, her GP"),
    ):
        if not text:
            errors[name] = missing
        elif len(text) > _ONE_LINE:
            errors[name] = f"Say it in {_ONE_LINE} characters or fewer"
    why = storable(typed.why)
    if not why:
        errors["why"] = "Say how they came to it, and what was tried to help the person decide"
    elif len(why) > MAX_WORDS:
        errors["why"] = f"Say it in {MAX_WORDS:,} characters or fewer"
    return errors


def _check_days(person: Person, typed: CapacityInput) -> dict[str, str]:
    errors, today = {}, clock.today()
    # it may be looked at shortly before the birthday, so that nobody waits on the day
    first = months_before(birthday(person.date_of_birth), 6)
    if typed.assessed_on is None:
        errors["assessed_on"] = "Enter the day"
    elif typed.assessed_on > today:
        errors["assessed_on"] = "Enter a day that is not in the future"
    elif typed.assessed_on < first:
        since = clock.say_day(first, year=True)
        errors["assessed_on"] = f"This is for people of sixteen or nearly. Enter a day from {since}"
    if typed.finding != Finding.HAS:
        if typed.look_again_on is None:
            errors["look_again_on"] = "Enter when somebody looks at this again"
        elif not today < typed.look_again_on <= today + LOOK_AGAIN_WITHIN:
            errors["look_again_on"] = "Enter a day to come, within a year"
    return errors
