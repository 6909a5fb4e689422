"""The plan page: the person's own words, with figures, funders and what to watch for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.core import clock
from app.ledger.rules import Stream
from app.plans.models import Per
from app.plans.service import OutcomeInput
from app.web.words import and_list, paid_by
from tests.factories import give_authority, make_account, make_budget, make_commissioner, make_person, make_plan


@pytest.fixture
def dog(session, client, sign_in):
    with clock.at(datetime(2026, 11, 10, 12, tzinfo=UTC)):
        person = make_person(make_commissioner())
        account = make_account("Sam Okafor")
        give_authority(account, person)
        plan = make_plan(
            person,
            [
                OutcomeInput(
                    "A dog that warns me of seizures",
                    300_000,
                    {Stream.HEALTH: 2, Stream.SOCIAL_CARE: 1},
                    per=Per.PLAN,
                    examples=["The dog's training"],
                    categories=["assistance-animals"],
                    risks="Who walks her when I am in hospital: my sister.",
                )
            ],
        )
        yield sign_in(client, account), person, plan


def test_the_plan_says_all_of_it_in_plain_words(dog):
    client, person, _ = dog
    text = client.get(f"/p/{person.ref}/plan").text
    for words in (
        "I like being by the water",
        "£3,000.00</span></strong> over the whole plan",
        "Paid by the NHS (two thirds) and your council’s social care (a third).",
        "The dog&#39;s training",
        "assistance animals",
        "Who walks her when I am in hospital",
        "By Sunday 31 October 2027",
        "Priya Shah",
    ):
        assert words in text, words


def test_a_plan_that_ended_is_still_there_to_read(dog):
    client, person, plan = dog
    make_budget(person, plan)
    plan.starts_on, plan.ends_on = plan.starts_on.replace(year=2025), plan.starts_on.replace(year=2026, month=1)
    text = client.get(f"/p/{person.ref}/plan").text
    assert "This plan ended on" in text
    assert "A dog that warns me" in text


def test_a_late_review_is_named(dog):
    client, person, plan = dog
    plan.review_due_on = plan.starts_on
    assert "This is late" in client.get(f"/p/{person.ref}/plan").text


def test_shares_become_fractions_or_per_cents():
    class Share:
        def __init__(self, stream: Stream, share: int) -> None:
            self.stream, self.share = stream, share

    assert paid_by([Share(Stream.HEALTH, 5)]) == "Paid by the NHS"
    assert paid_by([]) == ""
    three = [Share(Stream.HEALTH, 5), Share(Stream.SOCIAL_CARE, 3), Share(Stream.CLIENT_CONTRIBUTION, 2)]
    assert paid_by(three) == "Paid by the NHS (half), your council’s social care (30%) and you (a fifth)"
    assert and_list([]) == ""
    assert and_list(["a", "b"]) == "a and b"
