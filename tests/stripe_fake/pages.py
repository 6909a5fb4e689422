"""The two pages that people see: the payment page, and the one where a provider gives what is asked.

Both say at once that they stand in for Stripe.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from urllib.parse import parse_qs, urlsplit

from tests.stripe_fake import api_accounts, payments
from tests.stripe_fake.objects import Object
from tests.stripe_fake.refusing import Refusal
from tests.stripe_fake.state import World

STANDS_IN = "This stands in for Stripe in the demonstration. No real money moves."
_STYLE = """
*{box-sizing:border-box}
body{margin:0;font:1.1875rem/1.5 Arial,Helvetica,sans-serif;color:#212b32;background:#f0f4f5;overflow-wrap:break-word}
.notice{margin:0;padding:12px 16px;background:#ffeb3b;border-bottom:4px solid #212b32;font-weight:700}
main{max-width:34rem;margin:0 auto;padding:24px 16px 48px}
h1{font-size:1.625rem;line-height:1.25;margin:0 0 16px}
h2{font-size:1.1875rem;margin:0 0 16px}
dl{margin:0 0 24px;background:#fff;padding:8px 16px;border:1px solid #d8dde0}
dt{font-weight:700;margin-top:8px}
dd{margin:0 0 8px}
.error{border-left:8px solid #b10e1e;padding:8px 16px;background:#fff;font-weight:700}
button{display:block;width:100%;min-height:48px;margin:0 0 16px;padding:10px 16px;font:inherit;font-weight:700;
color:#fff;background:#00703c;border:2px solid #00401e;border-radius:4px;cursor:pointer}
button.other{color:#212b32;background:#fff;border-color:#4c6272}
button:focus-visible{outline:4px solid #212b32;outline-offset:2px;background:#ffeb3b;color:#212b32}
"""
_BUTTONS = {
    "card": ("Pay by card", "main"),
    "pay_by_bank": ("Pay by bank", "main"),
    "declined": ("Card is declined", "other"),
    "back": ("Go back", "other"),
}


@dataclass(frozen=True, slots=True)
class Page:
    """What a browser gets: a page, or the address to go to."""

    status: int
    body: str
    location: str = ""


def visit(world: World, verb: str, path: str, body: str) -> Page | None:
    """Show a page, or do what was pressed on it.

    :returns: None when there is no such page.
    """
    parts = urlsplit(path).path.strip("/").split("/")
    if len(parts) != 2 or parts[0] not in {"pay", "onboard"}:
        return None
    pressed = parse_qs(body).get("do", [""])[0] if verb == "POST" else ""
    with world.lock:
        try:
            found = _pay(world, parts[1], pressed) if parts[0] == "pay" else _onboard(world, parts[1], pressed)
        except Refusal as no:
            found = Page(no.status, _page("This page cannot be shown", f'<p class="error">{escape(no.message)}</p>'))
        world.save(always=bool(pressed))
        return found


def _pay(world: World, session_id: str, pressed: str) -> Page:
    payments.expire_due(world)
    session = world.get(session_id, "checkout.session")
    if pressed == "back" and session["cancel_url"]:
        return Page(303, "", session["cancel_url"])
    if session["payment_status"] == "unpaid" and session["status"] == "complete":
        return _bank(world, session, pressed)
    if session["status"] == "complete":
        if pressed:  # pressed twice: what was done once is not done again, and the payer comes back all the same
            return _to_success(session)
        return Page(200, _page("This has been paid", "<p>There is nothing more to do here.</p>"))
    if session["status"] == "expired":
        return Page(410, _page("This page has expired", "<p>Nothing was paid. Go back and start again.</p>"))
    problem = ""
    if pressed == "declined":
        payments.pay(world, session, pressed)
        problem = "Your card was declined. Nothing was paid."
    elif pressed in {"card", "pay_by_bank"}:
        payments.pay(world, session, pressed)
        return _to_success(session)
    return Page(402 if problem else 200, _page("Pay", _payment(world, session, problem)))


def _bank(world: World, session: Object, pressed: str) -> Page:
    """After paying by bank: what the bank says is up to whoever looks at the page again."""
    intent = world.get(session["payment_intent"], "payment_intent")
    if intent["status"] != "processing":
        return Page(200, _page("The bank refused this payment", "<p>Nothing was paid. Go back and start again.</p>"))
    if pressed in {"bank_pays", "bank_refuses"}:
        payments.bank_says(world, session, paid=pressed == "bank_pays")
    if pressed:
        return _to_success(session)
    buttons = [("bank_pays", "The bank pays", "main"), ("bank_refuses", "The bank refuses", "other")]
    return Page(200, _page("The bank is looking at this payment", _form("What does the bank say?", buttons)))


def _to_success(session: Object) -> Page:
    return Page(303, "", session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]))


def _payment(world: World, session: Object, problem: str) -> str:
    lines = world.more(session["id"])["line_items"]["data"]
    what = ", ".join(one["description"] + (f" × {one['quantity']}" if one["quantity"] > 1 else "") for one in lines)
    going_on = world.more(session["id"])["payment_intent_data"].get("transfer_data")
    to_whom = "CarePurse"
    if going_on:
        account = world.get(going_on["destination"], "account")
        to_whom = account["business_profile"].get("name") or account["email"] or account["id"]
    offered = [*session["payment_method_types"], *(["declined"] if "card" in session["payment_method_types"] else [])]
    names = [name for name in _BUTTONS if name in offered or (name == "back" and session["cancel_url"])]
    return (
        (f'<p class="error" role="alert">{escape(problem)}</p>' if problem else "")
        + f"<dl><dt>What</dt><dd>{escape(what)}</dd><dt>To</dt><dd>{escape(to_whom)}</dd>"
        + f"<dt>Amount</dt><dd>£{session['amount_total'] / 100:,.2f}</dd></dl>"
        + _form("How do you want to pay?", [(name, *_BUTTONS[name]) for name in names])
    )


def _onboard(world: World, account_id: str, pressed: str) -> Page:
    account = world.get(account_id, "account")
    back = world.more(account_id).get("return_url")
    if pressed == "everything":
        api_accounts.give_everything(world, account)
    if pressed:
        return Page(303, "", back) if back else Page(200, _page("Done", "<p>You can close this page.</p>"))
    asked = account["requirements"]["currently_due"]
    rows = "".join(f"<dd>{escape(name)}</dd>" for name in asked) or "<dd>Nothing</dd>"
    whose = escape(account["business_profile"].get("name") or account["email"] or account_id)
    buttons = [("everything", "Give everything that is asked", "main"), ("later", "Go back without it", "other")]
    inside = f"<dl><dt>Account</dt><dd>{whose}</dd><dt>What is asked for</dt>{rows}</dl>"
    return Page(200, _page("What Stripe asks of a provider", inside + _form("What do you want to do?", buttons)))


def _form(legend: str, buttons: list[tuple[str, str, str]]) -> str:
    rows = "".join(
        f'<button type="submit" name="do" value="{name}" class="{look}">{escape(label)}</button>'
        for name, label, look in buttons
    )
    group = f'<div role="group" aria-labelledby="ask">{rows}</div>'
    return f'<form method="post"><h2 id="ask">{escape(legend)}</h2>{group}</form>'


def _page(heading: str, inside: str) -> str:
    return (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(heading)} – stand-in for Stripe</title><style>{_STYLE}</style></head><body>"
        f'<header><p class="notice">{STANDS_IN}</p></header>'
        f"<main><h1>{escape(heading)}</h1>{inside}</main></body></html>"
    )
