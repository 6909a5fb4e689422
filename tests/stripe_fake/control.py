"""What people and banks do, and what a test asks of the stand-in itself: everything under ``/_fake/``.

``POST /_fake/<verb>`` takes a JSON object and answers one. A wrong wish is answered with 400 and a sentence.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from typing import Any

from tests.stripe_fake import api_accounts, authorizing, card_money, money_back, payments
from tests.stripe_fake import ledger as book
from tests.stripe_fake.authorizing import Wish
from tests.stripe_fake.objects import Object
from tests.stripe_fake.refusing import Refusal
from tests.stripe_fake.state import World
from tests.stripe_fake.webhooks import Endpoints

#: What changes nothing, and may be asked with GET.
READERS = {"events", "ledger", "violations"}
_Verb = Callable[..., Any]
_verbs: dict[str, _Verb] = {}


def control(world: World, name: str, given: dict[str, Any]) -> Any:
    """Do what is asked under ``/_fake/<name>``.

    :raises Refusal: when there is no such verb, something is missing or unknown, or it cannot be.
    """
    verb = _verbs.get(name)
    if verb is None:
        raise Refusal(f"There is no /_fake/{name}: there are {', '.join(sorted(_verbs))}.", status=404)
    try:
        inspect.signature(verb).bind(world, **given)
    except TypeError as error:
        raise Refusal(f"/_fake/{name}: {error}") from None
    if verb in (authorize, deliver):  # these wait for the application, which may ask us meanwhile
        found = verb(world, **given)
    else:
        with world.lock:
            found = copy.deepcopy(verb(world, **given))
    with world.lock:
        world.save(always=name not in READERS)
    return found


def _control(verb: _Verb) -> _Verb:
    _verbs[verb.__name__] = verb
    return verb


# What is asked of the stand-in itself


@_control
def switches(world: World, **given: Any) -> dict[str, Any]:
    """Set what goes wrong; nothing given: say it."""
    try:
        return world.chance.set(given)
    except ValueError as error:
        raise Refusal(str(error)) from None


@_control
def violations(world: World) -> list[dict[str, str]]:
    """What broke the contract so far."""
    return world.violations


@_control
def events(world: World) -> list[Object]:
    """Every event of everybody, oldest first."""
    return world.all("event", None)[::-1]


@_control
def ledger(world: World) -> dict[str, Any]:
    """The balances of everyone and every movement."""
    payments.expire_due(world)
    return book.everything(world)


@_control
def deliver(world: World, patience: float = 30) -> dict[str, Any]:
    """Deliver now what is held or delayed, and wait for it."""
    return world.outbox.flush(patience)


@_control
def endpoints(
    world: World, url: str | None, secret: str, connect_url: str | None = None, connect_secret: str = ""
) -> dict[str, Any]:
    """Say where news goes to from now on, for an application that was started later."""
    world.outbox.endpoints = Endpoints(url, secret, connect_url, connect_secret)
    return {}


@_control
def redeliver(world: World, event: str) -> Object:
    """Send an event (again), such as a day late."""
    owner = world.owner_of(event) if event in world.rows else ""
    found = world.get(event, "event", owner)
    world.outbox.again(found)
    return found


@_control
def reset(world: World) -> dict[str, Any]:
    """Forget everything."""
    world.begin()
    return {}


@_control
def clock(world: World, advance: int) -> dict[str, Any]:
    """Let time pass: pages expire, money becomes available."""
    world.ahead += advance
    payments.expire_due(world)
    return {"now": world.now()}


# What payers and banks do


@_control
def pay(world: World, session: str, how: str = "card", late: bool = False, fee: int = 0) -> Object:
    """Pay on a payment page: ``card``, ``pay_by_bank`` or ``declined``; ``late``: although it has expired."""
    found = world.get(session, "checkout.session")
    payments.pay(world, found, how, late=late, fee=fee)
    return found


@_control
def bank_says(world: World, session: str, paid: bool, fee: int = 0) -> Object:
    """The bank says whether a payment by bank goes through."""
    found = world.get(session, "checkout.session")
    payments.bank_says(world, found, paid=paid, fee=fee)
    return found


@_control
def dispute(world: World, charge: str, amount: int | None = None, reason: str = "general", fee: int = 0) -> Object:
    """The payer's bank takes a payment back."""
    return money_back.dispute(world, world.get(charge, "charge"), amount=amount, reason=reason, fee=fee)


