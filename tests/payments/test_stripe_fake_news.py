"""The stand-in's news and what goes wrong on purpose: webhooks, lost answers, restarts, payouts, lists."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe

from app.config import ROOT
from tests.stripe_fake.listening import Listener, listening
from tests.stripe_fake.running import KEY, SECRET, Fake, FakeError, running_fake
from tests.stripe_fake.state import World
from tests.stripe_fake.trying import DAY, ONBOARDING, adds_up, opened, order, paid, provider
from tests.stripe_fake.webhooks import Endpoints

OTHER = "whsec_ToConnectedAccounts"


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as listener:
        yield listener


@pytest.fixture
def fake(listener: Listener) -> Iterator[Fake]:
    with running_fake(listener.url, connect_secret=OTHER) as fake:
        yield fake


class TestContract:
    def test_what_breaks_it_is_refused_and_fails_the_test(self) -> None:
        with pytest.raises(AssertionError), running_fake() as fake:  # noqa: PT012
            account = provider(fake)
            with pytest.raises(stripe.InvalidRequestError) as no:
                opened(fake, account, payment_method_types=["card"])
            assert (no.value.code, no.value.param) == ("parameter_unknown", "payment_method_types")
            (found,) = fake.violations()
            assert found["verb"] == "POST"
            assert found["path"] == "/v1/checkout/sessions"
            assert found["sentence"] == "$.payment_method_types: unknown parameter"

    @pytest.mark.parametrize(
        ("path", "body", "code", "status"),
        [
            ("/v1/transfers", "amount=12.5&currency=gbp&destination=acct_1", "parameter_invalid_integer", 400),
            ("/v1/transfers", "amount=12&currency=gbp", "parameter_missing", 400),
            ("/v1/refunds", "charge=ch_1&reason=regret", None, 400),
            ("/v1/customers", "", None, 404),
        ],
    )
    def test_over_the_wire(self, path: str, body: str, code: str | None, status: int) -> None:
        with running_fake(contract=False) as fake:
            headers = {"Authorization": f"Bearer {KEY}", "Stripe-Version": stripe.api_version}
            said = requests.post(fake.url + path, data=body, headers=headers, timeout=10)
            assert (said.status_code, said.json()["error"].get("code")) == (status, code)
            assert len(fake.violations()) == 1

    def test_another_version_of_the_api(self) -> None:
        with running_fake(contract=False) as fake:
            headers = {"Authorization": f"Bearer {KEY}", "Stripe-Version": "2020-08-27"}
            assert requests.get(f"{fake.url}/v1/balance", headers=headers, timeout=10).status_code == 200
            assert "Stripe-Version" in fake.violations()[0]["sentence"]

    def test_events_are_held_against_it_as_well(self) -> None:
        world = World(Endpoints())
        world.tell("balance.available", {"object": "balance", "available": [], "livemode": False})
        world.tell("balance.eaten", {"object": "balance", "available": [], "pending": [], "livemode": False})
        world.outbox.stop()
        first, second = world.violations
        assert (first["path"], first["sentence"][:19]) == ("balance.available", "$.pending: missing ")
        assert second["sentence"].startswith("$.type: 'balance.eaten'")


class TestWebhooks:
    def test_signed_and_in_order(self, fake: Fake, listener: Listener) -> None:
        account = provider(fake)
        fake.client().v1.refunds.create({"charge": paid(fake, account).id, "reverse_transfer": True})
        assert fake.deliver()["not_taken"] == []
        listener.verify_all(SECRET, OTHER)
        with pytest.raises(stripe.SignatureVerificationError):
            listener.verify_all(SECRET)
        assert listener.kinds == [
            "account.external_account.created", "account.updated", "payment_intent.created", "transfer.created",
            "charge.succeeded", "payment_intent.succeeded", "checkout.session.completed", "transfer.reversed",
            "charge.refunded", "refund.created", "refund.updated", "charge.refund.updated",
        ]  # fmt: skip
        assert [event.get("account") for event in listener.events[:3]] == [account, account, None]
        assert listener.events == fake.events()

    def test_who_is_not_there_is_tried_again(self, fake: Fake, listener: Listener) -> None:
        listener.answer = lambda event: (200 if len(listener.came) > 2 else 503, {}, b"")
        fake.pay(opened(fake, None).id, "declined")
        assert fake.deliver()["not_taken"] == []
        assert listener.kinds[:3] == ["payment_intent.created"] * 3
        listener.answer = lambda event: (500, {}, b"")
        fake.topup(1)
        event = fake.do("redeliver", event=fake.events()[0]["id"])
        assert fake.deliver()["not_taken"] == [event["id"]]

    def test_dropped_doubled_and_out_of_order_the_same_way_again(self, listener: Listener) -> None:
        def once() -> list[str]:
            listener.came.clear()
            with running_fake(listener.url) as fake:
                fake.switch(drop=0.3, duplicate=0.3, reorder=0.3, seed=7)
                for _ in range(4):
                    fake.pay(opened(fake, None).id)
                names = {event["id"]: f"{number}" for number, event in enumerate(fake.events())}
                fake.deliver()
            return [names[event["id"]] for event in listener.events]

        first = once()
        assert first == once()
        assert len(set(first)) < 16, "some never came"
        assert len(set(first)) < len(first), "some came twice"
        assert first != sorted(first, key=int), "some came late"

    def test_delayed_until_they_are_pushed(self, fake: Fake, listener: Listener) -> None:
        fake.switch(delay=3_600)
        fake.pay(opened(fake, None).id)
        assert listener.came == []
        fake.deliver()
        assert len(listener.came) == 4


class TestAnswers:
    def test_lost_and_asked_again_with_its_key(self, fake: Fake) -> None:
        account = provider(fake)
        fake.switch(lose_response=1)
        with pytest.raises(stripe.APIConnectionError):
            fake.client().v1.checkout.sessions.create(order(account), {"idempotency_key": "one"})
        fake.switch(lose_response=0)
        found = fake.client().v1.checkout.sessions.create(order(account), {"idempotency_key": "one"})
        assert [one.id for one in fake.client().v1.checkout.sessions.list()] == [found.id]

    def test_failed_inside_and_asked_again_by_the_library(self, fake: Fake) -> None:
        fake.topup(10_000)
        account = provider(fake)
        fake.switch(error_500=0.5, lose_response=0.3, seed=3)
        for _ in range(3):
            fake.client(retries=8).v1.transfers.create({"amount": 100, "currency": "gbp", "destination": account})
        fake.switch(error_500=0, lose_response=0)
        assert len(fake.client().v1.transfers.list()) == 3
        adds_up(fake)

    def test_no_such_switch(self, fake: Fake) -> None:
        for wrong in ({"explode": 1}, {"drop": -1}, {"drop": True}):
            with pytest.raises(FakeError):
                fake.switch(**wrong)
        with pytest.raises(FakeError):
            fake.do("explode")
        with pytest.raises(FakeError):
            fake.do("pay", colour="red")


class TestProviders:
    def test_asked_given_and_asked_again(self, fake: Fake) -> None:
        account, client = provider(fake, ready=False), fake.client()
        asked = client.v1.accounts.retrieve(account)
        assert (asked.charges_enabled, asked.capabilities.transfers) == (False, "inactive")
        assert asked.requirements.currently_due
        link = client.v1.account_links.create({"account": account, **ONBOARDING})
        assert "external_account" in requests.get(link.url, timeout=10).text
        said = requests.post(link.url, data={"do": "everything"}, timeout=10, allow_redirects=False)
        assert (said.status_code, said.headers["Location"]) == (303, ONBOARDING["return_url"])
        given = client.v1.accounts.retrieve(account)
        assert (given.capabilities.transfers, given.payouts_enabled) == ("active", True)
        assert given.requirements.currently_due == []
        fake.do("change_bank", account=account, last4="1111")
        bank: Any = {"object": "bank_account", "country": "GB", "currency": "gbp", "account_number": "00012345"}
        assert client.v1.accounts.update(account, {"external_account": bank}).external_accounts.data[0].last4 == "2345"
        assert client.v1.accounts.login_links.create(account).url
        fake.do("ask_for", account=account, due=["individual.verification.document"], reason="requirements.past_due")
        with pytest.raises(stripe.InvalidRequestError):
            opened(fake, account)
        kinds = [event["type"] for event in fake.events() if event.get("account") == account]
        assert kinds.count("account.external_account.updated") == 2
        assert kinds.count("account.updated") == 4

    def test_a_payout_that_arrives_and_one_that_fails(self, fake: Fake) -> None:
        account, client = provider(fake), fake.client()
        paid(fake, account)
        with pytest.raises(stripe.InvalidRequestError) as no:
            client.v1.payouts.create({"amount": 100, "currency": "gbp"}, {"stripe_account": account})
        assert no.value.code == "balance_insufficient", "not available yet"
        fake.settle()
        client.v1.payouts.create({"amount": 600, "currency": "gbp"}, {"stripe_account": account})
        rest = fake.do("pay_out", account=account)
        assert (rest["amount"], rest["automatic"]) == (9_000, True)
        first, second = client.v1.payouts.list(None, {"stripe_account": account}).data[::-1]
        assert client.v1.payouts.list().data == []
        assert fake.do("end_payout", payout=first.id)["status"] == "paid"
        failed = fake.do("end_payout", payout=second.id, failure="account_closed")
        assert (failed["status"], failed["failure_code"]) == ("failed", "account_closed")
        assert client.v1.balance.retrieve(None, {"stripe_account": account}).available[0].amount == 9_000
        kinds = [event["type"] for event in fake.events() if event.get("account") == account]
        assert kinds[-5:] == ["balance.available", *["payout.created"] * 2, "payout.paid", "payout.failed"]
        adds_up(fake)


class TestLists:
    def test_page_by_page(self, fake: Fake) -> None:
        account, client = provider(fake), fake.client()
        for _ in range(3):
            paid(fake, account)
        book = client.v1.balance_transactions
        rows = list(book.list({"limit": 2}).auto_paging_iter())
        assert [one.type for one in rows] == ["transfer", "charge"] * 3
        assert book.list({"limit": 2}).has_more
        assert len(book.list({"type": "transfer"})) == 3
        assert [one.id for one in book.list({"source": rows[0].source})] == [rows[0].id]
        assert len(book.list(None, {"stripe_account": account})) == 3
        moment = rows[0].created
        assert len(book.list({"created": {"gte": moment + 60}})) == 0
        assert len(book.list({"created": {"gte": moment - 60, "lt": moment + 60}})) == 6
        news = client.v1.events.list({"types": ["checkout.session.completed"], "created": {"gte": moment - 60}})
        assert len(news) == 3
        assert client.v1.events.retrieve(news.data[0].id).data.object["object"] == "checkout.session"
        (mine,) = client.v1.events.list({"type": "account.updated"}, {"stripe_account": account}).data
        assert mine.account == account
        assert client.v1.events.list({"type": "account.*"}).data == []
        back = book.list({"limit": 2, "ending_before": rows[4].id})
        assert [one.id for one in back] == [rows[2].id, rows[3].id]

    def test_money_becomes_available_with_time(self, fake: Fake) -> None:
        account = provider(fake)
        paid(fake, account)
        fake.advance(8 * DAY)
        assert fake.balances()[account] == {"available": 9_600, "pending": 0, "issuing": 0}


def test_a_restart_forgets_nothing(tmp_path: Path, listener: Listener) -> None:
    file = tmp_path / "stripe.json"
    with running_fake(listener.url, state=file) as fake:
        account = provider(fake)
        first = fake.client().v1.checkout.sessions.create(order(account), {"idempotency_key": "one"})
        fake.switch(delay=3_600)
        charge = paid(fake, account)
        before = fake.ledger()
    with running_fake(listener.url, state=file) as fake:
        again = fake.client().v1.checkout.sessions.create(order(account), {"idempotency_key": "one"})
        assert again.id == first.id
        assert fake.ledger() == before
        fake.client().v1.refunds.create({"charge": charge.id, "reverse_transfer": True})
        adds_up(fake)
        fake.deliver()
        assert len(listener.came) == len(fake.events()), "what waited has been delivered"
        fake.do("reset")
        assert fake.events() == []
    assert account not in file.read_text()


def test_started_by_hand(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "tests.stripe_fake", "--port", "0", "--state", str(tmp_path / "stripe.json")]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            url = line.split(" on ")[1].split(". ")[0]
            assert Fake(url).client().v1.balance.retrieve().available[0].amount == 0
        finally:
            process.terminate()
    assert (tmp_path / "stripe.json").exists()
