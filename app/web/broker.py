"""A broker's home: all their clients, what waits for whom, and what they may do for each."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.money import format_pounds
from app.core.paging import make_page, window
from app.identity.rules import Grant, Permission, Scope
from app.messages.rules import About
from app.purchases.benefit_queries import Declared, declared_in
from app.purchases.clients import Client, Task, Turn, clients_of
from app.web.context import current_actor
from app.web.marks import requires
from app.web.paging import page_number

bp = Blueprint("broker", __name__)

_CLIENTS_A_PAGE = 25


@bp.get("/broker")
@requires(Permission.SIGNED_IN)
def show() -> ResponseReturnValue:
    """Everyone one is a broker for, whom one has kept waiting longest first."""
    actor = current_actor()
    found = clients_of(actor)
    page = page_number(request.args)
    offset, limit = window(page, _CLIENTS_A_PAGE)
    month = clock.period_of(clock.today())
    return render_template(
        "broker/show.jinja",
        page=make_page(found[offset : offset + limit], page, _CLIENTS_A_PAGE),
        count=len(found),
        to_do=sum(len(client.of(Turn.BROKER)) for client in found),
        gets=gets_words(declared_in(actor, month), month),
        address=_address,
        reach=reach_of,
        Turn=Turn,
    )


def gets_words(declared: Declared, month: date) -> list[str]:
    """What the broker said they get in a month; what was not said yet is no nothing."""
    named, left = clock.say_month(month), declared.purchases - declared.answered
    if not declared.purchases:
        return [f"Of what you sent in {named} nothing is bought or waits for an answer so far."]
    said = []
    if declared.answered:
        said.append(f"For {named} you said that you get {_got(declared)}.")
    if left:
        more = "one more" if left == 1 else f"{left} more"
        of_them = more if declared.answered else f"{_count(declared.purchases)} in {named}"
        said.append(f"You have not said yet what you get from {of_them}.")
    return said


def _got(declared: Declared) -> str:
    """What they get: sums together, and what has no sum in its own words."""
    shares = sum(declared.shares.values())
    if not declared.pence and not shares:
        return f"nothing from {_count(declared.answered)}"
    of_each = "; ".join(f"{words} ({count} times)" if count > 1 else words for words, count in declared.shares.items())
    of_how_many = "one of your purchases" if shares == 1 else f"{shares} of your purchases"
    share = f"a share without a sum from {of_how_many} ({of_each})" if shares else ""
    pounds = f"{format_pounds(declared.pence)} from your purchases" if declared.pence else ""
    return " and ".join(part for part in (pounds, share) if part)


def _count(purchases: int) -> str:
    return "your one purchase" if purchases == 1 else f"your {purchases} purchases"


def reach_of(client: Client) -> str:
    """What the broker may do for a client, and how much of the month is left."""
    grant = client.grant
    if grant.scope is Scope.VIEW:
        checked = "" if grant.checked else " Your papers are being looked at."
        return f"You can look, not buy.{checked}"
    if grant.scope is Scope.PREPARE:
        return f"You can prepare purchases. {_given(grant)}\u2019s own side says yes or no."
    return f"You can buy{_sums(client)}. {_given(grant)}\u2019s own side says yes or no to the rest."


def _given(grant: Grant) -> str:
    return grant.person_name.split()[0]


def _sums(client: Client) -> str:
    once, month = client.grant.buy_limit_pence, client.grant.month_limit_pence
    said = f" up to {format_pounds(once, whole=True)} at a time" if once is not None else ""
    if month is None:
        return said
    left = format_pounds(client.month_left_pence or 0, whole=True)
    both, in_month = " and" if said else " up to", clock.say_month(clock.today())
    return f"{said}{both} {format_pounds(month, whole=True)} a month: {left} is left in {in_month}"


def _address(client: Client, task: Task) -> str:
    """Where the thing is, and what can be done with it."""
    ref = client.grant.person_ref
    if task.about is About.REGULAR:
        return url_for("regular.show", person_ref=ref, regular_ref=task.ref)
    if task.about is About.IDEA:
        return url_for("ideas.show", person_ref=ref, idea_ref=task.ref)
    if task.about is About.ENQUIRY:
        return url_for("enquiries.show", person_ref=ref, enquiry_ref=task.ref)
    if task.about is About.CONVERSATION:
        return url_for("messages.talk", person_ref=ref, conversation_ref=task.ref)
    return url_for("purchases.show", person_ref=ref, purchase_ref=task.ref)
