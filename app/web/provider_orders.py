"""What was bought from a provider: accept, decline, say it is done; what is owed and what came in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock, sheets
from app.core.errors import InvalidError, StateError
from app.identity.rules import Permission
from app.purchases import order_books, orders
from app.purchases import order_queries as queries
from app.purchases.order_queries import Order
from app.purchases.order_rules import Show
from app.web.context import current_actor, current_provider
from app.web.forms import show as show_form
from app.web.marks import requires
from app.web.paging import page_number
from app.web.provider_forms import DeclineForm, DoneForm

bp = Blueprint("provider_orders", __name__)
_ALL = "/provider/<provider_ref>/orders"
_ONE = f"{_ALL}/<order_ref>"
_MONTHS = 12


@bp.get(_ALL)
@requires(Permission.KEEP_LISTINGS)
def show() -> ResponseReturnValue:
    """The orders: those that wait for an answer first, when there are any and nothing else was asked for."""
    provider, actor = current_provider(), current_actor()
    counts = queries.counts(actor, provider.id)
    wanted = request.args.get("show", "")
    chosen = Show(wanted) if wanted in set(Show) else (Show.NEW if counts[Show.NEW] else Show.ALL)
    return render_template(
        "provider_orders/show.jinja",
        provider=provider,
        page=queries.orders_of(actor, provider.id, chosen, page_number(request.args)),
        chosen=chosen,
        shows=list(Show),
        counts=counts,
    )


@bp.get(_ONE)
@requires(Permission.KEEP_LISTINGS)
def one(order_ref: str) -> ResponseReturnValue:
    """One order: what, how much, when, for whom by first name, and what can be done about it."""
    return render_template("provider_orders/one.jinja", provider=current_provider(), order=_load(order_ref))


@bp.post(f"{_ONE}/accept")
@requires(Permission.KEEP_LISTINGS)
def accept(order_ref: str) -> ResponseReturnValue:
    """Yes, they will do it."""
    purchase = orders.accept(current_actor(), current_provider().id, order_ref)
    flash(f"You accepted it. {purchase.person.given_name} is told.")
    return redirect(url_for(".one", order_ref=order_ref), 303)


@bp.route(f"{_ONE}/decline", methods=["GET", "POST"])
@requires(Permission.KEEP_LISTINGS)
def decline(order_ref: str) -> ResponseReturnValue:
    """They cannot do it, and say why."""
    order, form = _load(order_ref), DeclineForm()
    if request.method == "GET" and not order.may_decline:
        return redirect(url_for(".one", order_ref=order_ref), 303)
    if form.validate_on_submit():
        try:
            orders.decline(current_actor(), current_provider().id, order_ref, form.reason.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            flash(f"{order.first_name} is told, and can look for somebody else.")
            return redirect(url_for(".one", order_ref=order_ref), 303)
    return show_form("provider_orders/decline.jinja", form, order=order)


@bp.route(f"{_ONE}/done", methods=["GET", "POST"])
@requires(Permission.KEEP_LISTINGS)
def done(order_ref: str) -> ResponseReturnValue:
    """It is done, and when."""
    order = _load(order_ref)
    form = DoneForm(data={"day": order.said_delivered_on or clock.today()})
    if request.method == "GET" and not order.may_deliver:
        return redirect(url_for(".one", order_ref=order_ref), 303)
    if form.validate_on_submit() and form.day.data:
        try:
            orders.say_delivered(current_actor(), current_provider().id, order_ref, form.day.data)
        except InvalidError as error:
            form.take(error)
        else:
            flash(f"{order.first_name} is asked to say so too.")
            return redirect(url_for(".one", order_ref=order_ref), 303)
    return show_form("provider_orders/done.jinja", form, order=order)


@bp.get("/provider/<provider_ref>/owed")
@requires(Permission.KEEP_LISTINGS)
def owed() -> ResponseReturnValue:
    """What is owed now, and what was paid in a month."""
    provider, month = current_provider(), _month()
    return render_template(
        "provider_orders/owed.jinja",
        provider=provider,
        owed=order_books.owed(current_actor(), provider.id, month),
        before=clock.add_months(month, -1),
        after=clock.add_months(month, 1) if month < clock.period_of(clock.today()) else None,
    )


_HEAD = ("Order", "First name", "What", "Starts", "Ends", "Accepted", "Done, as you say", "Done, as they say",
    "Paid on", "Amount (£)", "Went back (£)", "State")  # fmt: skip


@bp.get("/provider/<provider_ref>/owed.csv")
@requires(Permission.KEEP_LISTINGS)
def download() -> ResponseReturnValue:
    """What is owed and what was paid in a month, as a file for a spreadsheet."""
    month = _month()
    found = order_books.for_the_books(current_actor(), current_provider().id, month)
    return Response(
        "".join(_csv(found)),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="orders-{month:%Y-%m}.csv"',
            "Cache-Control": "no-store",
        },
    )


@bp.get("/orders/<order_ref>")
@requires(Permission.SIGNED_IN)
def follow(order_ref: str) -> ResponseReturnValue:
    """From a notice to the order it tells about."""
    provider_ref = queries.provider_ref_of(current_actor(), order_ref)
    return redirect(url_for(".one", provider_ref=provider_ref, order_ref=order_ref), 303)


@bp.errorhandler(StateError)
def changed(error: StateError) -> ResponseReturnValue:
    """Somebody was faster: say what happened, and show how the order stands now."""
    order = _load((request.view_args or {}).get("order_ref", ""))
    return render_template(
        "provider_orders/one.jinja", provider=current_provider(), order=order, sentence=error.sentence
    ), 409


def _load(ref: str) -> Order:
    return queries.order_for(current_actor(), current_provider().id, ref)


def _month() -> date:
    """The month the address asks for: this one when it asks for none that has been."""
    this = clock.period_of(clock.today())
    try:
        return min(clock.parse_period(request.args.get("period", "")), this)
    except ValueError:
        return this


def _csv(found: Iterator[Order]) -> Iterator[str]:
    yield sheets.MARK + sheets.row(_HEAD)
    for order in found:
        yield sheets.row(
            (
                order.ref,
                order.first_name,
                "; ".join(order.what),
                _day(order.needed_from),
                _day(order.needed_until),
                _day(order.answered_on),
                _day(order.said_delivered_on),
                _day(order.confirmed_on),
                _day(order.paid_on),
                sheets.pounds(order.total_pence),
                sheets.pounds(order.went_back_pence),
                "Paid" if order.is_paid else "Not paid yet",
            )
        )


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
