"""Questions, prices for one person, and who may read what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from app.identity.rules import Actor, AuthorityKind, Scope
from app.marketplace import enquiries, enquiry_queries, quotes, service
from app.marketplace.enquiry_models import Enquiry, Quote
from app.marketplace.enquiry_rules import MOST_OPEN, Offer, Question, QuoteState, Side
from app.marketplace.models import Listing, Provider
from app.messages.models import Notice
from app.messages.rules import About
from tests import factories
from tests.marketplace.making import SYSTEM, listing_of, make_provider
from tests.purchases.world import World, build


@pytest.fixture
def world(session: object) -> World:
    return build()


@pytest.fixture
def pool(world: World) -> Listing:
    return listing_of(make_provider())


@pytest.fixture
def bea(pool: Listing) -> Actor:
    account = factories.make_account("Bea Holloway")
    service.add_member(SYSTEM, pool.provider, account.id)
    return factories.actor_for(account)


def ask(world: World, pool: Listing, words: str = "Could you come on Tuesdays?") -> Enquiry:
    return enquiries.ask(world.me, world.person, Question(words, True, 400), listing=pool)


def offer(price: int = 2100, days: int | None = None, **more: object) -> Offer:
    until = clock.today() + timedelta(days=days) if days is not None else None
    return Offer("Company at the pool", price, 400, valid_until=until, **more)


def test_a_provider_reads_a_first_name_an_area_and_the_words(world: World, pool: Listing, bea: Actor) -> None:
    made = ask(world, pool)
    seen = enquiry_queries.asked(bea, pool.provider, made.ref)
    assert (seen.first_name, seen.area, seen.how_many) == ("Sam", "SE6", "4 hours")
    [said] = enquiry_queries.thread_of(seen, for_provider=True)
    assert (said.side, said.who) == (Side.PERSON, "Sam")
    told = db.session.scalars(select(Notice).where(Notice.account_id == bea.account_id)).one()
    assert (told.about, told.person_id) == (About.PROVIDER_ENQUIRY, None)
    assert "Okafor" not in told.title


def test_the_provider_answers_and_the_person_is_told(world: World, pool: Listing, bea: Actor) -> None:
    made = ask(world, pool)
    enquiries.answer(bea, pool.provider, made.ref, "Yes, from 2pm.")
    assert made.last_side is Side.PROVIDER
    own = enquiry_queries.thread_of(enquiry_queries.enquiry_for(world.me, world.person, made.ref), for_provider=False)
    assert [(said.side, said.who) for said in own] == [(Side.PERSON, "Sam Okafor"), (Side.PROVIDER, pool.provider.name)]
    told = db.session.scalars(select(Notice).where(Notice.account_id == world.holder.id)).one()
    assert (told.about, told.about_ref, told.person_id) == (About.ENQUIRY, made.ref, world.person.id)


def test_nobody_else_finds_it(world: World, pool: Listing, bea: Actor) -> None:
    made = ask(world, pool)
    other = make_provider("Other Pool CIC")
    eve = factories.make_account("Eve Marsh")
    service.add_member(SYSTEM, other, eve.id)
    neighbour, person, *_ = factories.make_holder()
    with pytest.raises(NotFoundError):
        enquiry_queries.asked(factories.actor_for(eve), pool.provider, made.ref)
    with pytest.raises(NotFoundError):
        enquiry_queries.asked(factories.actor_for(eve), other, made.ref)
    with pytest.raises(NotFoundError):
        enquiry_queries.enquiry_for(factories.actor_for(neighbour), person, made.ref)
    with pytest.raises(NotFoundError):
        enquiries.write(factories.actor_for(neighbour), world.person, made.ref, "Hello")
    with pytest.raises(NotFoundError):
        enquiries.answer(world.priya, pool.provider, made.ref, "Hello")


def test_who_may_only_look_does_not_ask_and_no_one_asks_themself(world: World, pool: Listing, bea: Actor) -> None:
    viewer = factories.make_account("Vic Viewer")
    factories.give_authority(viewer, world.person, AuthorityKind.NOMINEE, Scope.VIEW)
    with pytest.raises(NotAllowedError):
        enquiries.ask(factories.actor_for(viewer), world.person, Question("Hello?"), listing=pool)
    service.add_member(SYSTEM, pool.provider, world.holder.id)
    with pytest.raises(NotAllowedError):
        ask(world, pool)


def test_a_broker_asks_and_both_sides_of_the_person_are_told(world: World, pool: Listing, bea: Actor) -> None:
    broker = world.broker(Scope.PREPARE)
    made = enquiries.ask(broker, world.person, Question("For Sam: Tuesdays?"), listing=pool)
    enquiries.answer(bea, pool.provider, made.ref, "Yes.")
    told = set(db.session.scalars(select(Notice.account_id).where(Notice.about == About.ENQUIRY)))
    assert told == {broker.account_id, world.holder.id}


def test_what_cannot_be_asked(world: World, pool: Listing, bea: Actor) -> None:
    today = clock.today()
    for question, field in (
        (Question("  "), "words"),
        (Question("x" * 2001), "words"),
        (Question("When?", quantity_hundredths=0), "quantity"),
        (Question("When?", wanted_from=today - timedelta(days=1)), "wanted_from"),
    ):
        with pytest.raises(InvalidError) as refused:
            enquiries.ask(world.me, world.person, question, listing=pool)
        assert field in refused.value.errors
    silent = listing_of(make_provider("Nobody Reads CIC"))
    with pytest.raises(StateError, match="does not read questions"):
        ask(world, silent)


def test_twenty_questions_are_enough(world: World, pool: Listing, bea: Actor) -> None:
    made = [ask(world, pool) for _ in range(MOST_OPEN)]
    with pytest.raises(InvalidError):
        ask(world, pool)
    enquiries.close(world.me, world.person, made[0].ref)
    ask(world, pool)


def test_a_closed_question_takes_no_more(world: World, pool: Listing, bea: Actor) -> None:
    made = ask(world, pool)
    enquiries.close_as_provider(bea, pool.provider, made.ref)
    for late in (
        lambda: enquiries.write(world.me, world.person, made.ref, "And?"),
        lambda: enquiries.answer(bea, pool.provider, made.ref, "And?"),
        lambda: quotes.send(bea, pool.provider, made.ref, offer()),
        lambda: enquiries.close(world.me, world.person, made.ref),
    ):
        with pytest.raises(StateError):
            late()


def test_a_price_is_kept_for_a_fortnight_and_a_newer_one_replaces_it(world: World, pool: Listing, bea: Actor) -> None:
    made = ask(world, pool)
    first = quotes.send(bea, pool.provider, made.ref, offer())
    today = clock.today()
    assert first.valid_until == today + timedelta(days=14)
    assert (first.unit, first.category, first.total_pence) == (pool.unit, pool.category, 8_400)
    second = quotes.send(bea, pool.provider, made.ref, offer(2000))
    db.session.refresh(first)
    assert (first.state(today), second.state(today)) == (QuoteState.REPLACED, QuoteState.GOOD)
    assert second.state(second.valid_until) is QuoteState.GOOD
    assert second.state(second.valid_until + timedelta(days=1)) is QuoteState.OVER
    assert enquiry_queries.prices_to_answer(world.me, world.person) == [second]
    quotes.withdraw(bea, pool.provider, made.ref, second.ref)
    assert enquiry_queries.prices_to_answer(world.me, world.person) == []
    with pytest.raises(StateError):
        quotes.withdraw(bea, pool.provider, made.ref, second.ref)


def test_what_a_price_must_say(world: World, pool: Listing, bea: Actor) -> None:
    made = ask(world, pool)
    today = clock.today()
    for wrong, field in (
        (Offer("", 2100, 400), "what"),
        (Offer("Pool", None, 400), "price"),
        (Offer("Pool", 0, 400), "price"),
        (Offer("Pool", 2100, 0), "quantity"),
        (Offer("Pool", 2100, 400, valid_until=today - timedelta(days=1)), "valid_until"),
    ):
        with pytest.raises(InvalidError) as refused:
            quotes.send(bea, pool.provider, made.ref, wrong)
        assert field in refused.value.errors
    general = enquiries.ask(world.me, world.person, Question("Do you teach?"), provider=pool.provider)
    with pytest.raises(InvalidError) as refused:
        quotes.send(bea, pool.provider, general.ref, offer())
    assert set(refused.value.errors) == {"unit", "category"}


def test_only_one_price_of_a_question_is_live(world: World, pool: Listing, bea: Actor) -> None:
    made = ask(world, pool)
    quotes.send(bea, pool.provider, made.ref, offer())
    quotes.send(bea, pool.provider, made.ref, offer(2000))
    with pytest.raises(Exception, match="uq_quote_live"), db.session.begin_nested():
        db.session.execute(update(Quote).values(replaced_at=None))


def test_a_deregistered_provider_is_not_asked(world: World, pool: Listing, bea: Actor) -> None:
    db.session.execute(update(Provider).values(status="deregistered"))
    db.session.expire_all()
    with pytest.raises(StateError):
        ask(world, pool)
