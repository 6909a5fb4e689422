"""What becomes of an authority: changed, lowered, ended. Whoever tells people of it is above this package.

Rights are read from the database on every request, so what is written here holds from the next one on, in every tab.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.audit import service as audit
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from app.core.money import format_pounds
from app.core.words import storable
from app.identity.authority_rules import MAX_REASON, checks_papers, is_lower, may_settle, wider_than
from app.identity.models import Authority, Person
from app.identity.rules import Actor, AuthorityKind, Scope

_TOO_WIDE = {
    "scope": "You cannot give more than you may do yourself",
    "buy_limit": "Enter a sum for one purchase that is not over your own",
    "month_limit": "Enter a sum for a month that is not over your own",
    "outcomes": "Choose only outcomes that you may buy for yourself",
}


def end_authority(actor: Actor, authority: Authority, *, why: str = "") -> Authority:
    """End it now.

    The person ends a nominee's or a broker's, whoever decides for a child a broker's, a coordinator anybody's.
    Everybody may give up their own, but not the right to act for themself.

    :param why: in the words of whoever ends it.
    :raises NotFoundError: when it is nothing of the actor's.
    :raises NotAllowedError: when somebody else ends it.
    :raises StateError: when it is over already.
    """
    own = actor.account_id is not None and authority.account_id == actor.account_id
    if not (own and authority.kind is not AuthorityKind.SELF):
        _require_settles(actor, authority)
    lock(authority)
    authority.ended_at = clock.now()
    authority.ended_by_name = actor.name
    authority.end_reason = storable(why)[:MAX_REASON]
    db.session.flush()
    sentence = f"{authority.account.name} gave up acting" if own else f"Ended that {authority.account.name} acts"
    record(actor, authority, "end_authority", f"{sentence} as {authority.kind.value}", why=authority.end_reason)
    return authority


def lower_scope(actor: Actor, authority: Authority, scope: Scope, *, why: str = "") -> Authority:
    """Let it reach less far. What it reached before is kept in the audit.

    :raises NotAllowedError: when somebody else settles it.
    :raises InvalidError: field ``scope``, when that would not be lower.
    """
    _require_settles(actor, authority)
    lock(authority)
    if not is_lower(scope, authority.scope):
        raise InvalidError({"scope": "Choose something that is less than now"})
    before = authority.scope
    authority.scope = scope
    # a sum means nothing to whoever cannot buy; what the sums were is in the audit
    limits = {"buy_limit_pence": authority.buy_limit_pence, "month_limit_pence": authority.month_limit_pence}
    authority.buy_limit_pence = authority.month_limit_pence = None
    db.session.flush()
    sentence = f"{authority.account.name} may {scope.value} now, and no more"
    details = {"before": before.value, "scope": scope.value, **limits}
    record(actor, authority, "lower_scope", sentence, why=storable(why)[:MAX_REASON], details=details)
    return authority


def change_authority(
    actor: Actor,
    authority: Authority,
    *,
    scope: Scope,
    buy_limit_pence: int | None = None,
    month_limit_pence: int | None = None,
    outcome_ids: Collection[UUID] | None = None,
    sees_messages: bool = True,
    ends_on: date | None = None,
    why: str = "",
) -> Authority:
    """Settle anew how far it reaches. Nobody gives more than they have themself.

    :param outcome_ids: the ids of outcomes of the person's plan (the caller has looked); None is all.
    :raises NotFoundError: when it is nothing of the actor's.
    :raises NotAllowedError: when somebody else settles it.
    :raises InvalidError: fields ``scope buy_limit month_limit outcomes ends_on``.
    :raises StateError: when it is over, or the person died or moved away.
    """
    _require_settles(actor, authority)
    if authority.kind is AuthorityKind.SELF:
        raise NotAllowedError("What people may do for themselves is not changed here.")
    check_terms(actor, authority.person, scope, buy_limit_pence, month_limit_pence, outcome_ids, ends_on)
    lock(authority)
    before = _terms(authority)
    authority.scope = scope
    authority.buy_limit_pence = buy_limit_pence if scope is Scope.BUY else None
    authority.month_limit_pence = month_limit_pence if scope is Scope.BUY else None
    authority.outcome_ids = list(dict.fromkeys(outcome_ids)) if outcome_ids is not None else None
    authority.sees_messages = sees_messages
    authority.ends_on = ends_on
    db.session.flush()
    sentence = f"Changed what {authority.account.name} may do"
    details = {"before": before, "after": _terms(authority)}
    record(actor, authority, "change_authority", sentence, why=storable(why)[:MAX_REASON], details=details)
    return authority


def check_terms(
    actor: Actor,
    person: Person,
    scope: Scope,
    buy_limit_pence: int | None,
    month_limit_pence: int | None,
    outcome_ids: Collection[UUID] | None,
    ends_on: date | None,
) -> None:
    """Refuse what nobody could mean, or what would give away more than the giver has.

    :raises InvalidError: fields ``scope buy_limit month_limit outcomes ends_on``.
    :raises StateError: when the person died or moved away.
    """
    require_open(person)
    errors = {}
    if scope is Scope.BUY and buy_limit_pence is not None and buy_limit_pence <= 0:
        errors["buy_limit"] = "Enter a sum above nought, or leave it empty"
    if scope is Scope.BUY and month_limit_pence is not None and month_limit_pence <= 0:
        errors["month_limit"] = "Enter a sum above nought, or leave it empty"
    if scope is Scope.BUY and not errors and (buy_limit_pence or 0) > (month_limit_pence or buy_limit_pence or 0):
        errors["buy_limit"] = "Enter a sum for one purchase that is not over the sum for a month"
    if outcome_ids is not None and not outcome_ids:
        errors["outcomes"] = "Choose at least one outcome, or all of them"
    if ends_on is not None and ends_on < clock.today():
        errors["ends_on"] = "Enter a last day that is not over"
    giver = None if checks_papers(actor, person.id, person.commissioner_id) else actor.grant_for(person.id)
    wide = wider_than(giver, scope, buy_limit_pence, month_limit_pence, outcome_ids)
    if wide:
        errors.setdefault(wide, _TOO_WIDE[wide])
    if errors:
        raise InvalidError(errors)


def require_open(person: Person) -> None:
    """Stop whoever would give a right in the affairs of somebody who died or moved away.

    The row is held until the caller's transaction ends, so that a death recorded meanwhile comes after it and sees it.

    :raises StateError: then.
    """
    query = select(Person.closed_on).where(Person.id == person.id).with_for_update(read=True)
    if db.session.scalar(query) is not None:
        raise StateError(f"{person.name} has died or moved away, so nobody is given a right to act here any more.")


def close_person(person: Person) -> None:
    """From today nobody is given a right in this person's affairs. The caller has checked the right and tells why."""
    person.closed_on = clock.today()
    db.session.flush()


