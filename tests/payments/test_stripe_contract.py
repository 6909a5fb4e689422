"""The contract with Stripe that is read out of its library: that it says no where Stripe would."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stripe_fake import objects, objects_other
from tests.stripe_fake.contract import check_error, check_event, check_object, check_request, check_response, unflatten
from tests.stripe_fake.contract_forms import ClassRef, Either, Form, ListOf, MapOf
from tests.stripe_fake.contract_reading import fields, resource, routes

SESSION = (
    "mode=payment&success_url=https%3A%2F%2Fexample.org%2Fback&line_items[0][quantity]=1"
    "&line_items[0][price_data][currency]=gbp&line_items[0][price_data][unit_amount]=9600"
    "&line_items[0][price_data][product_data][name]=Swimming"
)
CARD = "currency=gbp&type=virtual&cardholder=ich_1"


def wrong(verb: str, path: str, body: str = "", content_type: str = "") -> list[str]:
    return check_request(verb, path, body, content_type)[0]


class TestReading:
    def test_every_route_and_class_of_the_library_is_understood(self) -> None:
        """An annotation that is not understood would let anything through."""
        seen: set[ClassRef] = set()

        def walk(form: Form | None) -> None:
            if isinstance(form, ClassRef) and form not in seen:
                seen.add(form)
                for one in fields(form).values():
                    walk(one.form)
            elif isinstance(form, Either):
                for other in form.forms:
                    walk(other)
            elif isinstance(form, ListOf):
                walk(form.item)
            elif isinstance(form, MapOf):
                walk(form.value)

        for route in routes():
            if route.path.startswith("/v1/"):
                walk(route.params)
                walk(route.returns)
        assert len(routes()) > 600
        assert len(seen) > 5_000

    def test_the_route_with_fewer_names_in_braces_is_meant(self) -> None:
        _, route = check_request("GET", "/v1/charges/search?query=x", "")
        assert route is not None
        assert route.path == "/v1/charges/search"

    def test_a_form_is_read_as_stripe_reads_it(self) -> None:
        assert unflatten("a[b][0]=1&a[b][1]=2&c=&d[]=x&d[]=y") == {
            "a": {"b": {"0": "1", "1": "2"}}, "c": "", "d": ["x", "y"]
        }  # fmt: skip
        with pytest.raises(ValueError, match="names in it"):
            unflatten("a=1&a[b]=2")


class TestRequests:
    def test_what_we_send_is_allowed(self) -> None:
        assert wrong("POST", "/v1/checkout/sessions", SESSION) == []
        assert wrong("GET", "/v1/events?created[gte]=1790000000&types[0]=charge.refunded&limit=100") == []

    def test_payment_method_types_were_removed(self) -> None:
        """Most tutorials still send them, and Stripe answers 400."""
        assert wrong("POST", "/v1/checkout/sessions", f"{SESSION}&payment_method_types[0]=card") == [
            "$.payment_method_types: unknown parameter"
        ]
        assert wrong("POST", "/v1/checkout/sessions", f"{SESSION}&allowed_payment_method_types[0]=card") == []

    @pytest.mark.parametrize(
        ("path", "body", "sentence"),
        [
            ("/v1/transfers", "currency=gbp&destination=acct_1&amount=12.5", "$.amount: expected an integer"),
            ("/v1/transfers", "currency=gbp&destination=acct_1&amount=12&to=me", "$.to: unknown parameter"),
            ("/v1/transfers", "currency=gbp&amount=12", "$.destination: required"),
            ("/v1/refunds", "charge=ch_1&reverse_transfer=yes", "$.reverse_transfer: expected a boolean"),
            ("/v1/refunds", "charge=ch_1&reason=regret", "$.reason: 'regret' is not one of the 3"),
            ("/v1/refunds", "charge=ch_1&metadata=mine", "$.metadata"),
            ("/v1/refunds", "charge[id]=ch_1", "$.charge: expected a string"),
            ("/v1/account_links", "account=acct_1&type=welcome", "$.type: 'welcome' is not one of the 2"),
            ("/v1/issuing/cards", f"{CARD}&spending_controls[blocked_categories][0]=off_licence", "off_licence"),
            ("/v1/checkout/sessions", f"{SESSION}&line_items[1][price_data][unit_amount]=1", "currency: required"),
            ("/v1/nothing", "", "no such route"),
        ],
    )
    def test_what_stripe_does_not_take(self, path: str, body: str, sentence: str) -> None:
        found = wrong("POST", path, body)
        assert len(found) == 1
        assert sentence in found[0]

    def test_an_empty_value_takes_metadata_away(self) -> None:
        assert wrong("POST", "/v1/refunds/re_1", "metadata=") == []


def charge(**changed: Any) -> dict[str, Any]:
    return objects.charge(id="ch_1", created=1, amount=100, **changed)


class TestAnswers:
    def test_every_required_field_must_be_there(self) -> None:
        _, route = check_request("GET", "/v1/charges/ch_1", "")
        assert route is not None
        assert check_response(route, charge()) == []
        for name in ("amount", "disputed", "billing_details", "created"):
            lacking = {key: value for key, value in charge().items() if key != name}
            assert check_response(route, lacking) == [f"$.{name}: missing"]

    def test_neither_another_field_nor_another_type(self) -> None:
        assert check_object(charge(colour="red")) == ["$.colour: not a field of Charge"]
        assert check_object(charge(amount_refunded="1")) == ["$.amount_refunded: expected an integer, got '1'"]
        assert check_object(charge(status="fine"))[0].startswith("$.status: 'fine' is not one of the 3")
        assert check_object({"id": "x", "object": "charm"}) == ["$: no such object: 'charm'"]

    def test_what_is_expanded_is_looked_into(self) -> None:
        intent = objects.payment_intent(
            id="pi_1", created=1, amount=100, payment_method_types=["card"], latest_charge="ch_1"
        )
        assert check_object(intent) == []
        assert check_object(intent | {"latest_charge": charge()}) == []
        assert check_object(intent | {"latest_charge": charge(status="fine")})[0].startswith("$.latest_charge.status")

    def test_a_page_of_a_list(self) -> None:
        _, route = check_request("GET", "/v1/charges", "")
        assert route is not None
        assert check_response(route, objects.listed([charge()], "/v1/charges")) == []
        assert check_response(route, {"data": [charge()]})[0].startswith("$: expected a list object")
        assert check_response(route, objects.listed([charge(paid="yes")], "/v1/charges"))[0].startswith(
            "$.data[0].paid"
        )

    def test_an_event_and_what_is_in_it(self) -> None:
        event = {
            "id": "evt_1", "object": "event", "created": 1, "livemode": False, "pending_webhooks": 0,
            "type": "charge.refunded", "data": {"object": charge()},
        }  # fmt: skip
        assert check_event(event) == []
        assert check_event(event | {"type": "charge.eaten"})[0].startswith("$.type: 'charge.eaten'")
        assert "(in the object of charge.refunded)" in check_event(event | {"data": {"object": charge(paid=1)}})[0]

    def test_an_error(self) -> None:
        assert check_error({"error": {"type": "card_error", "code": "card_declined", "message": "No"}}) == []
        assert check_error({"error": {"type": "a_whim", "message": "No"}})[0].startswith("$.error.type")
        assert check_error({"error": {"type": "card_error", "code": "moody", "message": "No"}})[0].startswith(
            "$.error.code"
        )
        assert check_error({"sorry": True}) != []

    @pytest.mark.parametrize(
        "name",
        ["account", "balance", "balance_transaction", "checkout.session", "dispute", "event", "issuing.authorization",
         "issuing.card", "issuing.cardholder", "issuing.transaction", "payment_intent", "payout", "refund", "transfer",
         "transfer_reversal"],
    )  # fmt: skip
    def test_the_library_knows_our_objects(self, name: str) -> None:
        found = resource(name)
        assert found is not None
        assert fields(found)["object"].needed
        assert check_object({"object": name}) != [], "an empty one breaks it"

    def test_a_new_account_is_whole(self) -> None:
        assert check_object(objects_other.account("acct_1")) == []
