"""Providers whom the demonstration's people know: what they buy comes from these."""

from __future__ import annotations

from datetime import date, timedelta

from app.demo.places import OUTCODES
from app.marketplace.rules import Category, Employment, ProviderKind, Rating, RegisterStatus, Unit
from app.marketplace.service import NewListing, NewProvider

SWIM = "Swim Together CIC"
MARTA = "Marta K."


def known(today: date) -> list[NewProvider]:
    """The providers of the signed-in people's own lives.

    :param today: prices, checks and ratings are dated back from it.
    """
    since = today - timedelta(days=430)

    def at(outcode: str, rest: str, address: str) -> dict[str, object]:
        lat, lon, town = OUTCODES[outcode]
        place = f"{address}, {town}, London" if address else ""
        return {"postcode": f"{outcode} {rest}" if rest else "", "lat": lat, "lon": lon, "address": place}

    def offer(title: str, category: Category, unit: Unit, price: int, summary: str, **more: object) -> NewListing:
        where = more or {"at_venue": True}
        return NewListing(title, category, unit, price, summary, priced_from=since, **where)  # type: ignore[arg-type]  # by name

    def firm(
        name: str, about: str, place: dict[str, object], *offers: NewListing, rating: Rating | None = None
    ) -> NewProvider:
        registered = rating is not None
        return NewProvider(
            name=name,
            description=about,
            status=RegisterStatus.REGISTERED if registered else RegisterStatus.NOT_REGISTERED,
            is_regulated=registered,
            rating=rating,
            rating_on=today - timedelta(days=310) if registered else None,
            website=f"https://{''.join(c for c in name.lower() if c.isalnum())}.example.org",
            phone="020 7946 0" + f"{sum(map(ord, name)) % 900 + 100}",
            listings=offers,
            **place,  # type: ignore[arg-type]  # address and point by name
        )

    def helper(name: str, about: str, outcode: str, gender: str, *offers: NewListing) -> NewProvider:
        return NewProvider(
            name=name,
            kind=ProviderKind.PA,
            description=about,
            employment=Employment.SELF_EMPLOYED,
            gender=gender,
            dbs_checked_on=today - timedelta(days=420),
            right_to_work_on=today - timedelta(days=900),
            references_seen=3,
            insured_until=today + timedelta(days=240),
            listings=offers,
            **at(outcode, "", ""),  # type: ignore[arg-type]  # the point by name
        )

    out, home = {"at_home": True, "radius_miles": 6}, {"at_home": True, "radius_miles": 8}
    return [
        firm(
            SWIM, "We go into the water with you. Small pools, warm changing rooms, nobody hurried.",
            at("SE13", "7PA", "Lockmead Baths, 2 Lockmead Road"),
            offer("One-to-one company at the pool", Category.ACTIVITIES, Unit.HOUR, 2400,
                  "Somebody beside you, in the lane or at the rail.", at_venue=True,
                  times=("tuesday-afternoon", "thursday-afternoon", "saturday-morning"),
                  accessibility=("Hoist", "Step-free", "Changing Places toilet")),
            offer("Warm-pool swimming with one-to-one help", Category.ACTIVITIES, Unit.SESSION, 2600,
                  "Half an hour in water of 33 degrees, for children too.", at_venue=True, accessibility=("Hoist",
                  "Step-free")),
        ),
        firm("Rushey Green Physiotherapy", "Physiotherapists for people with long-term conditions.",
             at("SE6", "4AT", "41 Rushey Green"),
             offer("Physiotherapy at home", Category.THERAPIES, Unit.SESSION, 5200,
                 "We bring the couch and the bands.", **home)),
        firm("Bright Corners Cleaning", "A co-operative of cleaners, owned by those who clean.", at("SE6", "1QB",
            "9 Muirkirk Road"),
             offer("Cleaning and tidying", Category.HOME_HELP, Unit.HOUR, 1800, "The same person every time.", **home)),
        firm("Ladywell Nights", "Night care by people who like the night.", at("SE13", "7HX", "130 Algernon Road"),
             offer("Overnight respite at home", Category.SHORT_BREAKS, Unit.NIGHT, 16500,
                   "We stay, your family sleeps somewhere else.", **home), rating=Rating.GOOD),
        firm("Starlight Nursing at Home", "Nurses for children and adults with complex needs.", at("SE3", "7SE",
            "18 Charlton Road"),
             offer("Night care, ventilator trained", Category.NURSING, Unit.NIGHT, 21000,
                   "Awake all night, trained in your own machine.", **home), rating=Rating.OUTSTANDING),
        firm("Loud and Proud Drumming", "Drums for every body. Ear defenders on every chair.", at("SE8", "4PA",
            "Deptford Yard, unit 6"),
             offer("Drumming club for everybody", Category.ACTIVITIES, Unit.SESSION, 1200,
                 "Saturdays, children and grown-ups.")),
        firm("Talking Hands Therapy", "Speech therapists who know talkers, signs and eye gaze.", at("SE12", "8PZ",
            "77 Burnt Ash Road"),
             offer("Speech therapy with the talker", Category.THERAPIES, Unit.SESSION, 8000,
                   "With you, your family and your class.", at_home=True, at_venue=True, radius_miles=8)),
        firm("Kingfisher House", "A small house with a garden, six beds and a dog.", at("SE9", "2SL",
            "Kingfisher House, Footscray Road"),
             offer("A night at the children's house", Category.SHORT_BREAKS, Unit.NIGHT, 17000,
                   "The same bed, the same night staff.", at_venue=True, accessibility=("Hoist", "Step-free")),
             rating=Rating.GOOD),
        firm("Honor Oak Massage Practice", "Massage for people with pain and with complicated spines.", at("SE23",
            "1DX", "8 Honor Oak Park"),
             offer("Massage for neck and back", Category.THERAPIES, Unit.SESSION, 5400, "Hands that ask first.",
                   at_home=True, at_venue=True, radius_miles=5)),
        helper(
            MARTA, "Ten years with people with MS and brain injury. I swim, I drive, I do not talk too much.", "SE6",
                "Woman",
            offer("Somebody to get out with", Category.PERSONAL_ASSISTANT, Unit.HOUR, 1800,
                  "Pool, shops, friends, the sea if you like.", languages=("Polish",), **out),
            offer("Company in the evening", Category.PERSONAL_ASSISTANT, Unit.HOUR, 1800,
                "Out at night, and home safe.",
                  languages=("Polish",), times=("thursday-evening", "friday-evening", "saturday-evening"), **out),
        ),
        helper("Bola A.", "Nursery nurse by training. Patient, funny, good with machines.", "SE13", "Woman",
               offer("Saturday help for a child", Category.PERSONAL_ASSISTANT, Unit.HOUR, 1600,
                     "A whole day out or at home.", languages=("Yoruba",), times=("saturday-morning",
                     "saturday-afternoon"), **out)),
    ]  # fmt: skip