def open_person_again(person: Person) -> None:
    """It was a mistake: rights can be given again. The caller has checked the right and tells why."""
    person.closed_on = None
    db.session.flush()


def agree_together_over(actor: Actor, person: Person, pence: int | None) -> None:
    """Settle over which sum two representatives of a person agree; None: one is enough.

    :raises NotFoundError: when the actor is not a coordinator there, or acts for the person.
    :raises InvalidError: field ``agree_over``.
    """
    if not actor.is_system and not checks_papers(actor, person.id, person.commissioner_id):
        raise NotFoundError
    if pence is not None and pence <= 0:
        raise InvalidError({"agree_over": "Enter a sum above nought, or leave it empty"})
    before, person.agree_over_pence = person.agree_over_pence, pence
    db.session.flush()
    audit.record(
        actor,
        "identity.agree_together_over",
        f"Two representatives agree over {format_pounds(pence)}" if pence else "One representative is enough",
        subject_kind="person",
        subject_id=person.id,
        person_id=person.id,
        commissioner_id=person.commissioner_id,
        details={"before": before, "after": pence},
    )


def record(
    actor: Actor,
    authority: Authority,
    verb: str,
    sentence: str,
    *,
    why: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    """Write what was done to an authority into the audit of the person it is about."""
    audit.record(
        actor,
        f"identity.{verb}",
        sentence,
        subject_kind="authority",
        subject_id=authority.id,
        person_id=authority.person_id,
        commissioner_id=authority.person.commissioner_id,
        why=why,
        details=details,
    )


def _require_settles(actor: Actor, authority: Authority) -> None:
    person = authority.person
    if may_settle(actor, authority.kind, person.id, person.commissioner_id):
        return
    if actor.grant_for(person.id) is None:
        raise NotFoundError
    raise NotAllowedError("You cannot change this yourself. Ask the coordinator.")


def lock(authority: Authority) -> None:
    """Take the row as it stands now, so that of two who end or change it at once the second sees the first.

    :raises StateError: when it is over already.
    """
    query = select(Authority).where(Authority.id == authority.id)
    db.session.scalar(query.with_for_update(key_share=True).execution_options(populate_existing=True))
    if authority.ended_at is not None:
        raise StateError(f"{authority.account.name} does not act here any more.")


def _terms(authority: Authority) -> dict[str, Any]:
    return {
        "scope": authority.scope.value,
        "buy_limit_pence": authority.buy_limit_pence,
        "month_limit_pence": authority.month_limit_pence,
        "outcomes": len(authority.outcome_ids) if authority.outcome_ids is not None else None,
        "sees_messages": authority.sees_messages,
        "ends_on": authority.ends_on.isoformat() if authority.ends_on else None,
    }
