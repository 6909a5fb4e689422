"""Routes of connected accounts: opening, asking for what is missing, their balance and their payouts."""

from __future__ import annotations

from typing import Any

from tests.stripe_fake import ledger, objects, objects_other
from tests.stripe_fake.api import Call, answers, keep_metadata, page
from tests.stripe_fake.objects import Object
from tests.stripe_fake.refusing import Refusal, missing
from tests.stripe_fake.state import World

_LINK_SECONDS = 5 * 60
_ARRIVES_AFTER = 2 * 24 * 3600


@answers("POST", "/v1/accounts")
def create(call: Call) -> Object:
    """Open an account of which nothing is known."""
    given = call.params
    if given.get("country", "GB") != "GB":
        raise Refusal("This stand-in knows accounts in GB only.", "country_unsupported", param="country")
    if "type" in given and "controller" in given:
        raise Refusal("You may only specify one of these parameters: type, controller.", param="type")
    account = objects_other.account(call.world.new_id("acct"), email=given.get("email"))
    asked = given.get("capabilities") or {}
    account["capabilities"] = {name: "inactive" for name, one in asked.items() if one.get("requested")}
    account["business_type"] = given.get("business_type")
    account["business_profile"] |= given.get("business_profile") or {}
    account["settings"]["payouts"] = _payout_settings()
    _keep_controller(account, given)
    keep_metadata(account, given.get("metadata"))
    call.world.put(account)
    return account


def _payout_settings() -> Object:
    return {
        "debit_negative_balances": True,
        "schedule": {"delay_days": 7, "interval": "daily"},
        "statement_descriptor": None,
    }


def _keep_controller(account: Object, given: dict[str, Any]) -> None:
    controller = given.get("controller")
    if controller is None:
        account["type"] = given.get("type", "standard")
        return
    for name, one in controller.items():
        account["controller"][name] = one
    dashboard = account["controller"]["stripe_dashboard"]["type"]
    account["type"] = "express" if dashboard == "express" else "none"


@answers("GET", "/v1/accounts/{account}")
def retrieve(call: Call) -> Object:
    """An account as it is now."""
    return call.world.get(call.ids[0], "account", param="account")


@answers("GET", "/v1/account")
def retrieve_current(call: Call) -> Object:
    """The account that is asked with: the platform's, or the connected one of ``Stripe-Account``."""
    if call.owner:
        return call.world.get(call.owner, "account")
    return objects_other.account(
        call.world.platform,
        charges_enabled=True,
        payouts_enabled=True,
        details_submitted=True,
        controller={"type": "account"},
        created=0,
        requirements=objects_other.requirements([]),
        type="standard",
    )


@answers("GET", "/v1/accounts")
def list_all(call: Call) -> Object:
    """The connected accounts."""
    return page(call, call.world.all("account"))


@answers("POST", "/v1/accounts/{account}")
def update(call: Call) -> Object:
    """Change what is known of an account, or where it is paid out to."""
    account, given = call.world.get(call.ids[0], "account", param="account"), call.params
    keep_metadata(account, given.get("metadata"))
    for name in ("email", "business_type"):
        if name in given:
            account[name] = given[name]
    account["business_profile"] |= given.get("business_profile") or {}
    for name, one in (given.get("capabilities") or {}).items():
        if one.get("requested"):
            ready = account["details_submitted"] and not account["requirements"]["currently_due"]
            account["capabilities"].setdefault(name, "active" if ready else "inactive")
    bank = given.get("external_account")
    if bank:
        last4 = str(bank.get("account_number", ""))[-4:] if isinstance(bank, dict) else "6789"
        change_bank(call.world, account, last4)
    call.world.tell("account.updated", account, account["id"])
    return account


@answers("POST", "/v1/account_links")
def link(call: Call) -> Object:
    """Where an account gives what is asked of it."""
    account = call.world.get(call.params["account"], "account", param="account")
    if call.params["type"] == "account_onboarding":
        for name in ("refresh_url", "return_url"):
            if not call.params.get(name):
                raise Refusal(f"Missing required param: {name}.", "parameter_missing", param=name, kept=False)
    call.world.more(account["id"])["return_url"] = call.params.get("return_url")
    return {
        "object": "account_link",
        "created": call.world.now(),
        "expires_at": call.world.now() + _LINK_SECONDS,
        "url": f"{call.world.base_url}/onboard/{account['id']}",
    }


@answers("POST", "/v1/accounts/{account}/login_links")
def login_link(call: Call) -> Object:
    """Where an account looks at its money."""
    account = call.world.get(call.ids[0], "account", param="account")
    if not account["details_submitted"]:
        raise Refusal("Cannot create a login link for an account that has not completed onboarding.", param="account")
    return {
        "object": "login_link", "created": call.world.now(), "url": f"{call.world.base_url}/onboard/{account['id']}"
    }  # fmt: skip