@_control
def close_dispute(world: World, dispute: str, won: bool) -> Object:
    """The bank decides."""
    found = world.get(dispute, "dispute")
    money_back.close_dispute(world, found, won=won)
    return found


@_control
def fail_refund(world: World, refund: str) -> Object:
    """The payer's bank does not take a refund."""
    found = world.get(refund, "refund")
    money_back.fail_refund(world, found)
    return found


@_control
def topup(world: World, amount: int, balance: str = "payments") -> dict[str, Any]:
    """The organisation pays into its balance at Stripe: ``payments``, or ``issuing`` for cards."""
    if balance not in {"payments", "issuing"} or amount < 1:
        raise Refusal("A balance is payments or issuing, and a sum more than nothing.", param="balance")
    return book.book(world, "topup", amount, world.new_id("tu"), balance=balance)


@_control
def settle(world: World, account: str | None = None) -> dict[str, Any]:
    """Make waiting money available: of a connected account, of the platform (``""``), or of everybody."""
    return {"settled": book.settle(world, account)}


# What providers and their banks do


@_control
def onboard(world: World, account: str) -> Object:
    """An account gives everything that is asked."""
    found = world.get(account, "account")
    api_accounts.give_everything(world, found)
    return found


@_control
def ask_for(
    world: World, account: str, due: list[str], reason: str | None = None, deadline: int | None = None
) -> Object:
    """Stripe asks an account for more, and with a ``reason`` switches it off until it has that."""
    found = world.get(account, "account")
    api_accounts.ask_for(world, found, due, reason=reason, deadline=deadline)
    return found


@_control
def change_bank(world: World, account: str, last4: str) -> Object:
    """An account is paid out to another bank account."""
    found = world.get(account, "account")
    api_accounts.change_bank(world, found, last4)
    world.tell("account.updated", found, account)
    return found


@_control
def pay_out(world: World, account: str, amount: int | None = None) -> Object:
    """Stripe pays an account out by its schedule: all that is available, or so much."""
    wanted = book.available(world, account) if amount is None else amount
    return api_accounts.pay_out(world, account, wanted, automatic=True)


@_control
def end_payout(world: World, payout: str, failure: str = "") -> Object:
    """A payout arrives, or fails with a code such as ``account_closed``."""
    return api_accounts.end_payout(world, payout, failure=failure)


# What shops do with cards


@_control
def authorize(world: World, card: str, offline: bool = False, **wish: Any) -> Object:
    """A shop asks a card for money: ``amount``, ``category`` and whatever else :class:`Wish` has."""
    return authorizing.authorize(world, card, _wish(wish), offline=offline)


@_control
def capture(world: World, authorization: str, amount: int | None = None, keep_open: bool = False) -> Object:
    """A shop takes what it was allowed: all, a part, or more."""
    found = world.get(authorization, "issuing.authorization")
    return card_money.capture(world, found, amount, keep_open=keep_open)


@_control
def reverse(world: World, authorization: str, amount: int | None = None) -> Object:
    """A shop gives up what it was allowed, or a part of it."""
    return card_money.reverse(world, world.get(authorization, "issuing.authorization"), amount)


@_control
def card_refund(world: World, transaction: str, amount: int | None = None) -> Object:
    """A shop gives money back to a card."""
    return card_money.give_back(world, world.get(transaction, "issuing.transaction"), amount)


@_control
def force(world: World, card: str, **wish: Any) -> Object:
    """A shop takes money without having asked."""
    return card_money.force(world, card, _wish(wish))


def _wish(given: dict[str, Any]) -> Wish:
    try:
        return Wish(**given)
    except TypeError as error:
        raise Refusal(str(error)) from None
