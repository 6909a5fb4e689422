"""A question with a price, a review and a suggestion of one person, for tests of addresses."""

from __future__ import annotations

from datetime import timedelta

from app.core import clock
from app.core.db import db
from app.identity.models import Account, Person
from app.marketplace.enquiry_models import Enquiry, Quote
from app.marketplace.models import Listing
from app.marketplace.review_models import Review
from app.marketplace.review_rules import ReviewState
from app.marketplace.suggestion_models import Suggestion
from app.purchases.models import Purchase


def make_asked(person: Person, account: Account, listing: Listing) -> dict[str, str]:
    """Write them as they stand in the database.

    :returns: their references, by the names that addresses use.
    """
    belongs = {"commissioner_id": person.commissioner_id, "person_id": person.id}
    about = {"provider_id": listing.provider_id, "listing_id": listing.id}
    enquiry = Enquiry(
        **belongs, **about, asked_by=account.id, first_name=person.given_name, area="SE6", about=listing.title
    )
    db.session.add(enquiry)
    db.session.flush()
    quote = Quote(
        **about,
        enquiry_id=enquiry.id,
        what=listing.title,
        category=listing.category,
        unit=listing.unit,
        unit_price_pence=2_000,
        quantity_hundredths=400,
        valid_until=clock.today() + timedelta(days=14),
        sent_by=account.id,
    )
    bought = db.session.query(Purchase).filter_by(person_id=person.id).first()
    assert bought is not None, "a review is about something"
    review = Review(
        **belongs,
        **about,
        purchase_id=bought.id,
        written_by=account.id,
        received_on=clock.today(),
        stars=4,
        words="They waited for me.",
        state=ReviewState.SHOWN,
    )
    suggestion = Suggestion(
        **belongs, suggested_by=account.id, name="Catford Ukulele Circle", area="SE6", does="Ukulele for beginners"
    )
    db.session.add_all([quote, review, suggestion])
    db.session.flush()
    return {
        "enquiry_ref": enquiry.ref,
        "quote_ref": quote.ref,
        "review_ref": review.ref,
        "suggestion_ref": suggestion.ref,
    }
