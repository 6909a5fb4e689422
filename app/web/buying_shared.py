"""What the pages of buying share: the blueprint, the draft an address names, and which question comes next."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request, url_for

from app.core.db import db
from app.core.errors import NotFoundError
from app.identity.rules import AuthorityKind
from app.marketplace.models import Listing
from app.marketplace.rules import Category
from app.purchases import queries
from app.purchases.models import Purchase, PurchaseLine
from app.purchases.rules import LineInput, State, Way
from app.web.context import acting_grant, current_actor, current_person

pages = Blueprint("buying", __name__)

#: Where a person is paid to help, the regulations ask whether they are family.
ASKS_FAMILY = frozenset(
    {Category.PERSONAL_ASSISTANT, Category.HOME_CARE, Category.NURSING, Category.SHORT_BREAKS, Category.HOME_HELP}
)


@pages.app_template_global()
def whose() -> str:
    """``your``, or ``Amira's`` when one acts for her."""
    grant = acting_grant()
    if grant is None or grant.kind is AuthorityKind.SELF:
        return "your"
    return f"{current_person().given_name}'s"


def draft(ref: str) -> Purchase:
    """The draft that the address names. What was sent already has its own page: the reader is taken there.

    :raises NotFoundError: when there is none that is theirs.
    """
    purchase = queries.purchase_for(current_actor(), current_person(), ref)
    if purchase.state is not State.DRAFT:
        abort(redirect(url_for("purchases.show", purchase_ref=purchase.ref), 303))
    return purchase


def line_of(purchase: Purchase, ref: str) -> PurchaseLine:
    """One line of a purchase.

    :raises NotFoundError: when there is no such line.
    """
    found = next((line for line in purchase.lines if line.ref == ref), None)
    if found is None:
        raise NotFoundError
    return found


def listing_of(line: PurchaseLine) -> Listing | None:
    """The listing a line came from."""
    return db.session.get(Listing, line.listing_id) if line.listing_id else None


def asks_family(line: PurchaseLine) -> bool:
    """Whether the family question is asked for this line."""
    return line.category in ASKS_FAMILY


def kept(line: PurchaseLine | None, **changes: object) -> LineInput:
    """What a line says now, with some of it changed: each page asks one thing and leaves the rest alone."""
    now: dict[str, object] = {}
    if line is not None:
        now = {
            "description": line.description,
            "amount_pence": line.amount_pence,
            "quantity_hundredths": line.quantity_hundredths,
            "outcome_ref": line.outcome.ref if line.outcome else None,
            "category": line.category,
            "family_member": line.family_member.value if line.family_member else None,
        }
    return LineInput(**{**now, **changes})  # type: ignore[arg-type]  # names and types are LineInput's own


def checking() -> bool:
    """Whether the reader came from *Check your answers* to change one thing, and goes back there."""
    return request.args.get("then") == "check"


def to(endpoint: str, purchase: Purchase, line: PurchaseLine | None = None) -> str:
    """The address of a question about this purchase, which remembers where the reader came from."""
    then = "check" if checking() else None
    if line is None:
        return url_for(endpoint, purchase_ref=purchase.ref, then=then)
    return url_for(endpoint, purchase_ref=purchase.ref, line_ref=line.ref, then=then)


def after_what(purchase: Purchase, line: PurchaseLine) -> str:
    """Where to go when a line's words are known."""
    if not checking():
        return to("buying.outcome", purchase, line)
    if asks_family(line) and line.family_member is None:
        return to("buying.family", purchase, line)
    return to("buying.check", purchase)


def after_line(purchase: Purchase) -> str:
    """Where to go when all is known about a line."""
    if checking() or has_details(purchase):
        return to("buying.check", purchase)
    return to("buying.details", purchase)


def has_details(purchase: Purchase) -> bool:
    """Whether it is known from whom and when."""
    if purchase.way is Way.OUTSIDE:
        return bool(purchase.payee_name and purchase.bought_on)
    return purchase.needed_from is not None
