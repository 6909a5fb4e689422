"""Who is told of a change in a life."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from app.identity import queries as identity
from app.identity.models import Person
from app.identity.rules import Actor, AuthorityKind
from app.messages import gate
from app.messages import service as messages
from app.messages.rules import About, NoticeKind
from app.stewardship.changes_follows import Follow
from app.stewardship.keys import finance_officers


def everybody_of(person_id: UUID) -> list[UUID]:
    """Everybody who acts for a person today, brokers too: their accounts' ids."""
    return [account.id for account, _ in identity.acting_accounts(person_id)]


def staff_of(person: Person) -> list[UUID]:
    """The coordinator, or who covers for them; where there is nobody by name, the team."""
    one = gate.who_reads_new(person)
    if one is not None:
        return [one.id]
    acting = set(everybody_of(person.id))
    return [account.id for account in identity.coordinators(person.commissioner_id) if account.id not in acting]


def tell_side(
    actor: Actor,
    person: Person,
    page: str,
    title: str,
    follows: Sequence[Follow],
    accounts: Iterable[UUID],
    words: str = "",
) -> int:
    """Tell those who act for a person, with what follows: their own side in full, a broker no payee and no sum.

    Returns how many notices were written.

    :param page: which page it leads to: ``sixteen`` or ``changes``.
    :param words: what the notice says where nothing follows.
    """
    side, told = list(accounts), 0
    acting = identity.acting_accounts(person.id)
    brokers = {account.id for account, grant in acting if grant.kind is AuthorityKind.BROKER}
    in_full = [sentence for item in follows for sentence in item.in_full]
    for reads, sentences in (
        ([key for key in side if key not in brokers], in_full),
        ([key for key in side if key in brokers], [item.sentence for item in follows]),
    ):
        body = words or "\n".join(sentences)
        told += len(
            messages.notify(
                actor, reads, NoticeKind.LIFE, title, body, about=About.LIFE, about_ref=page, person_id=person.id
            )
        )
    return told


def tell_staff(
    actor: Actor, person: Person, page: str, title: str, accounts: Iterable[UUID], body: str = ""
) -> int:
    """Tell staff. Returns how many notices were written.

    :param page: which of the person's staff pages it leads to: ``sixteen``, ``capacity``, ``death``, ``move`` or
        ``settle``.
    """
    told = messages.notify(
        actor, accounts, NoticeKind.LIFE, title, body, about=About.STAFF_LIFE, about_ref=page, person_id=person.id
    )
    return len(told)


def tell_finance(actor: Actor, person: Person, title: str, body: str = "") -> int:
    """Tell the finance officers what concerns the balance: it leads to the page on which they settle it, so not whoever
    acts for the person.

    :returns: how many notices were written.
    """
    return tell_staff(actor, person, "settle", title, [one.id for one in finance_officers(person)], body)
