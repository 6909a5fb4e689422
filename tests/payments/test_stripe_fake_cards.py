"""The stand-in's cards: what they allow by themselves, what the application says in two seconds, what shops then do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from tests.stripe_fake.listening import Listener, listening
from tests.stripe_fake.running import SECRET, Fake, FakeError, running_fake
from tests.stripe_fake.trying import DAY, adds_up

POOL, BAR = "sports_clubs_fields", "drinking_places"
ADDRESS = {"line1": "1 High Street", "city": "Leeds", "postal_code": "LS1 1AA", "country": "GB"}


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as listener:
        listener.says(True)
        yield listener


@pytest.fixture
def fake(listener: Listener) -> Iterator[Fake]:
    with running_fake() as fake:
        fake.tell(listener.url)
        fake.topup(50_000, "issuing")
        yield fake


def issued(fake: Fake, **more: Any) -> str:
    """A virtual card that can be used."""
    client = fake.client()
    holder = client.v1.issuing.cardholders.create(
        {
            "name": "Sam Example",
            "type": "individual",
            "individual": {"first_name": "Sam", "last_name": "Example"},
            "billing": {"address": ADDRESS},
        }
    )
    sent: Any = {"currency": "gbp", "type": "virtual", "cardholder": holder.id, "status": "active"}
    return str(client.v1.issuing.cards.create(sent | more).id)


def reason(authorization: dict[str, Any]) -> str:
    return str(authorization["request_history"][0]["reason"])


class TestAsking:
    def test_the_application_says_yes(self, fake: Fake, listener: Listener) -> None:
        card = issued(fake)
        fake.deliver()
        listener.came.clear()
        asked = fake.authorize(card, 2_500, POOL, name="The Pool", method="contactless")
        assert (asked["approved"], asked["status"], reason(asked)) == (True, "pending", "webhook_approved")
        fake.deliver()
        listener.verify_all(SECRET)
        request, created = listener.events
        assert (request["type"], created["type"]) == ("issuing_authorization.request", "issuing_authorization.created")
        about = request["data"]["object"]
        assert (about["id"], about["approved"], about["pending_request"]["amount"]) == (asked["id"], False, 2_500)
        assert (about["merchant_data"]["name"], about["card_presence"]) == ("The Pool", "present")
        assert fake.balances()["platform"]["issuing"] == 47_500, "laid aside"
        found = fake.client().v1.issuing.authorizations.list({"card": card, "status": "pending"}).data
        assert [one.id for one in found] == [asked["id"]]
        adds_up(fake)

    @pytest.mark.parametrize("version", [True, False])
    def test_the_application_says_no_or_what_stripe_does_not_read(
        self, fake: Fake, listener: Listener, version: bool
    ) -> None:
        listener.says(not version, version=version)  # a yes without the header is a no as well
        asked = fake.authorize(issued(fake), 2_500, POOL)
        assert (asked["approved"], asked["status"]) == (False, "closed")
        assert reason(asked) == ("webhook_declined" if version else "webhook_error")
        assert fake.balances()["platform"]["issuing"] == 50_000

    def test_two_seconds_are_over(self, fake: Fake, listener: Listener) -> None:
        listener.says(True, after=2.3)
        asked = fake.authorize(issued(fake), 2_500, POOL)
        assert (asked["approved"], reason(asked)) == (False, "webhook_timeout")

    def test_a_shop_that_asks_nobody(self, fake: Fake, listener: Listener) -> None:
        listener.says(False)
        asked = fake.authorize(issued(fake), 2_500, POOL, offline=True)
        assert (asked["approved"], reason(asked)) == (True, "card_active")
        assert "issuing_authorization.request" not in listener.kinds


class TestTheCardItself:
    def test_what_it_is_not_for(self, fake: Fake, listener: Listener) -> None:
        card = issued(
            fake,
            spending_controls={
                "blocked_categories": [BAR],
                "spending_limits": [
                    {"amount": 6_000, "interval": "monthly"},
                    {"amount": 4_000, "interval": "per_authorization"},
                ],
            },
        )
        assert reason(fake.authorize(card, 100, BAR)) == "spending_controls"
        assert reason(fake.authorize(card, 4_001, POOL)) == "spending_controls"
        assert "issuing_authorization.request" not in listener.kinds, "the application is not asked"
        first = fake.authorize(card, 4_000, POOL)
        assert fake.authorize(card, 2_000, POOL)["approved"]
        assert reason(fake.authorize(card, 1, POOL)) == "spending_controls", "the month is used up"
        fake.do("reverse", authorization=first["id"])
        assert fake.authorize(card, 1, POOL)["approved"]
        fake.advance(32 * DAY)
        assert fake.authorize(card, 2_000, POOL)["approved"], "another month"

    def test_switched_off_and_off_for_ever(self, fake: Fake) -> None:
        card, client = issued(fake), fake.client()
        client.v1.issuing.cards.update(card, {"status": "inactive"})
        assert reason(fake.authorize(card, 100, POOL)) == "card_inactive"
        client.v1.issuing.cards.update(card, {"status": "canceled", "cancellation_reason": "lost"})
        assert reason(fake.authorize(card, 100, POOL)) == "card_canceled"
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.issuing.cards.update(card, {"status": "active"})
        holder = client.v1.issuing.cards.retrieve(card).cardholder.id
        new = client.v1.issuing.cards.create(
            {
                "cardholder": holder,
                "currency": "gbp",
                "type": "virtual",
                "status": "active",
                "replacement_for": card,
                "replacement_reason": "lost",
            }
        )
        assert client.v1.issuing.cards.retrieve(card).replaced_by == new.id
        assert client.v1.issuing.cards.retrieve(new.id, {"expand": ["number", "cvc"]}).number
        client.v1.issuing.cardholders.update(holder, {"status": "inactive"})
        assert reason(fake.authorize(new.id, 100, POOL)) == "cardholder_inactive"

    def test_more_than_there_is(self, fake: Fake) -> None:
        assert reason(fake.authorize(issued(fake), 50_001, POOL)) == "insufficient_funds"

    def test_a_category_that_stripe_does_not_know(self, fake: Fake) -> None:
        with pytest.raises(FakeError):
            fake.authorize(issued(fake), 100, "off_licence")


class TestTaking:
    @pytest.mark.parametrize("taken", [2_500, 1_000, 3_100])
    def test_in_whole_in_part_and_more(self, fake: Fake, taken: int) -> None:
        card = issued(fake)
        asked = fake.authorize(card, 2_500, POOL)
        made = fake.do("capture", authorization=asked["id"], amount=taken)
        assert (made["type"], made["amount"], made["authorization"]) == ("capture", -taken, asked["id"])
        assert fake.balances()["platform"]["issuing"] == 50_000 - taken
        now = fake.client().v1.issuing.authorizations.retrieve(asked["id"])
        assert (now.status, len(now.transactions)) == ("closed", 1)
        with pytest.raises(FakeError):
            fake.do("capture", authorization=asked["id"])
        back = fake.do("card_refund", transaction=made["id"], amount=400)
        assert (back["type"], back["amount"]) == ("refund", 400)
        assert len(fake.client().v1.issuing.transactions.list({"card": card})) == 2
        assert fake.balances()["platform"]["issuing"] == 50_400 - taken
        adds_up(fake)

    def test_in_two_parts(self, fake: Fake) -> None:
        asked = fake.authorize(issued(fake), 2_500, POOL)
        fake.do("capture", authorization=asked["id"], amount=1_000, keep_open=True)
        assert fake.balances()["platform"]["issuing"] == 47_500
        fake.do("reverse", authorization=asked["id"], amount=500)
        fake.do("capture", authorization=asked["id"])
        assert fake.balances()["platform"]["issuing"] == 48_000
        adds_up(fake)

    def test_given_up(self, fake: Fake) -> None:
        asked = fake.authorize(issued(fake), 2_500, POOL)
        fake.do("reverse", authorization=asked["id"], amount=500)
        assert fake.do("reverse", authorization=asked["id"])["status"] == "reversed"
        assert fake.balances()["platform"]["issuing"] == 50_000
        assert [event["type"] for event in fake.events()][-2:] == ["issuing_authorization.updated"] * 2
        adds_up(fake)

    def test_in_another_currency(self, fake: Fake) -> None:
        asked = fake.authorize(
            issued(fake), 2_150, POOL, country="FR", merchant_amount=2_500, merchant_currency="eur", cashback=500
        )
        assert (asked["amount"], asked["merchant_amount"], asked["merchant_currency"]) == (2_150, 2_500, "eur")
        assert asked["amount_details"]["cashback_amount"] == 500
        made = fake.do("capture", authorization=asked["id"], amount=2_170)
        assert (made["amount"], made["merchant_amount"], made["merchant_currency"]) == (-2_170, -2_523, "eur")

    def test_without_having_asked(self, fake: Fake) -> None:
        made = fake.do("force", card=issued(fake), amount=60_000, category=BAR)
        assert (made["authorization"], made["amount"]) == (None, -60_000)
        assert fake.balances()["platform"]["issuing"] == -10_000
        assert fake.events()[-1]["type"] == "issuing_transaction.created"
        adds_up(fake)
