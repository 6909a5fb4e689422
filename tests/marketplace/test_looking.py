"""Searches that are watched: what is new is told once, to whom asked, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, StateError
from app.identity.models import Account, Authority, Person
from app.marketplace import looking, watching
from app.marketplace.bulk import settle_listings
from app.marketplace.kept_models import Watch, WatchTold
from app.marketplace.models import Provider
from app.marketplace.rules import Category
from app.messages.models import Notice
from app.messages.rules import About, NoticeKind
from tests import factories
from tests.marketplace.making import BR1, M1, listing_of, make_pa, make_provider, put_outcodes, swim
from tests.purchases.test_races import race

NOW = datetime(2026, 11, 10, 5, 20, tzinfo=UTC)
POOL = {"q": "pool", "near": "SE6 1HP", "miles": "5", "price": "25"}


@pytest.fixture
def holder(session: object) -> Iterator[tuple[Account, Person]]:
    with clock.at(NOW - timedelta(days=1)):
        put_outcodes()
        account, person, *_ = factories.make_holder()
        yield account, person


def ask(holder: tuple[Account, Person], name: str = "Swimming", **params: str) -> Watch:
    """Ask to be told, an hour before whatever comes next."""
    account, person = holder
    with clock.at(clock.now() - timedelta(hours=1)):
        return watching.start_watch(factories.actor_for(account), person, name, watching.asked_of(params or POOL))


def look(day: int = 0) -> int:
    """The daily look, all its jobs done; how many notices it wrote."""
    with clock.at(NOW + timedelta(days=day)):
        ids = db.session.scalars(select(Watch.id)).all()
        return looking.look_for(ids, clock.now())


def notices() -> list[Notice]:
    return list(db.session.scalars(select(Notice).where(Notice.kind == NoticeKind.FOUND).order_by(Notice.id)))


def test_one_notice_of_what_is_new_and_fits(holder: tuple[Account, Person]) -> None:
    make_provider("Was There Before")
    with clock.at(NOW - timedelta(hours=20)):
        watch = ask(holder)
    with clock.at(NOW - timedelta(hours=10)):
        make_provider("Fits Well", BR1)
        make_provider("Too Far Away", M1)
        make_provider("Too Dear", listings=[swim(price_pence=2_600)])
        make_provider("No Price", listings=[swim(price_pence=None)])
        make_provider("Something Else", listings=[swim("Weeding", category=Category.HOME_HELP)])
    assert look() == 1
    (notice,) = notices()
    assert notice.title == "Something new like “Swimming”"
    assert notice.body == "One-to-one company at the pool, Fits Well: £22 an hour"
    assert (notice.account_id, notice.about, notice.about_ref) == (holder[0].id, About.WATCH, watch.ref)
    jobs = db.session.scalars(text("SELECT args->>'notice_id' FROM procrastinate_jobs")).all()
    assert str(notice.id) in jobs  # and an e-mail
    assert [listing.who for listing, _ in watching.told_by(watch)] == ["Fits Well"]


def test_never_the_same_twice(holder: tuple[Account, Person]) -> None:
    ask(holder)
    make_provider("Fits Well")
    assert [look(day) for day in (0, 0, 1, 2)] == [1, 0, 0, 0]
    with clock.at(NOW + timedelta(days=2, hours=1)):
        make_provider("Came Later")
    assert [look(3), look(4)] == [1, 0]
    assert "Came Later" in notices()[-1].body
    assert "Fits Well" not in notices()[-1].body


def test_many_are_counted_and_five_are_named(holder: tuple[Account, Person]) -> None:
    watch = ask(holder)
    for number in range(23):
        make_provider(f"Pool {number}")
    assert look() == 1
    (notice,) = notices()
    assert notice.title == "23 things new like “Swimming”"
    assert notice.body.count("Pool ") == 5
    assert notice.body.endswith("and 18 more")
    told = select(func.count()).select_from(WatchTold).where(WatchTold.watch_id == watch.id)
    assert db.session.scalar(told) == 23  # the others are not told tomorrow as if they were new


def test_what_is_offered_again_is_new_and_what_only_changed_is_not(holder: tuple[Account, Person]) -> None:
    with clock.at(NOW - timedelta(days=5)):
        closed, same = listing_of(make_provider("Closed")), listing_of(make_provider("Same As Ever"))
        closed.active = False
        db.session.flush()
        settle_listings("listing.id = :key", key=closed.id, now=clock.now())
    ask(holder)
    closed.active = True
    same.summary, same.changed_at = "Now with warm towels", clock.now()
    db.session.flush()
    settle_listings("listing.id = :key", key=closed.id, now=clock.now())
    assert look() == 1
    assert "Closed" in notices()[0].body
    assert "Same As Ever" not in notices()[0].body


def test_paused_hears_nothing_and_taken_up_again_hears_of_what_comes_then(holder: tuple[Account, Person]) -> None:
    me, person = factories.actor_for(holder[0]), holder[1]
    watch = ask(holder)
    watching.pause(me, person, watch.ref)
    make_provider("While Paused")
    assert look() == 0
    with clock.at(NOW + timedelta(hours=1)):
        watching.resume(me, person, watch.ref)
    with clock.at(NOW + timedelta(hours=2)):
        make_provider("After That")
    assert look(1) == 1
    assert [n.body.split(", ")[1] for n in notices()] == ["After That: £22 an hour"]
    watching.stop(me, person, watch.ref)
    make_provider("After The Stop")
    assert look(2) == 0
    assert watching.watches_of(me, person) == []


def test_who_acts_no_longer_is_not_told_but_the_persons_own_side_is(holder: tuple[Account, Person]) -> None:
    account, person = holder
    broker = factories.make_account("Leonie Grant")
    factories.give_authority(broker, person, factories.AuthorityKind.BROKER, factories.Scope.PREPARE)
    ask((broker, person))
    db.session.query(Authority).filter_by(account_id=broker.id).update({"ended_at": clock.now()})
    make_provider("Fits Well")
    assert look() == 1
    assert notices()[0].account_id == account.id


def test_ten_at_a_time_and_not_of_everything(holder: tuple[Account, Person]) -> None:
    with pytest.raises(InvalidError):
        ask(holder, near="SE6")
    for number in range(watching.MOST_WATCHES):
        ask(holder, f"Number {number}")
    with pytest.raises(StateError, match="Stop one"):
        ask(holder, "One too many")


def test_the_kind_and_the_finer_choices_count_too(holder: tuple[Account, Person]) -> None:
    watch = ask(holder, "", q="", category="personal-assistants", language="Polish", near="SE6", miles="10")
    assert watch.name == "Personal assistants, within 10 miles of SE6"
    make_pa("Marta K.")
    polish = listing_of(make_pa("Ola W."))
    polish.languages = ["Polish"]
    db.session.flush()
    assert look() == 1
    assert notices()[0].body == "Company and care, Ola W.: £18 an hour"


def test_the_day_asks_for_a_look_at_each_that_runs(holder: tuple[Account, Person], monkeypatch) -> None:
    monkeypatch.setattr(looking, "BATCH", 2)
    me, person = factories.actor_for(holder[0]), holder[1]
    watches = [ask(holder, f"Number {number}") for number in range(4)]
    watching.pause(me, person, watches[0].ref)
    make_provider("Fits Well")
    with clock.at(NOW):
        looking.look(int(NOW.timestamp()))
        jobs = db.session.scalars(
            text("SELECT args FROM procrastinate_jobs WHERE task_name = :name ORDER BY id"), {"name": looking.LOOK_AT}
        ).all()
    assert [len(job["watch_ids"]) for job in jobs] == [2, 1]
    with clock.at(NOW + timedelta(minutes=5)):
        for job in [*jobs, *jobs]:  # a job that was started twice
            looking.look_at(**job)
    assert len(notices()) == 3


@pytest.mark.slow
def test_two_workers_at_once_tell_once(real_database: Flask) -> None:
    with real_database.app_context():
        put_outcodes()
        account, person, *_ = factories.make_holder()
        me = factories.actor_for(account)
        ids = [
            watching.start_watch(me, person, f"Number {n}", watching.asked_of(POOL)).id
            for n in range(watching.MOST_WATCHES)
        ]
        make_provider("Fits Well")
        db.session.commit()
    began = clock.now()

    def work(keys: list[UUID]) -> int:
        return looking.look_for(keys, began)

    answers = race(real_database, [lambda: work(ids), lambda: work(ids[::-1])], 2)
    assert sorted(answers) == [0, 10]
    with real_database.app_context():
        assert len(notices()) == 10


def test_a_look_asks_the_database_as_often_for_two_hundred_as_for_ten(holder: tuple[Account, Person]) -> None:
    """Searches for which nothing new could be meant cost nothing of their own."""
    from tests.web.month import statements

    people = [factories.make_person(factories.make_commissioner(), f"P{n}") for n in range(3)]
    for person in people:
        account = factories.make_account()
        factories.give_authority(account, person)
        for _ in range(10):
            ask((account, person), "Elsewhere", q="pool", near="M1")
    make_provider("Fits Well")
    db.session.flush()
    counts = []
    for keys in (3, 30):
        ids = db.session.scalars(select(Watch.id).order_by(Watch.id).limit(keys)).all()
        db.session.execute(text("UPDATE watch SET looked_at = since"))
        db.session.expire_all()
        with clock.at(NOW), statements() as seen:
            looking.look_for(ids, NOW)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 3
    assert db.session.scalar(select(func.count()).select_from(Provider)) == 1
