"""What was bought from a provider: a first name, what, when and how much, and nothing else of anybody's."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.identity.rules import Permission
from app.purchases import queries as purchases
from app.web.context import current_actor, current_provider
from app.web.marks import requires
from app.web.paging import page_number

bp = Blueprint("provider_orders", __name__)


@bp.get("/provider/<provider_ref>/orders")
@requires(Permission.KEEP_LISTINGS)
def show() -> ResponseReturnValue:
    """The orders, newest first."""
    provider = current_provider()
    page = purchases.orders_of(current_actor(), provider.id, page_number(request.args))
    return render_template("provider_orders/show.jinja", provider=provider, page=page)
