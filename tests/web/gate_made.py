"""What addresses behind the privacy gate name: a review, and a concern that the person was told of."""

from __future__ import annotations

from datetime import timedelta

from app.core import clock
from app.identity.models import Account, Person
from app.stewardship import concerns, reviews
from app.stewardship.concern_rules import ConcernInput
from app.stewardship.gate_rules import ConcernKind
from app.stewardship.review_rules import ReviewInput, ReviewKind
from tests import factories as make


def make_gate_things(person: Person, coordinator: Account) -> dict[str, str]:
    """A review that is announced, and a concern recorded by the person's coordinator."""
    actor = make.actor_for(coordinator)
    second = make.make_account(f"Second of {person.given_name}")
    make.make_post(second, person.commissioner)
    day = clock.today() + timedelta(days=14)
    review = reviews.announce(
        actor, person, ReviewInput(ReviewKind.YEARLY, day, clock.today(), day, "The money, outcome by outcome")
    )
    wanted = ConcernInput(ConcernKind.ERROR, "Two entries look alike", "We look at two entries.", second.ref)
    concern = concerns.record(actor, person, wanted)
    return {"plan_review_ref": review.ref, "concern_ref": concern.ref}
