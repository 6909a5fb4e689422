"""Money that comes back for a purchase: all of it or a part, as money or as a credit note.

A refund goes to the line it is for, and from there to the streams that paid it, to the penny. A credit note is no money
yet: the payee owes it. When something else is bought from them, that payment is smaller by it, and only then does the
money count as back, for what it was once paid for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from app.budgets import service as budgets
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.core.money import format_pounds
from app.core.words import storable, tidy_ref
from app.identity.rules import Actor, Permission, PersonSubject, ProviderSubject, may
from app.messages.rules import NoticeKind
from app.purchases.changing import move, record, require, write
from app.purchases.ending_problems import end_problem
from app.purchases.holding import payee_of
from app.purchases.models import Purchase
from app.purchases.problem_queries import may_help
from app.purchases.reaching import refuse_elsewhere
from app.purchases.refund_rules import HOW_WORDS, MAX_WHY, HowBack, ProblemEnd, RefundInput, share_out
from app.purchases.rules import State, Verb, possible
from app.purchases.second_look_models import PurchaseRefund, PurchaseRefundLine
from app.purchases.telling import tell_side

_MOST = 100


def refund(actor: Actor, purchase: Purchase, back: RefundInput) -> PurchaseRefund:
    """Record a refund, or a credit note.

    The person's own side may, a coordinator who was told of what went wrong or who decided the purchase, and whoever
    sold it. A part that the seller gives back does not settle what is said to be wrong.

    :raises InvalidError: fields ``amount on how why``.
    :raises StateError: when nothing was paid, all of it came back already, or somebody was faster.
    """
    _require(actor, purchase)
    return put_back(actor, purchase, back)


def put_back(actor: Actor, purchase: Purchase, back: RefundInput) -> PurchaseRefund:
    """The same as a step of something bigger, whose right the caller has checked.

    :raises InvalidError: as :func:`refund`.
    :raises StateError: as :func:`refund`.
    """
    if Verb.REFUND not in possible(purchase.state):
        raise StateError(f"Nothing can come back for this now. It says: {purchase.state_words}.")
    errors = _check(purchase, back)
    if errors:
        raise InvalidError(errors)
    parts = _parts(purchase, back)
    on = back.on or clock.today()
    row = _row(actor, purchase, HowBack(back.how), parts, on, storable(back.why))
    if row.how is HowBack.CREDIT_NOTE:
        write(purchase, credit_pence=purchase.credit_pence + row.amount_pence)
        for line in purchase.lines:
            line.credit_pence += parts.get(line.id, 0)
        db.session.flush()
        record(actor, purchase, "credit_note", "Noted a credit note for", why=row.why, credit_pence=row.amount_pence)
    else:
        settles = may(actor, Permission.VIEW_BUDGET, PersonSubject(purchase.person_id)) or may_help(actor, purchase)
        _come_back(actor, purchase, parts, on, settles=settles, why=row.why)
        record(actor, purchase, "refund", "Noted money back for", why=row.why, back_pence=row.amount_pence)
    if not may(actor, Permission.VIEW_BUDGET, PersonSubject(purchase.person_id)):
        what = "a credit note" if row.how is HowBack.CREDIT_NOTE else "money back"
        title = f"{actor.name} noted {what} for {purchase.title}: {format_pounds(row.amount_pence)}."
        tell_side(actor, purchase, NoticeKind.MONEY_IN, title, row.why)
    return row


def can_come_back(purchase: Purchase) -> int:
    """What of a purchase can still come back, in pence."""
    if Verb.REFUND not in possible(purchase.state):
        return 0
    return purchase.total_pence - purchase.refunded_pence - purchase.credit_pence


def refunds_of(purchase_id: UUID) -> Sequence[PurchaseRefund]:
    """Everything that came back of a purchase, first to last. The caller has checked who may see it."""
    return db.session.scalars(
        select(PurchaseRefund)
        .options(selectinload(PurchaseRefund.for_purchase))
        .where(PurchaseRefund.purchase_id == purchase_id)
        .order_by(PurchaseRefund.id)
    ).all()


def credit_for(purchase: Purchase) -> int:
    """What a payee still owes by credit notes, as far as this purchase can use it, in pence."""
    return min(purchase.total_pence, sum(note.left_pence for note in _open_notes(purchase)))


def use_credit(actor: Actor, purchase: Purchase, on: date) -> int:
    """Let the payee's credit notes make a payment smaller, the oldest first.

    The payment itself is spent as a whole; what was not handed over comes back for what the note was once given for.
    So the budget goes down by what was really paid, and each outcome pays for what it got.

    :param purchase: something that was just paid.
    :returns: pence used.
    """
    require(actor, Permission.BUY, purchase)
    left = purchase.total_pence
    for note in _open_notes(purchase):
        part = min(left, note.left_pence)
        if part:
            # it says nothing of whether what is wrong with the older one is put right
            _take_from(actor, note, part, on, HowBack.CREDIT_USED, for_purchase=purchase, settles=False)
            left -= part
    return purchase.total_pence - left


def pay_out_credit(actor: Actor, purchase: Purchase, note_ref: str, on: date) -> PurchaseRefund:
    """The payee paid what is left of a credit note in money after all.

    :raises NotFoundError: when there is no such note.
    :raises StateError: when nothing is left of it.
    """
    require(actor, Permission.BUY, purchase)
    refuse_elsewhere(actor, purchase)
    note = db.session.scalar(
        select(PurchaseRefund).where(
            PurchaseRefund.ref == tidy_ref(note_ref),
            PurchaseRefund.purchase_id == purchase.id,
            PurchaseRefund.how == HowBack.CREDIT_NOTE,
        )
    )
    if note is None:
        raise NotFoundError
    if not note.left_pence:
        raise StateError("Nothing is left of this credit note.")
    return _take_from(actor, note, note.left_pence, on, HowBack.CREDIT_PAID)


def _take_from(
    actor: Actor,
    note: PurchaseRefund,
    pence: int,
    on: date,
    how: HowBack,
    for_purchase: Purchase | None = None,
    *,
    settles: bool = True,
) -> PurchaseRefund:
    """Turn a part of a credit note into money that is back."""
    done = db.session.scalar(
        update(PurchaseRefund)
        .where(PurchaseRefund.id == note.id, PurchaseRefund.used_pence == note.used_pence)
        .values(used_pence=PurchaseRefund.used_pence + pence)
        .returning(PurchaseRefund.id)
        .execution_options(synchronize_session=False)
    )
    if done is None:
        raise StateError("Somebody, or another tab, used this credit note a moment ago. Look at it again.")
    db.session.refresh(note)
    origin = db.session.get_one(Purchase, note.purchase_id)
    open_lines = [line for line in origin.lines if line.credit_pence]
    shares = share_out(pence, [line.credit_pence for line in open_lines])
    parts = {line.id: part for line, part in zip(open_lines, shares, strict=True) if part}
    row = _row(actor, origin, how, parts, on, "", credit_id=note.id, for_purchase=for_purchase)
    _come_back(actor, origin, parts, on, of_credit=pence, settles=settles)
    record(actor, origin, how.value, "Got back, by a credit note,", back_pence=pence)
    return row


def _come_back(
    actor: Actor,
    purchase: Purchase,
    parts: dict[UUID, int],
    on: date,
    *,
    of_credit: int = 0,
    settles: bool,
    why: str = "",
) -> None:
    """Put money back where it came from. The purchase's row is changed first: of two at once one gets through.

    :param of_credit: pence of it that a credit note promised.
    :param settles: what was said to be wrong is put right by it; all of it back always does.
    """
    total = purchase.refunded_pence + sum(parts.values())
    to = State.REFUNDED if total == purchase.total_pence else State.PART_REFUNDED
    if to is State.PART_REFUNDED and purchase.state is State.DISPUTED and not settles:
        to = State.DISPUTED
    move(purchase, Verb.REFUND, to, refunded_pence=total, credit_pence=purchase.credit_pence - of_credit)
    for line in purchase.lines:
        part = parts.get(line.id, 0)
        if part:
            line.refunded_pence += part
            line.credit_pence -= part if of_credit else 0
            budgets.give_back(actor, line.id, part, memo=f"Money back, purchase {purchase.ref}", counts_on=on)
    db.session.flush()
    if to is not State.DISPUTED:
        end_problem(actor, purchase, ProblemEnd.REFUNDED, why)


def _row(
    actor: Actor,
    purchase: Purchase,
    how: HowBack,
    parts: dict[UUID, int],
    on: date,
    why: str,
    *,
    credit_id: UUID | None = None,
    for_purchase: Purchase | None = None,
) -> PurchaseRefund:
    row = PurchaseRefund(
        commissioner_id=purchase.commissioner_id,
        person_id=purchase.person_id,
        purchase_id=purchase.id,
        payee_id=payee_of(purchase),
        how=how,
        amount_pence=sum(parts.values()),
        used_pence=0,
        counts_on=on,
        why=why,
        credit_id=credit_id,
        for_purchase_id=for_purchase.id if for_purchase else None,
        recorded_by=actor.account_id,
        recorded_by_name=actor.name,
        recorded_as=actor.quality_for(purchase.person_id, purchase.commissioner_id),
        parts=[PurchaseRefundLine(line_id=key, amount_pence=pence) for key, pence in parts.items()],
    )
    db.session.add(row)
    return row


def _open_notes(purchase: Purchase) -> Sequence[PurchaseRefund]:
    """What the payee of this purchase owes this person by credit notes, the oldest first."""
    return db.session.scalars(
        select(PurchaseRefund)
        .where(
            PurchaseRefund.person_id == purchase.person_id,
            PurchaseRefund.payee_id == payee_of(purchase),
            PurchaseRefund.how == HowBack.CREDIT_NOTE,
            PurchaseRefund.used_pence < PurchaseRefund.amount_pence,
            PurchaseRefund.purchase_id != purchase.id,
        )
        .order_by(PurchaseRefund.id)
        .limit(_MOST)
    ).all()


def _parts(purchase: Purchase, back: RefundInput) -> dict[UUID, int]:
    left = [line.amount_pence - line.refunded_pence - line.credit_pence for line in purchase.lines]
    if back.parts is None:
        shares = share_out(back.amount_pence or 0, left)
    else:
        shares = [back.parts.get(line.ref, 0) for line in purchase.lines]
        for line, pence, most in zip(purchase.lines, shares, left, strict=True):
            if not 0 <= pence <= most:
                raise InvalidError({"amount": f"Enter {format_pounds(most)} or less for {line.description}"})
    return {line.id: pence for line, pence in zip(purchase.lines, shares, strict=True) if pence}


def _check(purchase: Purchase, back: RefundInput) -> dict[str, str]:
    errors: dict[str, str] = {}
    pence = sum(back.parts.values()) if back.parts is not None else back.amount_pence
    if not pence or pence < 0:
        errors["amount"] = "Enter how much came back, like 12 or 12.50"
    if back.how not in HOW_WORDS:
        errors["how"] = "Choose how it came back"
    if back.on is None:
        errors["on"] = "Enter the day"
    elif back.on > clock.today():
        errors["on"] = "Enter a day that is not in the future"
    elif purchase.paid_on is not None and back.on < purchase.paid_on:
        errors["on"] = f"Enter a day after it was paid, on {clock.say_day(purchase.paid_on, year=True)}"
    if len(storable(back.why)) > MAX_WHY:
        errors["why"] = f"Write it in {MAX_WHY} characters or fewer"
    return errors


def _require(actor: Actor, purchase: Purchase) -> None:
    """Who may record that money came back.

    :raises NotFoundError: for whom the purchase does not exist.
    :raises NotAllowedError: for whom it does, without this right.
    """
    if actor.is_system or may_help(actor, purchase):
        return
    sold_by = purchase.provider_id
    if sold_by is not None and may(actor, Permission.KEEP_LISTINGS, ProviderSubject(sold_by)):
        return
    require(actor, Permission.BUY, purchase)
    refuse_elsewhere(actor, purchase)
