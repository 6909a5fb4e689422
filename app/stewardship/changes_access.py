"""What a change does to somebody's right to act: each step told in the audit, none of it deleted."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import inspect, select

from app.core import clock
from app.core.db import db
from app.identity import authorities
from app.identity.authority_rules import is_lower
from app.identity.models import Authority
from app.identity.queries import acting_accounts
from app.identity.rules import Actor, AuthorityKind, EvidenceKind, Scope
from app.stewardship.changes_follows import Acting

#: What a nominee's authority does not take over from the representative's.
_OWN = frozenset(
    {"id", "ref", "kind", "starts_on", "ended_at", "ended_by_name", "end_reason", "evidence", "registration_number",
     "missing_words", "look_again_on", "reminded_on", "checked_at", "checked_by", "checked_by_name"}
)  # fmt: skip
#: Papers by which somebody acts for a child, and only for a child.
_FOR_A_CHILD = (None, EvidenceKind.PARENTAL_RESPONSIBILITY)


def acting_for(person_id: UUID) -> tuple[Acting, ...]:
    """Everybody with a right in a person's affairs today, as the rules need it: themself first."""
    found = [
        Acting(a.id, account.id, account.name, a.kind, a.scope, a.evidence in _FOR_A_CHILD, a.is_checked)
        for account, a in acting_accounts(person_id)
    ]
    return tuple(sorted(found, key=lambda item: item.kind is not AuthorityKind.SELF))


def set_scope(actor: Actor, authority_id: UUID, scope: Scope, why: str) -> None:
    """Let an authority reach less far, or further. The caller has checked the right.

    :raises StateError: when it would reach further, and the person died or moved away.
    """
    authority = _lock(authority_id)
    if authority.ended_at is not None or authority.scope is scope:
        return
    if is_lower(scope, authority.scope):
        authorities.lower_scope(actor, authority, scope, why=why)
        return
    authorities.require_open(authority.person)
    was, authority.scope = authority.scope, scope
    db.session.flush()
    said = f"{authority.account.name} may {_MAY[scope]} now"
    authorities.record(actor, authority, "raise_scope", said, why=why, details={"before": was.value})


def end_authority(actor: Actor, authority_id: UUID, why: str) -> None:
    """End an authority now. The caller has checked the right."""
    authority = _lock(authority_id)
    if authority.ended_at is None:
        authorities.end_authority(actor, authority, why=why)


def let_look_until(actor: Actor, authority_id: UUID, until: date, why: str) -> None:
    """Let an account look until a day, and then no more: the day itself ends it, whether a job runs or not."""
    set_scope(actor, authority_id, Scope.VIEW, why)
    authority = _lock(authority_id)
    if authority.ended_at is None and (authority.ends_on is None or authority.ends_on > until):
        authority.ends_on = max(until, authority.starts_on)
        db.session.flush()


def make_nominee(actor: Actor, authority_id: UUID, why: str, *, buys: bool = True) -> Authority | None:
    """End a representative's authority and let the same account go on as nominee: the person's own word is the paper.

    Limits stay as they were. Whose papers nobody has seen yet, or who was let buy no more, only looks until a
    coordinator has seen a consent form: a nominee answers for every contract.

    :param buys: whether it reaches as far as buying; else as far as before.
    :returns: the new authority; None when the old one had ended, or is a nominee's already.
    :raises StateError: when the person died or moved away.
    """
    old = _lock(authority_id)
    authorities.require_open(old.person)
    if old.ended_at is not None:
        return None
    if old.kind is AuthorityKind.NOMINEE:
        if buys:
            set_scope(actor, authority_id, Scope.BUY, why)
        return None
    columns = [column.key for column in inspect(Authority).column_attrs if column.key not in _OWN]
    values = {name: getattr(old, name) for name in columns}
    word_is_enough = old.is_checked and old.scope is Scope.BUY
    old.ended_at, old.ended_by_name, old.end_reason = clock.now(), actor.name, why
    db.session.flush()
    if buys:
        values["scope"] = Scope.BUY
    new = Authority(
        **values,
        kind=AuthorityKind.NOMINEE,
        starts_on=clock.today(),
        evidence=EvidenceKind.CONSENT,
        checked_at=clock.now() if word_is_enough else None,
        checked_by=actor.account_id if word_is_enough else None,
        checked_by_name=actor.name if word_is_enough else "",
    )
    db.session.add(new)
    db.session.flush()
    said = f"{new.account.name} goes on as nominee"
    authorities.record(actor, new, "make_nominee", said, why=why, details={"scope": new.scope.value})
    return new


_MAY = {Scope.VIEW: "look", Scope.PREPARE: "look and prepare", Scope.BUY: "look, prepare and buy"}


def _lock(authority_id: UUID) -> Authority:
    return db.session.scalars(
        select(Authority)
        .where(Authority.id == authority_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
