"""Providers that somebody missed: found again under another spelling, added, or not, and told."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from app.identity.rules import AuthorityKind, Scope, StaffRole
from app.marketplace import suggestion_queries, suggestions
from app.marketplace.models import Listing, Provider
from app.marketplace.rules import Category, RegisterStatus, Unit
from app.marketplace.suggestion_models import Suggestion, SuggestionState
from app.marketplace.suggestions import Entry, Missing
from app.messages.models import Notice
from app.messages.rules import About
from tests import factories
from tests.marketplace.making import make_pa, make_provider, put_outcodes
from tests.purchases.world import World, build

UKULELE = Missing("Catford Ukulele Circle", "SE6 4JU", "Ukulele for beginners", "ukulele.example.org", "020 7946 0177")


@pytest.fixture
def world(session: object) -> World:
    return build()


def suggested(world: World, missing: Missing = UKULELE) -> Suggestion:
    return suggestions.suggest(world.me, world.person, missing)


def entry(**changes: object) -> Entry:
    values = {"name": "Catford Ukulele Circle", "title": "Ukulele for beginners", "category": Category.ACTIVITIES,
        "unit": Unit.SESSION, "regulated": False, "at_venue": True, "postcode": "SE6 4JU"}  # fmt: skip
    return Entry(**{**values, **changes})


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (("Swim Together", "Catford"), "a name like it"),
        (("Swim Togther CIC", "M1 1AA"), "a name like it"),
        (("swim together c.i.c.", "SE6 1HP"), "the same postcode"),
        (("The pool people", "", "(020) 7946-0123"), "the same phone number"),
        (("The pool people", "", "", "www.swim.example.org/about"), "the same website"),
    ],
)
def test_what_is_here_already_is_found(world: World, said: tuple[str, ...], why: str) -> None:
    pool = make_provider(phone="020 7946 0123", website="https://swim.example.org")
    make_provider("Northside Singing", postcode="SE6 1HP")
    make_pa("Swim T.")
    [found] = suggestion_queries.like(*said)
    assert (found.provider_ref, found.why) == (pool.ref, why)


def test_who_left_the_register_is_found_too(world: World) -> None:
    make_provider("Bluebell Home Care", status=RegisterStatus.DEREGISTERED, is_regulated=True)
    [found] = suggestion_queries.like("Blue Bell Homecare", "SE6 1HP")
    assert found.status is RegisterStatus.DEREGISTERED
    assert suggestion_queries.like("Catford Ukulele Circle", "SE6 1HP") == []


def test_what_must_be_said(world: World) -> None:
    with pytest.raises(InvalidError) as refused:
        suggested(world, Missing(" ", "", "", "javascript:alert(1)://x"))
    assert set(refused.value.errors) == {"name", "area", "does", "website"}
    viewer = factories.make_account("Vic Viewer")
    factories.give_authority(viewer, world.person, AuthorityKind.NOMINEE, Scope.VIEW)
    with pytest.raises(NotAllowedError):
        suggestions.suggest(factories.actor_for(viewer), world.person, UKULELE)
    for _ in range(suggestions.MOST_WAITING):
        suggested(world)
    with pytest.raises(InvalidError):
        suggested(world)


def test_an_officer_adds_it_without_a_price_and_the_person_is_told(world: World) -> None:
    put_outcodes()
    made = suggestions.add(world.priya, suggested(world).ref, entry())
    provider = db.session.get_one(Provider, made.provider_id)
    listing = db.session.scalars(select(Listing).where(Listing.provider_id == provider.id)).one()
    assert (provider.status, provider.is_regulated) == (RegisterStatus.NOT_REGISTERED, False)
    assert (listing.price_pence, listing.offered, listing.lat is None) == (None, True, False)
    told = db.session.scalars(select(Notice).where(Notice.account_id == world.holder.id)).one()
    assert (told.about, told.about_ref) == (About.SUGGESTION, made.ref)
    with pytest.raises(StateError):
        suggestions.leave_out(world.tom, made.ref, "No.")
    assert made.state is SuggestionState.ADDED


@pytest.mark.parametrize("how", [{"regulated": True}, {"category": Category.HOME_CARE}, {"category": Category.NURSING}])
def test_care_that_must_be_registered_comes_in_by_the_register_alone(world: World, how: dict[str, object]) -> None:
    made = suggested(world)
    with pytest.raises(InvalidError, match="only a registered provider may give"):
        suggestions.add(world.priya, made.ref, entry(**how))
    assert made.state is SuggestionState.WAITING
    assert not db.session.scalars(select(Provider)).all()


def test_an_officers_website_is_one_too(world: World) -> None:
    """Everybody's page links to it."""
    made = suggested(world)
    with pytest.raises(InvalidError) as refused:
        suggestions.add(world.priya, made.ref, entry(website="javascript:alert(1)"))
    assert set(refused.value.errors) == {"website"}
    done = suggestions.add(world.priya, made.ref, entry(website="www.ukulele.example.org"))
    assert db.session.get_one(Provider, done.provider_id).website == "https://www.ukulele.example.org"


def test_it_was_here_already_or_is_left_out(world: World) -> None:
    pool = make_provider()
    there = suggestions.already_there(world.priya, suggested(world).ref, pool.ref)
    assert (there.state, there.provider_id) == (SuggestionState.THERE, pool.id)
    second = suggested(world)
    with pytest.raises(InvalidError):
        suggestions.leave_out(world.priya, second.ref, "  ")
    suggestions.leave_out(world.priya, second.ref, "They have closed.")
    assert suggestion_queries.suggestion_for(world.me, world.person, second.ref).reason == "They have closed."
    assert len(suggestion_queries.waiting(world.priya, world.commissioner.id, decided=True).rows) == 2


def test_only_an_officer_of_the_same_commissioner_answers(world: World) -> None:
    made = suggested(world)
    stranger, finance, admin = (factories.make_account(name) for name in ("Ingrid S", "Helen A", "Joy A"))
    factories.make_post(stranger, factories.make_commissioner("Elsewhere"))
    factories.make_post(finance, world.commissioner, StaffRole.FINANCE)
    factories.make_post(admin, world.commissioner, StaffRole.ADMIN)
    for account in (stranger, finance, world.holder):
        with pytest.raises(NotFoundError):
            suggestions.leave_out(factories.actor_for(account), made.ref, "No.")
    assert suggestion_queries.waiting_count(factories.actor_for(admin)) == 1
    assert suggestion_queries.waiting_count(factories.actor_for(stranger)) == 0
