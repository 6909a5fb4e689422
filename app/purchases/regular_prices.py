"""When a provider's price changes: a fall holds from its day, a rise waits for the person's yes."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.budgets.models import Budget
from app.budgets.regular_models import RegularPayment, RegularTerms
from app.budgets.regular_rules import RegularState, TermsState
from app.budgets.rhythm import usual_count
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowedError, NotFoundError, StateError
from app.core.money import format_pounds
from app.identity.authority_queries import hold
from app.identity.rules import Actor, Permission, ProviderSubject, may
from app.marketplace import prices
from app.marketplace.models import Listing
from app.marketplace.rules import say_price
from app.messages.rules import NoticeKind
from app.policy.rules import Action
from app.purchases.alone import says_yes
from app.purchases.regular_changing import drop_waiting, end, keep_terms
from app.purchases.regular_confirming import agree_first
from app.purchases.regular_posting import enqueue_due
from app.purchases.regular_weighing import WeighedRegular, weigh_regular
from app.purchases.regular_writing import (
    budget_of,
    is_rise,
    lock,
    person_of,
    record,
    require,
    require_running,
    tell,
)
from app.purchases.rules import line_amount

SYSTEM = Actor.system("Prices by date")


def price_changed(actor: Actor, listing: Listing, old_pence: int, new_pence: int, from_day: date) -> int:
    """Say to everyone who buys a listing again and again that its price changes.

    A fall holds from its day. A rise waits for the yes of the person's own side, and until then nothing from that day
    on is written down by itself. Whoever was kept another price than the listing's keeps it, unless it is now dearer.

    :param old_pence: what one unit cost before.
    :param new_pence: what it will cost.
    :param from_day: the London day from which.
    :returns: how many regular purchases it concerns.
    :raises NotFoundError: when it is not the actor's listing.
    """
    if not actor.is_system and not may(actor, Permission.KEEP_LISTINGS, ProviderSubject(listing.provider_id)):
        raise NotFoundError
    ids = db.session.scalars(
        select(RegularPayment.id)
        .join(Budget, Budget.id == RegularPayment.budget_id)
        .where(
            RegularPayment.listing_id == listing.id,
            RegularPayment.state == RegularState.RUNNING,
            or_(RegularPayment.ends_on.is_(None), RegularPayment.ends_on >= from_day),
            Budget.ends_on >= from_day,
        )
        .order_by(RegularPayment.id)
    ).all()
    whole = (joinedload(RegularPayment.every_terms), joinedload(RegularPayment.pauses))
    payments = [db.session.get_one(RegularPayment, key, options=whole) for key in ids]
    count = 0
    for payment in payments:
        count += _change(actor, payment, listing, old_pence, new_pence, from_day)
        follow_prices(payment)
    return count


def follow_prices(payment: RegularPayment) -> None:
    """What its listing's announced prices mean for a regular purchase, now that nothing waits about an earlier one.

    One dearer price is asked for at a time: the next when the one before is agreed, or is none any more.
    """
    listing = db.session.get(Listing, payment.listing_id) if payment.listing_id else None
    for price in prices.coming_prices(listing) if listing else ():
        if listing is None or payment.waiting_terms is not None or payment.state is not RegularState.RUNNING:
            return
        day = price.starts_on
        before = prices.price_on(listing, day - timedelta(days=1))
        held = payment.terms_on(day).unit_price_pence
        over = payment.ends_on is not None and payment.ends_on < day
        now = price.price_pence
        if now is not None and held == before != now and not over:
            _change(SYSTEM, payment, listing, held, now, day)


def _change(
    actor: Actor, payment: RegularPayment, listing: Listing, old_pence: int, new_pence: int, from_day: date
) -> bool:
    lock(payment)
    held = payment.terms_on(from_day)
    waiting = payment.waiting_terms
    rise = waiting if waiting is not None and is_rise(payment, waiting) else None
    own = held.unit_price_pence
    if rise is not None and rise.from_on < from_day:
        return False  # that one is answered first
    if rise is not None and new_pence != rise.unit_price_pence:
        drop_waiting(actor, payment)  # overtaken: it was never agreed
    if new_pence < own:
        _fall(actor, payment, listing, new_pence, from_day)
        return True
    asks = own == old_pence or (rise is not None and rise.unit_price_pence == old_pence)
    if new_pence == own or not asks:
        if rise is not None:
            title = f"{payment.words} stays at {say_price(own, listing.unit)}. You need not do anything."
            tell(actor, payment, NoticeKind.REGULAR, title)
        return rise is not None
    if payment.waiting_terms is not None:
        drop_waiting(actor, payment)  # a change asked for at the old price is asked for anew
    dearer = _at_price(held, new_pence, from_day, TermsState.RISE)
    payment.every_terms.append(dearer)
    db.session.flush()
    more = (dearer.amount_pence - held.amount_pence) * usual_count(held.rhythm)
    unit = listing.unit
    title = (
        f"{payment.payee}'s price for {payment.words} goes from {say_price(own, unit)} to {say_price(new_pence, unit)} "
        f"from {clock.say_day(from_day)}: {format_pounds(more)} more in a month. Say yes, end it, or ask."
    )
    tell(actor, payment, NoticeKind.PRICE_RISE, title)
    record(actor, payment, "price_rise", f"A dearer price for {payment.words} waits for a yes", pence=new_pence)
    return True


def _fall(actor: Actor, payment: RegularPayment, listing: Listing, new_pence: int, from_day: date) -> None:
    """The lower price holds from its day, for the terms then and for those agreed or asked for at the price before."""
    held = payment.terms_on(from_day)
    going = {TermsState.AGREED, *TermsState.waiting()}
    later = [terms for terms in payment.every_terms if terms.state in going and terms.from_on > from_day]
    payment.every_terms.append(_at_price(held, new_pence, from_day, TermsState.AGREED))
    for terms in later:
        if terms.unit_price_pence == held.unit_price_pence:
            terms.unit_price_pence = new_pence
            terms.amount_pence = line_amount(new_pence, terms.quantity_hundredths)
    db.session.flush()
    db.session.refresh(payment, ["every_terms"])
    price = say_price(new_pence, listing.unit)
    title = f"{payment.words} gets cheaper: {price} from {clock.say_day(from_day)}. You need not do anything."
    tell(actor, payment, NoticeKind.REGULAR, title)
    record(actor, payment, "price_fall", f"{payment.words} costs {price} from {clock.say_day(from_day)}")


def _at_price(held: RegularTerms, price_pence: int, from_day: date, state: TermsState) -> RegularTerms:
    """The same terms at another price: the days it falls on stay as they are."""
    return RegularTerms(
        payment_id=held.payment_id,
        state=state,
        from_on=from_day,
        rhythm=held.rhythm,
        first_on=held.first_on,
        day_of_month=held.day_of_month,
        quantity_hundredths=held.quantity_hundredths,
        unit_price_pence=price_pence,
        amount_pence=line_amount(price_pence, held.quantity_hundredths),
    )


def check_rise(actor: Actor, payment: RegularPayment) -> WeighedRegular:
    """What a yes to the dearer price would come to. Writes nothing.

    :raises StateError: when none waits.
    """
    budget = budget_of(payment)
    require(actor, Permission.VIEW_BUDGET, budget.person_id)
    return weigh_regular(payment, _rise(payment), budget, person_of(budget), changing=True)


def accept_rise(actor: Actor, payment: RegularPayment) -> RegularTerms:
    """The person's own side says yes to the dearer price: the rules judge it again.

    What waited for the yes is then written down. Where two representatives agree, the first yes is kept, and it waits
    for the second.

    :returns: the terms: they hold, or a coordinator looks at them first.
    :raises NotAllowedError: for a broker, or somebody who may not buy for so much.
    :raises StateError: when the rules stop it, with the reason, or none waits any more.
    """
    budget = budget_of(payment)
    require(actor, Permission.CONFIRM_PURCHASE, budget.person_id)
    lock(payment)
    require_running(payment)
    rise = _rise(payment)
    weighed = weigh_regular(payment, rise, budget, person_of(budget), changing=True)
    if weighed.decision.action is Action.BLOCK:
        raise StateError(f"{weighed.decision.findings[0].sentence} You can have fewer each time, or end it.")
    if actor.account_id == rise.asked_by:
        raise NotAllowedError("You have said yes already. Another representative says yes or no too.")
    actor, person = hold(actor, budget.person_id), person_of(budget)
    require(actor, Permission.CONFIRM_PURCHASE, budget.person_id)
    beyond = weighed.beyond(actor, payment, person.id, rise.asked_by)
    if not says_yes(actor, person, weighed.forecast.highest_pence, "representative", beyond):
        return agree_first(actor, payment, rise)
    rise.asked_by, rise.asked_by_name = actor.account_id, actor.name
    state = TermsState.ASKED if weighed.decision.action is Action.REFER else TermsState.AGREED
    keep_terms(actor, payment, rise, state, weighed)
    if state is TermsState.AGREED:
        follow_prices(payment)
        enqueue_due(payment_id=payment.id)
    return rise


def refuse_rise(actor: Actor, payment: RegularPayment) -> None:
    """No to the dearer price: it ends the day before, and what falls due until then goes on as agreed."""
    rise = _rise(payment)
    end(actor, payment, max(clock.today(), rise.from_on) - timedelta(days=1), "No to the dearer price")


def _rise(payment: RegularPayment) -> RegularTerms:
    waiting = payment.waiting_terms
    if waiting is None or waiting.state is not TermsState.RISE:
        raise StateError("No dearer price is waiting for an answer any more.")
    return waiting
