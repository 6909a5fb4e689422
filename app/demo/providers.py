"""The marketplace of the demonstration: about 400 made-up providers and personal assistants around one place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import cycle
from random import Random

from app.demo.known_providers import known
from app.demo.places import EDGE, FAR, NEAR, OUTCODES, VALE
from app.demo.provider_words import ACCESS, HEADS, LANGUAGES, PA_NAMES, PA_OFFERS, TRADES, Offer, Trade
from app.marketplace.rules import SLOTS, Category, Employment, ProviderKind, Rating, RegisterStatus
from app.marketplace.service import NewListing, NewProvider

PAS = 84
_STREETS = ("High Street", "Station Road", "Mill Lane", "Church Road", "Park Parade", "Albion Way", "Canal Walk",
    "Vicarage Road")
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
_RATINGS = (Rating.OUTSTANDING, *[Rating.GOOD] * 7, Rating.REQUIRES_IMPROVEMENT, None)


def everyone(today: date) -> list[NewProvider]:
    """Every provider, always the same ones.

    :param today: what is dated is dated back from it.
    """
    dice = Random(1948)
    return [*known(today), *_organisations(dice, today), *_assistants(dice, today)]


def _where(dice: Random, number: int) -> str:
    """Most near, some at the edge, some in the second board's vale, a few far away."""
    if number % 40 == 39:
        return dice.choice(FAR)
    if number % 9 == 8:
        return dice.choice(VALE)
    return dice.choice(EDGE if number % 13 == 12 else NEAR)


def _organisations(dice: Random, today: date) -> Iterator[NewProvider]:
    heads, number = cycle(HEADS), 0
    taken: set[str] = set()
    for trade in TRADES:
        for place_in_trade in range(trade.count):
            name = f"{next(heads)} {dice.choice(trade.tails)}"
            while name in taken:
                name = f"{next(heads)} {dice.choice(trade.tails)}"
            taken.add(name)
            number += 1
            yield _organisation(dice, today, trade, name, _where(dice, number),
                gone=trade.regulated and place_in_trade % 11 == 10)


def _organisation(dice: Random, today: date, trade: Trade, name: str, outcode: str, *, gone: bool) -> NewProvider:
    lat, lon, town = OUTCODES[outcode]
    rating = dice.choice(_RATINGS) if trade.regulated else None
    status = RegisterStatus.DEREGISTERED if gone else RegisterStatus.REGISTERED
    postcode = f"{outcode} {dice.randint(1, 9)}{dice.choice(_LETTERS)}{dice.choice(_LETTERS)}"
    offers = dice.sample(trade.offers, k=min(len(trade.offers), dice.choice((1, 2, 2, 3))))
    return NewProvider(
        name=name,
        description=trade.about,
        status=status if trade.regulated else RegisterStatus.NOT_REGISTERED,
        is_regulated=trade.regulated,
        rating=rating,
        rating_on=today - timedelta(days=dice.randint(60, 1100)) if rating else None,
        website=f"https://{''.join(c for c in name.lower() if c.isalnum())}.example.org",
        phone=f"020 7946 0{dice.randint(0, 999):03d}",
        address=f"{dice.randint(1, 180)} {dice.choice(_STREETS)}, {town}",
        postcode=postcode,
        lat=lat + dice.uniform(-0.008, 0.008),
        lon=lon + dice.uniform(-0.012, 0.012),
        listings=[_listing(dice, today, trade.category, offer) for offer in offers],
    )


def _assistants(dice: Random, today: date) -> Iterator[NewProvider]:
    for number in range(PAS):
        name = f"{PA_NAMES[number % len(PA_NAMES)]} {dice.choice(_LETTERS)}."
        lat, lon, _ = OUTCODES[_where(dice, number)]
        employed = dice.random() < 0.4
        new_here = number % 12 == 11  # papers not complete yet
        yield NewProvider(
            name=name,
            kind=ProviderKind.PA,
            description=dice.choice((
                "I cared for my grandmother and then I stayed with it.",
                "Calm, on time, and I can cook.",
                "I like people who know what they want, and people who are still finding out.",
                "Twelve years in a school for disabled children. Now one person at a time.",
                "I have a driving licence, a first-aid certificate and bad jokes.",
            )),
            employment=Employment.WANTS_TO_BE_EMPLOYED if employed else Employment.SELF_EMPLOYED,
            gender=dice.choice(("Woman", "Woman", "Man", None)),
            dbs_checked_on=None if new_here else today - timedelta(days=dice.randint(20, 900)),
            right_to_work_on=today - timedelta(days=dice.randint(20, 1500)),
            references_seen=0 if new_here else dice.randint(2, 4),
            insured_until=None if employed else today + timedelta(days=dice.randint(40, 330)),
            lat=lat,
            lon=lon,
            listings=[
                _listing(dice, today, Category.PERSONAL_ASSISTANT, offer)
                for offer in dice.sample(PA_OFFERS, k=dice.choice((1, 2, 2, 3)))
            ],
        )


def _listing(dice: Random, today: date, category: Category, offer: Offer) -> NewListing:
    # whole pounds, or fifty pence for what is paid by the hour
    step = 50 if offer.low < 3000 else 500
    price = round(dice.randint(offer.low, offer.high) / step) * step
    days = dice.sample(SLOTS, k=dice.choice((0, 0, 3, 6)))
    return NewListing(
        title=offer.title,
        category=category,
        unit=offer.unit,
        price_pence=price if dice.random() > 0.3 or offer.high else 0,
        summary=offer.summary,
        priced_from=today - timedelta(days=dice.randint(20, 330)),
        at_home="h" in offer.where,
        at_venue="v" in offer.where,
        remote="r" in offer.where,
        radius_miles=dice.choice((3, 5, 8, 12)) if "h" in offer.where else None,
        languages=dice.sample(LANGUAGES, k=dice.choice((0, 0, 1, 2))),
        accessibility=dice.sample(ACCESS, k=dice.choice((0, 2, 3))) if "v" in offer.where else [],
        times=[slot for slot in SLOTS if slot in days],
        takes_new_people=dice.random() > 0.1,
        personal_care="p" in offer.where,
    )
