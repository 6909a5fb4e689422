"""The stand-in for Stripe, asked through Stripe's own library over real HTTP: money in, on, and back."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import stripe

from tests.stripe_fake.running import Fake, FakeError, running_fake
from tests.stripe_fake.trying import DAY, adds_up, opened, order, paid, provider


@pytest.fixture
def fake() -> Iterator[Fake]:
    with running_fake() as fake:
        yield fake


class TestPaying:
    def test_on_the_page_with_a_card(self, fake: Fake) -> None:
        account = provider(fake)
        session = opened(fake, account)
        assert (session.status, session.payment_status, session.amount_total) == ("open", "unpaid", 9_600)
        page = requests.get(session.url, timeout=10)
        assert "This stands in for Stripe in the demonstration. No real money moves." in page.text
        assert "£96.00" in page.text
        assert "Swimming &lt;with&gt; Ana" in page.text
        declined = requests.post(session.url, data={"do": "declined"}, timeout=10)
        assert (declined.status_code, "Your card was declined" in declined.text) == (402, True)
        left = requests.post(session.url, data={"do": "back"}, timeout=10, allow_redirects=False)
        assert left.headers["Location"] == "https://purse.example.org/leave"
        for _ in range(2):  # pressed twice: paid once
            done = requests.post(session.url, data={"do": "card"}, timeout=10, allow_redirects=False)
            assert done.status_code == 303
            assert done.headers["Location"] == f"https://purse.example.org/back?session={session.id}"
        client = fake.client()
        now = client.v1.checkout.sessions.retrieve(
            session.id, {"expand": ["payment_intent.latest_charge.transfer", "line_items"]}
        )
        assert (now.status, now.payment_status, now.url) == ("complete", "paid", None)
        assert now.line_items.data[0].description == "Swimming <with> Ana"
        charge = now.payment_intent.latest_charge
        assert (charge.transfer.destination, charge.transfer.amount) == (account, 9_600)
        assert len(client.v1.charges.list({"payment_intent": now.payment_intent.id})) == 2, "declined, then paid"
        assert fake.balances()["platform"] == {"available": 0, "pending": 0, "issuing": 0}
        assert fake.balances()[account] == {"available": 0, "pending": 9_600, "issuing": 0}
        assert requests.get(session.url or f"{fake.url}/pay/{session.id}", timeout=10).status_code == 200
        adds_up(fake)

    def test_by_bank_it_takes_a_while(self, fake: Fake) -> None:
        account = provider(fake)
        yes, no = opened(fake, account), opened(fake, account, 5_000)
        for session in (yes, no):
            assert fake.pay(session.id, "pay_by_bank")["payment_status"] == "unpaid"
        assert fake.balances()[account]["pending"] == 0
        assert "The bank is looking at this payment" in requests.get(yes.url, timeout=10).text
        said = requests.post(yes.url, data={"do": "bank_pays"}, timeout=10, allow_redirects=False)
        assert said.headers["Location"].endswith(yes.id)
        assert fake.bank_says(no.id, paid=False)["payment_status"] == "unpaid"
        failed = fake.client().v1.payment_intents.list().data[0]
        assert (failed.status, failed.last_payment_error.type) == ("requires_payment_method", "invalid_request_error")
        assert fake.balances()[account]["pending"] == 9_600
        with pytest.raises(FakeError):
            fake.bank_says(yes.id, paid=False)
        fake.client().v1.refunds.create({"charge": fake.ledger()["transactions"][0]["source"], "amount": 600})
        book = [one["type"] for one in fake.ledger()["transactions"] if one["owner"] == ""]
        assert book == ["payment", "transfer", "payment_refund"]
        kinds = [event["type"] for event in fake.events()]
        assert kinds.count("checkout.session.completed") == 2
        assert kinds.count("checkout.session.async_payment_succeeded") == 1
        assert kinds.count("checkout.session.async_payment_failed") == 1
        adds_up(fake)

    def test_paid_after_expiry(self, fake: Fake) -> None:
        account = provider(fake)
        first, second = opened(fake, account), opened(fake, account)
        client = fake.client()
        assert client.v1.checkout.sessions.expire(first.id).status == "expired"
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.checkout.sessions.expire(first.id)
        fake.advance(DAY)
        assert client.v1.checkout.sessions.retrieve(second.id).status == "expired"
        assert requests.post(second.url, data={"do": "card"}, timeout=10).status_code == 410
        with pytest.raises(FakeError):
            fake.pay(second.id)
        late = fake.pay(second.id, late=True)
        assert (late["status"], late["payment_status"]) == ("complete", "paid")
        kinds = [event["type"] for event in fake.events() if event["data"]["object"]["id"] == second.id]
        assert kinds == ["checkout.session.expired", "checkout.session.completed"]
        client.v1.refunds.create({"payment_intent": late["payment_intent"], "reverse_transfer": True})
        adds_up(fake)

    def test_what_is_refused(self, fake: Fake) -> None:
        account, unready = provider(fake), provider(fake, ready=False)
        now = fake.client().v1.accounts.retrieve(account).created
        for more, code in [
            ({"account": unready}, "insufficient_capabilities_for_transfer"),
            ({"account": "acct_nobody"}, "resource_missing"),
            ({"account": account, "expires_at": now + 60}, None),
            ({"account": account, "amount": 29}, "amount_too_small"),
            ({"account": account, "success_url": "/back"}, "url_invalid"),
        ]:
            with pytest.raises(stripe.InvalidRequestError) as no:
                opened(fake, **more)
            assert no.value.code == code
        with pytest.raises(stripe.AuthenticationError):
            fake.client("sk_live_0123456789abcdef").v1.balance.retrieve()


class TestKeys:
    def test_one_key_is_one_payment_page(self, fake: Fake) -> None:
        account, client = provider(fake), fake.client()
        options: Any = {"idempotency_key": "purchase:1:pay:1"}
        first = client.v1.checkout.sessions.create(order(account), options)
        again = client.v1.checkout.sessions.create(order(account), options)
        assert first.id == again.id
        assert len(client.v1.checkout.sessions.list()) == 1
        with pytest.raises(stripe.IdempotencyError):
            client.v1.checkout.sessions.create(order(account, 5_000), options)
        fake.advance(DAY)
        assert client.v1.checkout.sessions.create(order(account), options).id != first.id

    def test_a_no_is_kept_under_its_key(self, fake: Fake) -> None:
        account, client = provider(fake), fake.client()
        sent: Any = {"amount": 100, "currency": "gbp", "destination": account}
        for key, enough in [("one", False), ("one", False), ("two", True)]:
            if enough:
                assert client.v1.transfers.create(sent, {"idempotency_key": key}).amount == 100
                continue
            with pytest.raises(stripe.InvalidRequestError) as no:
                client.v1.transfers.create(sent, {"idempotency_key": key})
            assert no.value.code == "balance_insufficient"
            fake.topup(1_000)

    def test_a_key_meets_itself(self, fake: Fake) -> None:
        account = provider(fake)
        fake.topup(1_000)
        fake.switch(slow=1)
        codes: list[int] = []

        def send() -> None:
            try:
                fake.client().v1.transfers.create(
                    {"amount": 100, "currency": "gbp", "destination": account}, {"idempotency_key": "one"}
                )
                codes.append(200)
            except stripe.StripeError as error:
                codes.append(error.http_status or 0)

        threads = [threading.Thread(target=send) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(codes) == [200, 409, 409]
        assert fake.balances()[account]["available"] == 100


class TestMoneyBack:
    def test_a_part_and_the_rest_and_never_more(self, fake: Fake) -> None:
        account, client = provider(fake), fake.client()
        charge = paid(fake, account)
        first = client.v1.refunds.create({"charge": charge.id, "amount": 2_400, "reverse_transfer": True})
        assert first.transfer_reversal
        assert fake.balances()[account]["pending"] == 7_200
        with pytest.raises(stripe.InvalidRequestError, match=re.escape("£72.01")):
            client.v1.refunds.create({"charge": charge.id, "amount": 7_201})
        client.v1.refunds.create({"payment_intent": charge.payment_intent})  # without the provider: the platform pays
        assert fake.balances()[account]["pending"] == 7_200
        assert fake.balances()["platform"]["pending"] == -7_200
        with pytest.raises(stripe.InvalidRequestError) as no:
            client.v1.refunds.create({"charge": charge.id})
        assert no.value.code == "charge_already_refunded"
        now = client.v1.charges.retrieve(charge.id)
        assert (now.amount_refunded, now.refunded) == (9_600, True)
        assert len(client.v1.refunds.list({"charge": charge.id})) == 2
        fake.do("fail_refund", refund=first.id)
        assert client.v1.charges.retrieve(charge.id).amount_refunded == 7_200
        adds_up(fake)

    def test_a_transfer_and_its_reversal(self, fake: Fake) -> None:
        account, client = provider(fake), fake.client()
        fake.topup(10_000)
        sent: Any = {"amount": 6_000, "currency": "gbp", "destination": account, "transfer_group": "purchase-1"}
        transfer = client.v1.transfers.create(sent)
        with pytest.raises(stripe.InvalidRequestError) as no:
            client.v1.transfers.create(sent)
        assert no.value.code == "balance_insufficient"
        client.v1.transfers.reversals.create(transfer.id, {"amount": 1_000})
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.transfers.reversals.create(transfer.id, {"amount": 5_001})
        fake.do("pay_out", account=account, amount=4_500)
        with pytest.raises(stripe.InvalidRequestError) as no:
            client.v1.transfers.reversals.create(transfer.id, {"amount": 501})
        assert no.value.code == "balance_insufficient", "more than the provider has"
        client.v1.transfers.reversals.create(transfer.id, {"amount": 500})
        (found,) = client.v1.transfers.list({"transfer_group": "purchase-1"}).data
        assert (found.amount_reversed, len(client.v1.transfers.reversals.list(found.id))) == (1_500, 2)
        assert fake.balances()[account]["available"] == 0
        adds_up(fake)

    def test_the_platform_takes_a_fee_and_gives_it_up(self, fake: Fake) -> None:
        account, client = provider(fake), fake.client()
        data = {"transfer_data": {"destination": account}, "application_fee_amount": 500}
        session = fake.pay(opened(fake, account, payment_intent_data=data).id, fee=100)
        assert fake.balances()[account]["pending"] == 9_100
        assert fake.balances()["platform"]["pending"] == 400, "its fee, less Stripe's"
        sent: Any = {"payment_intent": session["payment_intent"], "reverse_transfer": True}
        client.v1.refunds.create(sent | {"refund_application_fee": True})
        ledger = fake.ledger()["balances"]
        assert [sum(ledger[one].values()) for one in (account, "platform")] == [0, -100]
        adds_up(fake)

    def test_a_transfer_out_of_one_payment(self, fake: Fake) -> None:
        account, client = provider(fake), fake.client()
        charge = paid(fake, None)
        sent: Any = {"currency": "gbp", "destination": account, "source_transaction": charge.id}
        client.v1.transfers.create(sent | {"amount": 9_000})
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.transfers.create(sent | {"amount": 601})
        assert fake.balances()[account] == {"available": 0, "pending": 9_000, "issuing": 0}

    @pytest.mark.parametrize("won", [True, False])
    def test_a_dispute(self, fake: Fake, won: bool) -> None:
        account, client = provider(fake), fake.client()
        charge = paid(fake, account)
        dispute = fake.dispute(charge.id, reason="product_not_received", fee=2_000)
        assert fake.balances()["platform"]["available"] == -11_600
        with pytest.raises(stripe.InvalidRequestError) as no:
            client.v1.refunds.create({"charge": charge.id})
        assert no.value.code == "charge_disputed"
        sent = client.v1.disputes.update(dispute["id"], {"evidence": {"uncategorized_text": "They swam."}})
        assert (sent.status, sent.evidence_details.has_evidence) == ("under_review", True)
        fake.close_dispute(dispute["id"], won=won)
        (found,) = client.v1.disputes.list({"payment_intent": charge.payment_intent}).data
        assert found.status == ("won" if won else "lost")
        assert fake.balances()["platform"]["available"] == (-2_000 if won else -11_600)
        kinds = [event["type"] for event in fake.events() if event["data"]["object"]["id"] == found.id]
        back = ["charge.dispute.funds_reinstated"] if won else []
        names = ("created", "funds_withdrawn", "updated")
        assert kinds == [*(f"charge.dispute.{name}" for name in names), *back, "charge.dispute.closed"]
        adds_up(fake)
