"""A provider's or personal assistant's own first page: how people see them."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.core import clock
from app.identity.rules import Permission
from app.marketplace import queries
from app.purchases import queries as purchases
from app.web.context import current_actor, current_provider
from app.web.marks import requires

bp = Blueprint("provider_home", __name__)


@bp.get("/provider/<provider_ref>/")
@requires(Permission.KEEP_LISTINGS)
def show() -> ResponseReturnValue:
    """What people read about them, and what waits: the newest orders."""
    provider = current_provider()
    return render_template(
        "provider_home/show.jinja",
        provider=provider,
        listings=queries.listings_of(provider),
        locations=queries.registered_locations(provider)[: queries.MOST_SHOWN],
        missing=provider.checks.missing(clock.today()) if provider.is_pa else [],
        register_on=queries.register_as_of() if provider.is_regulated else None,
        orders=purchases.orders_of(current_actor(), provider.id).rows[:3],
    )
