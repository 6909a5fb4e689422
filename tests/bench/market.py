"""A marketplace of a hundred thousand listings."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.core.ids import new_id
from app.marketplace.models import Listing, Location, Outcode, Provider
from app.marketplace.rules import RATING_RANKS, SLOTS, ProviderKind, Rating, RegisterStatus
from tests.bench.bulk import copy
from tests.bench.machine import Bench
from tests.bench.words import ACCESS, LANGUAGES, LEADS, OFFERS, TOWNS, TRADES

_A_PROVIDER = 20  # listings


@dataclass(frozen=True)
class _Made:
    provider: dict[str, Any]
    location: dict[str, Any]


def fill(bench: Bench, listings: int) -> list[tuple[UUID, UUID, int]]:
    """Fill the marketplace.

    :param listings: how many.
    :returns: provider, listing and price of what is offered for an hour in Lewisham, to buy from.
    """
    rng = random.Random(7)
    providers = [_provider(rng, number) for number in range(max(1, listings // _A_PROVIDER))]
    with bench.connect() as connection:
        copy(connection, Outcode, ({"code": c, "lat": lat, "lon": lon, "town": t} for t, c, lat, lon in TOWNS))
        # SE6 is where the bench's people live
        copy(connection, Outcode, [{"code": "SE6", "lat": 51.4390, "lon": -0.0210, "town": "Catford"}])
        copy(connection, Provider, (made.provider for made in providers))
        copy(connection, Location, (made.location for made in providers))
        local: list[tuple[UUID, UUID, int]] = []
        copy(connection, Listing, _listings(rng, providers, listings, local))
    return local


def _provider(rng: random.Random, number: int) -> _Made:
    town, code, lat, lon = TOWNS[number % len(TOWNS)]
    name = f"{rng.choice(LEADS)} {rng.choice(TRADES)} {town} {number}"
    rating = rng.choice((*Rating, Rating.GOOD, Rating.GOOD, None))
    provider = {
        "id": new_id(),
        "kind": ProviderKind.ORGANISATION,
        "name": name,
        "cqc_id": f"1-{number + 100_000_000}",
        "status": RegisterStatus.REGISTERED,
        "rating": rating,
        "gender": rng.choice(("Woman", "Man", None)),
        "description": f"We have worked in {town} for years and know it well.",
    }
    location = {
        "provider_id": provider["id"],
        "cqc_id": f"1-{number + 500_000_000}",
        "id": new_id(),
        "name": name,
        "address": f"{rng.randint(1, 200)} High Street, {town}",
        "postcode": f"{code} 1AA",
        "outcode": code,
        "lat": lat + rng.gauss(0, 0.08),
        "lon": lon + rng.gauss(0, 0.12),
        "status": RegisterStatus.REGISTERED,
        "rating": rating,
    }
    return _Made(provider, location)


def _listings(
    rng: random.Random, providers: list[_Made], count: int, local: list[tuple[UUID, UUID, int]]
) -> Iterator[dict[str, Any]]:
    for number in range(count):
        made = providers[number % len(providers)]
        category, title, unit, low, high = OFFERS[rng.randrange(len(OFFERS))]
        rating = made.provider["rating"]
        price: int | None = rng.randint(low, high) // 10 * 10
        unpriced = rng.random() < 0.15
        row = {
            "id": new_id(),
            "provider_id": made.provider["id"],
            "location_id": made.location["id"],
            "title": title,
            "summary": f"{title} in and around {made.location['address'].split(', ')[1]}, by people who turn up.",
            "category": category,
            "unit": unit,
            "price_pence": None if unpriced else price,
            "at_home": number % 3 != 0,
            "at_venue": number % 3 == 0,
            "remote": rng.random() < 0.01,
            "radius_miles": rng.choice((5, 10, 15, 25)),
            "lat": made.location["lat"],
            "lon": made.location["lon"],
            # as on a real register: most say nothing, some say when, in what language and with what access
            "languages": rng.sample(LANGUAGES, rng.choice((0, 0, 0, 1, 2))),
            "accessibility": rng.sample(ACCESS, rng.choice((0, 0, 0, 2, 3))),
            "times": rng.sample(SLOTS, rng.choice((0, 0, 3, 6))),
            "takes_new_people": rng.random() < 0.85,
            "personal_care": rng.random() < 0.4,
            "who": made.provider["name"],
            "rating_rank": RATING_RANKS[rating] if rating else 0,
            # streets and surnames: as many different words as a real register has
            "keywords": f"{category.also} {_odd_word(rng)} {_odd_word(rng)}",
        }
        if made.location["outcode"] == "SE13" and unit == "hour" and not unpriced and category == "personal-assistants":
            local.append((made.provider["id"], row["id"], price))
        yield row


_STARTS = ("ar", "bel", "cor", "dun", "el", "fen", "gar", "hol", "in", "jes", "kel", "lan", "mar", "nor", "ow", "pen")
_MIDDLES = ("quin", "ros", "sta", "tor", "ul", "ves", "wil", "yor", "zan", "ban", "den", "lin", "mun", "ral", "sel")
_ENDS = ("ton", "ham", "ley", "by", "ford", "wick", "combe", "stead")


def _odd_word(rng: random.Random) -> str:
    return rng.choice(_STARTS) + rng.choice(_MIDDLES) + rng.choice(_MIDDLES) + rng.choice(_ENDS)
