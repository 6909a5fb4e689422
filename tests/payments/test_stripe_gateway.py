"""What goes over the wire to Stripe, and how a no is told from silence. Real HTTP, to a server that only records.

That server knows nothing of what Stripe does with a request.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from app.config import Settings
from app.payments.stripe_asking import CheckoutOrder, RefusedError, UnknownOutcomeError
from app.payments.stripe_gateway import Gateway
from app.payments.stripe_objects import (
    CheckoutState,
    DisputeState,
    OddAnswerError,
    PaymentState,
    RefundState,
)
from tests.core.test_stripe_settings import KEY, WHOLE

MOMENT = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
SESSION = {
    "id": "cs_test_1", "object": "checkout.session", "url": "https://pay.example.org/cs_test_1", "status": "open",
    "payment_status": "unpaid", "amount_total": 9600, "currency": "gbp", "payment_intent": None,
    "client_reference_id": "purchase-1", "expires_at": int(MOMENT.timestamp()),
}  # fmt: skip
ORDER = CheckoutOrder(
    reference="purchase-1",
    what="One-to-one company at the pool",
    amount_pence=9_600,
    account_id="acct_1",
    back_url="https://purse.example.org/back",
    leave_url="https://purse.example.org/leave",
    expires_at=MOMENT,
)


@dataclass
class Wire:
    """What was sent, and what is to be answered next: a status and an object, or None to hang up."""

    url: str = ""
    sent: list[tuple[str, str, dict[str, list[str]], Any]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, Any]] | None] = field(default_factory=list)

    def will_say(self, *said: dict[str, Any] | tuple[int, dict[str, Any]] | None) -> None:
        self.answers[:] = [(200, one) if isinstance(one, dict) else one for one in said]


@pytest.fixture
def wire() -> Iterator[Wire]:
    wire = Wire()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            parts = urlsplit(self.path)
            wire.sent.append((self.command, parts.path, parse_qs(body or parts.query), self.headers))
            said = wire.answers.pop(0) if len(wire.answers) > 1 else wire.answers[0]
            if said is None:
                self.close_connection = True
                self.connection.close()
                return
            text = json.dumps(said[1]).encode()
            self.send_response(said[0])
            self.send_header("Content-Type", "application/json")
            self.send_header("Request-Id", "req_1")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_DELETE = _answer

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    wire.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield wire
    server.shutdown()
    server.server_close()


@pytest.fixture
def gateway(wire: Wire) -> Gateway:
    settings = Settings.from_env(WHOLE | {"STRIPE_API_BASE": wire.url}).stripe
    assert settings is not None
    return Gateway(settings)


class TestCheckout:
    def test_a_payment_page_is_a_destination_charge_under_its_key(self, gateway: Gateway, wire: Wire) -> None:
        wire.will_say(SESSION)
        opened = gateway.open_checkout("purchase:1:pay:1", ORDER)
        assert (opened.state, opened.is_paid, opened.amount_pence) == (CheckoutState.OPEN, False, 9_600)
        assert (opened.reference, opened.expires_at) == ("purchase-1", MOMENT)
        ((verb, path, sent, headers),) = wire.sent
        assert (verb, path) == ("POST", "/v1/checkout/sessions")
        assert headers["Idempotency-Key"] == "purchase:1:pay:1"
        assert headers["Stripe-Version"] == "2026-10-28.endive"
        assert headers["Authorization"] == f"Bearer {KEY}"
        assert sent["payment_intent_data[transfer_data][destination]"] == ["acct_1"]
        assert sent["line_items[0][price_data][unit_amount]"] == ["9600"]
        assert sent["line_items[0][price_data][currency]"] == ["gbp"]
        methods = {name: value for name, value in sent.items() if "payment_method_types" in name}
        assert methods == {
            "allowed_payment_method_types[0]": ["card"], "allowed_payment_method_types[1]": ["pay_by_bank"]
        }, "nothing that lends"  # fmt: skip

    def test_closing_a_page_that_was_paid_says_so(self, gateway: Gateway, wire: Wire) -> None:
        paid = SESSION | {"status": "complete", "payment_status": "paid", "url": None, "payment_intent": "pi_1"}
        wire.will_say((400, {"error": {"type": "invalid_request_error", "message": "It is complete"}}), paid)
        closed = gateway.close_checkout("cs_test_1")
        assert (closed.state, closed.is_paid, closed.payment_id) == (CheckoutState.COMPLETE, True, "pi_1")
        assert [path for _, path, _, _ in wire.sent] == [
            "/v1/checkout/sessions/cs_test_1/expire", "/v1/checkout/sessions/cs_test_1"
        ]  # fmt: skip

    def test_another_currency_is_refused(self, gateway: Gateway, wire: Wire) -> None:
        wire.will_say(SESSION | {"currency": "eur"})
        with pytest.raises(OddAnswerError):
            gateway.checkout("cs_test_1")


class TestMoneyBack:
    def test_the_provider_gives_back_the_same(self, gateway: Gateway, wire: Wire) -> None:
        wire.will_say(
            {"id": "re_1", "object": "refund", "status": "succeeded", "amount": 2_400, "currency": "gbp",
             "payment_intent": "pi_1", "transfer_reversal": "trr_1", "metadata": {"reference": "back-1"},
             "created": int(MOMENT.timestamp())}
        )  # fmt: skip
        back = gateway.give_back("purchase:1:refund:1", "pi_1", 2_400, "back-1")
        assert (back.state, back.amount_pence, back.reversal_id) == (RefundState.BACK, 2_400, "trr_1")
        assert (back.reference, back.written_at) == ("back-1", MOMENT)
        sent = wire.sent[0][2]
        assert (sent["reverse_transfer"], sent["amount"]) == (["true"], ["2400"])

    def test_a_payment_shows_what_became_of_its_money(self, gateway: Gateway, wire: Wire) -> None:
        charge = {"id": "ch_1", "object": "charge", "amount_refunded": 2_400, "disputed": True, "transfer": "tr_1"}
        said = {"id": "pi_1", "object": "payment_intent", "status": "succeeded", "amount": 9_600, "currency": "gbp",
                "amount_received": 9_600, "latest_charge": charge, "last_payment_error": None}  # fmt: skip
        wire.will_say(said, said | {"status": "processing", "latest_charge": None})
        paid, waits = gateway.payment("pi_1"), gateway.payment("pi_1")
        assert (paid.state, paid.refunded_pence, paid.transfer_id) == (PaymentState.PAID, 2_400, "tr_1")
        assert paid.is_disputed
        assert (waits.state, waits.charge_id) == (PaymentState.ON_ITS_WAY, "")

    def test_every_page_of_a_list_is_read(self, gateway: Gateway, wire: Wire) -> None:
        def dispute(number: int, status: str) -> dict[str, Any]:
            return {"id": f"dp_{number}", "object": "dispute", "status": status, "amount": 9_600, "currency": "gbp",
                    "payment_intent": "pi_1", "reason": "product_not_received", "evidence_details": {}}  # fmt: skip

        page = {"object": "list", "url": "/v1/disputes", "has_more": True, "data": [dispute(1, "needs_response")]}
        wire.will_say(page, page | {"has_more": False, "data": [dispute(2, "won"), dispute(3, "lost")]})
        found = gateway.disputes_of("pi_1")
        assert [one.state for one in found] == [DisputeState.OPEN, DisputeState.WON, DisputeState.LOST]
        assert wire.sent[1][2]["starting_after"] == ["dp_1"]


_ERROR = {"error": {"type": "invalid_request_error", "code": "charge_already_refunded", "message": "Sam's money"}}


class TestFailing:
    @pytest.mark.parametrize(
        ("status", "code"),
        [
            (400, "charge_already_refunded"),
            (401, "AuthenticationError"),
            (402, "charge_already_refunded"),
            (403, "PermissionError"),
            (404, "charge_already_refunded"),
        ],
    )
    def test_a_no_is_a_no(self, gateway: Gateway, wire: Wire, status: int, code: str) -> None:
        wire.will_say((status, _ERROR))
        with pytest.raises(RefusedError) as refused:
            gateway.give_back("key", "pi_1", 1, "back-1")
        assert refused.value.code == code
        assert len(wire.sent) == 1, "nobody asks again what was refused"
        for said in (str(refused.value), refused.value.why):
            assert "Sam" not in said
            assert KEY not in said

    @pytest.mark.parametrize("said", [(500, _ERROR), (503, _ERROR), (409, _ERROR), (429, _ERROR), None])
    def test_silence_may_have_done_it(
        self, gateway: Gateway, wire: Wire, said: tuple[int, dict[str, Any]] | None
    ) -> None:
        wire.will_say(said)
        with pytest.raises(UnknownOutcomeError) as unknown:
            gateway.give_back("purchase:1:refund:1", "pi_1", 1, "back-1")
        assert {headers["Idempotency-Key"] for *_, headers in wire.sent} == {"purchase:1:refund:1"}, "one key"
        assert KEY not in unknown.value.why
        assert "Sam" not in unknown.value.why

    def test_a_lost_answer_is_asked_for_again_under_the_same_key(self, gateway: Gateway, wire: Wire) -> None:
        wire.will_say(None, SESSION)
        assert gateway.open_checkout("purchase:1:pay:1", ORDER).id == "cs_test_1"
        assert [headers["Idempotency-Key"] for *_, headers in wire.sent] == ["purchase:1:pay:1"] * 2


class TestProviders:
    def test_what_is_asked_of_them(self, gateway: Gateway, wire: Wire) -> None:
        said = {
            "id": "acct_1", "object": "account", "capabilities": {"transfers": "pending"}, "payouts_enabled": False,
            "details_submitted": True,
            "requirements": {"past_due": ["external_account"], "currently_due": ["external_account", "tos_acceptance"],
                             "eventually_due": ["company.tax_id"], "disabled_reason": "requirements.past_due",
                             "current_deadline": int(MOMENT.timestamp())},
            "external_accounts": {"object": "list", "data": [{"id": "ba_1", "last4": "1234"},
                {"id": "ba_2", "last4": "6789", "default_for_currency": True}]},
        }  # fmt: skip
        wire.will_say(said)
        opened = gateway.open_account("provider:1:open:1", "swim", "bea@example.org")
        assert (opened.can_be_paid, opened.is_paid_out) == (False, False)
        assert (opened.due, opened.coming) == (("external_account", "tos_acceptance"), ("company.tax_id",))
        assert (opened.due_by, opened.closed_why) == (MOMENT, "requirements.past_due")
        assert (opened.bank_id, opened.bank_ending) == ("ba_2", "6789")
        wire.will_say(said | {"capabilities": {"transfers": "active"}, "requirements": None, "external_accounts": None})
        ready = gateway.account("acct_1")
        assert (ready.can_be_paid, ready.due, ready.bank_id) == (True, (), "")

    def test_their_payouts_are_asked_for_as_them(self, gateway: Gateway, wire: Wire) -> None:
        wire.will_say({"object": "list", "url": "/v1/payouts", "has_more": False, "data": [
            {"id": "po_1", "object": "payout", "status": "failed", "amount": 9_600, "currency": "gbp",
             "arrival_date": int(MOMENT.timestamp()), "failure_code": "account_closed"}]})  # fmt: skip
        (payout,) = gateway.payouts("acct_1")
        assert (payout.state, payout.problem, payout.arrives_at) == ("failed", "account_closed", MOMENT)
        assert wire.sent[0][3]["Stripe-Account"] == "acct_1"


@pytest.mark.parametrize(
    "ask",
    [
        lambda gateway: gateway.events_since(MOMENT, ["checkout.session.completed"]),
        lambda gateway: gateway.balance_rows(MOMENT, MOMENT),
        lambda gateway: gateway.refunds_of("pi_1"),
    ],
)
def test_an_empty_list_is_empty(gateway: Gateway, wire: Wire, ask: Callable[[Gateway], list[Any]]) -> None:
    wire.will_say({"object": "list", "url": "/v1/x", "has_more": False, "data": []})
    assert ask(gateway) == []


def test_a_part_of_a_list_is_never_taken_for_the_whole(
    gateway: Gateway, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reconciliation over a list that was cut off would find nothing wrong."""
    monkeypatch.setattr("app.payments.stripe_gateway._MOST", 1)
    refund = {"object": "refund", "status": "succeeded", "amount": 1, "currency": "gbp", "created": 1}
    rows = [refund | {"id": f"re_{number}"} for number in range(2)]
    page = {"object": "list", "url": "/v1/refunds", "has_more": False}
    wire.will_say(page | {"data": rows[:1]}, page | {"data": rows})
    assert [one.id for one in gateway.refunds_of("pi_1")] == ["re_0"]
    with pytest.raises(UnknownOutcomeError):
        gateway.refunds_of("pi_1")