def change_bank(world: World, account: Object, last4: str) -> Object:
    """Pay an account out to another bank account from now on. Tells of the bank account, not of the account."""
    first = not account["external_accounts"]["data"]
    bank = objects.bank_account(world.new_id("ba"), account["id"], last4)
    account["external_accounts"]["data"] = [bank]
    kind = "account.external_account.created" if first else "account.external_account.updated"
    world.tell(kind, bank, account["id"])
    return bank


def give_everything(world: World, account: Object) -> None:
    """An account has given everything that is asked: it can be paid from now on."""
    account |= {
        "business_type": "individual",
        "capabilities": dict.fromkeys(account["capabilities"], "active"),
        "charges_enabled": True,
        "details_submitted": True,
        "payouts_enabled": True,
        "requirements": objects_other.requirements([]),
        "tos_acceptance": {"date": world.now(), "ip": None, "user_agent": None},
    }
    if not account["external_accounts"]["data"]:
        change_bank(world, account, "6789")
    world.tell("account.updated", account, account["id"])


def ask_for(world: World, account: Object, due: list[str], *, reason: str | None, deadline: int | None) -> None:
    """Stripe asks an account for more.

    :param due: Stripe's names of it, such as ``individual.verification.document``.
    :param reason: Stripe's code, when it switches the account off until it has that; None: it goes on for now.
    :param deadline: until when.
    """
    account["requirements"] = objects_other.requirements(due, reason) | {"current_deadline": deadline}
    if reason:
        account["capabilities"] = dict.fromkeys(account["capabilities"], "inactive")
        account |= {"charges_enabled": False, "payouts_enabled": False}
    world.tell("account.updated", account, account["id"])


@answers("GET", "/v1/balance")
def balance(call: Call) -> Object:
    """What an account has."""
    return ledger.balance_of(call.world, call.owner)


@answers("GET", "/v1/payouts")
def list_payouts(call: Call) -> Object:
    """An account's payouts."""
    found = call.world.all("payout", call.owner, status=call.params.get("status"))
    return page(call, found)


@answers("GET", "/v1/payouts/{payout}")
def retrieve_payout(call: Call) -> Object:
    """One payout."""
    return call.world.get(call.ids[0], "payout", call.owner, "payout")


@answers("POST", "/v1/payouts")
def create_payout(call: Call) -> Object:
    """Pay out by hand."""
    _pounds_only(call)
    given = {name: call.params[name] for name in ("description", "statement_descriptor") if name in call.params}
    return pay_out(
        call.world, call.owner, call.params["amount"], metadata=dict(call.params.get("metadata") or {}), **given
    )


def pay_out(world: World, owner: str, amount: int, **given: Any) -> Object:
    """Send money from an account to its bank.

    :raises Refusal: when it cannot be paid out, or has not got that much available.
    """
    bank = "ba_platform"
    if owner:
        account = world.get(owner, "account")
        banks = account["external_accounts"]["data"]
        if not account["payouts_enabled"] or not banks:
            raise Refusal("Payouts are not allowed for this account.", "payouts_not_allowed")
        bank = banks[0]["id"]
    if amount < 1:
        raise Refusal("Invalid positive integer", "parameter_invalid_integer", param="amount")
    ledger.need(world, amount, owner)
    payout = objects.payout(
        id=world.new_id("po"), amount=amount, arrival_date=world.now() + _ARRIVES_AFTER, destination=bank, **given
    )
    world.put(payout, owner)
    payout["balance_transaction"] = ledger.book(world, "payout", -amount, payout["id"], owner)["id"]
    world.tell("payout.created", payout, owner)
    return payout


def end_payout(world: World, payout_id: str, *, failure: str = "") -> Object:
    """The bank takes a payout, or does not.

    :param failure: Stripe's code, such as ``account_closed``; empty: it arrived.
    :raises Refusal: when it has ended already. A payout that arrived may still fail, as banks do.
    """
    row = world.rows.get(payout_id)
    if row is None or row.shown["object"] != "payout":
        raise missing("payout", payout_id)
    payout = row.shown
    if payout["status"] == "failed" or (payout["status"] == "paid" and not failure):
        raise Refusal("This payout has ended.", param="payout")
    if not failure:
        payout["status"] = "paid"
        world.tell("payout.paid", payout, row.owner)
        return payout
    payout |= {"status": "failed", "failure_code": failure, "failure_message": "The bank did not take it."}
    back = ledger.book(world, "payout_failure", payout["amount"], payout["id"], row.owner)
    payout["failure_balance_transaction"] = back["id"]
    world.tell("payout.failed", payout, row.owner)
    return payout


def _pounds_only(call: Call) -> None:
    if call.params["currency"] != "gbp":
        raise Refusal("This stand-in knows pounds only.", param="currency")
