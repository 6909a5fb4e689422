"""What a provider offers, with prices, as they keep it: also what people do not see now."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.identity.rules import Permission
from app.marketplace import queries
from app.web.context import current_provider
from app.web.marks import requires

bp = Blueprint("provider_listings", __name__)
_MOST = 500


@bp.get("/provider/<provider_ref>/listings")
@requires(Permission.KEEP_LISTINGS)
def show() -> ResponseReturnValue:
    """Every listing of theirs."""
    provider = current_provider()
    return render_template(
        "provider_listings/show.jinja",
        provider=provider,
        listings=queries.listings_of(provider, all_of_them=True, limit=_MOST),
    )
