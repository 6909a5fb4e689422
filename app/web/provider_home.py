"""A provider's or personal assistant's own first page: what waits for them, and how people see them."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.core import clock
from app.identity.rules import Permission
from app.marketplace import enquiry_queries, holidays, profiles, queries
from app.purchases import order_books
from app.purchases import order_queries as orders
from app.purchases.order_rules import Show
from app.web.context import current_actor, current_provider
from app.web.marks import requires

bp = Blueprint("provider_home", __name__)
_MOST_NEW = 5


@bp.get("/provider/<provider_ref>/")
@requires(Permission.KEEP_LISTINGS)
def show() -> ResponseReturnValue:
    """What waits: orders and questions to answer, work to do, money to come; then what people read about them."""
    provider, actor = current_provider(), current_actor()
    counts = orders.counts(actor, provider.id)
    return render_template(
        "provider_home/show.jinja",
        provider=provider,
        counts=counts,
        new=orders.orders_of(actor, provider.id, Show.NEW).rows[:_MOST_NEW],
        newest=orders.orders_of(actor, provider.id).rows[:3] if not counts[Show.NEW] else (),
        asked=enquiry_queries.unanswered(actor, provider),
        owed=order_books.owed(actor, provider.id, clock.period_of(clock.today())),
        away=holidays.holidays_of(provider)[:3],
        listings=queries.listings_of(provider),
        locations=profiles.open_places(provider)[: queries.MOST_SHOWN],
        missing=provider.checks.missing(clock.today()) if provider.is_pa else [],
        register_on=queries.register_as_of() if provider.is_regulated else None,
    )
