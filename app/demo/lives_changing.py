"""Lives that change: somebody nearly sixteen, somebody who moved, somebody who died."""

from __future__ import annotations

from app.budgets.rules import HeldAs
from app.demo.kinds import Aim, Habit, Helper, Life, Regular
from app.identity.rules import AuthorityKind
from app.ledger.rules import Stream

SEUN = Life(
    key="seun", given="Oluwaseun", family="Adebayo", age=15, birthday=(1, 11), turns_in=42, postcode="SE15 2HP",
    helper=Helper("Femi Adebayo", AuthorityKind.REPRESENTATIVE),
    about_me=(
        "Seun is autistic, kind, six foot tall and afraid of hand dryers. He knows every bus in Peckham. At sixteen he "
        "wants to decide for himself, and we are practising."
    ),
    aims=(
        Aim("Ride the buses on my own", 34_000, ("personal-assistants", "learning-and-work", "transport"),
            ("Travel training",),
            "If a bus is on diversion I sit down and ring. We have done it eleven times."),
        Aim("A calm place when it is too loud", 18_000, ("therapies", "equipment-and-aids", "activities-and-leisure"),
            ("Ear defenders",)),
        Aim("Dad and Mum get a Saturday", 20_000, ("short-breaks-and-respite", "activities-and-leisure"),
            ("Saturday club",)),
    ),
    working=(("Travel training and a mentor", 34_000), ("Therapy and things that calm", 18_000), ("Saturday club",
        20_000)),
    monthly={Stream.HEALTH: 24_000, Stream.SOCIAL_CARE: 24_000, Stream.EDUCATION: 24_000}, contingency=8_000,
        months_ago=10,
    habits=(Habit("Travel training, two hours", "Good Morning Work", 5_200, "learning-and-work", 0, 5),
            Habit("Occupational therapy", "Second Bridge Therapy", 7_800, "therapies", 1, 2),
            Habit("Saturday club", "Loud and Proud Drumming", 2_500, "activities-and-leisure", 2, 4),
            Habit("Overnight short break", "Kingfisher House", 17_000, "short-breaks-and-respite", 2, 0.4)),
)  # fmt: skip

IMOGEN = Life(
    key="imogen", given="Imogen", family="Farr", age=38, birthday=(7, 1), postcode="HP20 2NQ", coordinator="ingrid",
    until_days=20,
    about_me="Brain injury. I was a vet. I still talk to every dog.",
    aims=(Aim("Be with animals every week", 24_000, ("activities-and-leisure", "personal-assistants", "transport"),
        ("Stables",)),),
    working=(("Stables, a helper and fares", 24_000),),
    monthly={Stream.HEALTH: 24_000}, contingency=4_000, months_ago=6,
    parts=((HeldAs.THIRD_PARTY, 24_000, "Held and paid by Chiltern Independent Money Support"),),
    habits=(Habit("Morning at the stables", "Weston Riding for All", 3_200, "activities-and-leisure", 0, 5),
            Habit("Lift there and back", "Vale Dial a Ride", 900, "transport", 0, 5)),
)  # fmt: skip

ARTHUR = Life(
    key="arthur", given="Arthur", family="Pellow", age=84, birthday=(2, 17), postcode="SE12 0AA", until_days=24,
    helper=Helper("Judith Pellow", AuthorityKind.NOMINEE),
    about_me=(
        "I drove the 47 bus for thirty-one years. I want my chair by the window, my tea at four, and nobody to call me "
        "dear."
    ),
    aims=(
        Aim("Stay at home, by my window", 58_000, ("personal-assistants", "home-care"), ("Wages",)),
        Aim("See the river on a Sunday", 9_000, ("transport", "activities-and-leisure"), ("A taxi",)),
    ),
    working=(("9 hours a week of a personal assistant at £14.80", 57_720), ("Sunday outings", 9_280)),
    monthly={Stream.HEALTH: 67_000}, contingency=10_000,
    regulars=(Regular("Wages for Bev", "Beverley Oduya", "personal-assistants", 52_300, 28, 0),),
    habits=(Habit("Taxi to the river and home", "Ravens Cars", 2_100, "transport", 1, 3),
            Habit("Tea at the Cutty Sark", "Greenwich Pier Tea Room", 740, "activities-and-leisure", 1, 3)),
)  # fmt: skip

CHANGING = (SEUN, ARTHUR, IMOGEN)
