"""The second step of a provider's people: asked for on every page, since all of them may say who buys what."""

from __future__ import annotations

from flask.testing import FlaskClient

from app.marketplace import queries as market
from tests.factories import give_authority, make_commissioner, make_person
from tests.web.test_second_step import half, of_role


def test_a_provider_reads_nothing_of_buyers_with_the_passphrase_alone(client: FlaskClient) -> None:
    """Their notices, and the download with all of them, say who buys what for how much, as their own pages do."""
    account = of_role("provider")
    (provider,) = market.providers_of(account.id)
    own = [f"/provider/{provider.ref}/{page}" for page in ("", "orders", "listings")]
    half(client, account)
    for page in ("/notices", "/records", "/account", "/people", *own):
        assert client.get(page).location == f"/second-step/set-up?next={page}"
    assert "You need one for what you do here" in client.get("/second-step/set-up?next=/notices").text


def test_a_provider_who_has_a_budget_too_is_asked_there_as_well(client: FlaskClient) -> None:
    account = of_role("provider")
    person = make_person(make_commissioner())
    give_authority(account, person)
    assert half(client, account).get(f"/p/{person.ref}/").location == f"/second-step/set-up?next=/p/{person.ref}/"
