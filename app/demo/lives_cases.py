"""Four of the six real-life cases: the dog, company at the pool, months in hospital, the wheelchair.

The child of nine is in ``lives_main``, the exercise budgets are in ``lives_exercise``.
"""

from __future__ import annotations

from app.budgets.rules import HeldAs
from app.demo.kinds import Aim, Asked, Habit, Life, Once, Regular
from app.ledger.rules import Stream
from app.plans.models import Per

CALLUM = Life(
    key="callum",
    given="Callum",
    family="Reid",
    age=27,
    birthday=(6, 30),
    postcode="SE12 9PL",
    about_me=(
        "I have epilepsy. I live alone and mean to keep it that way. Bramble puts her paw on my knee a few minutes "
        "before "
        "a seizure, and I lie down. Since she came I have not hit my head once. Before her I had stopped going out."
    ),
    aims=(
        Aim(
            "Be warned before a seizure, so that I can live on my own and go out",
            300_000,
            ("assistance-animals",),
            ("An assistance dog that warns of seizures", "Her training, her vet, her insurance and her food"),
            "When Bramble is ill I do not bathe or cook on the hob, and my neighbour Pat looks in at eight.",
            per=Per.PLAN,
        ),
    ),
    working=(
        ("Training and yearly check of an assistance dog", 168_000),
        ("Insurance and vet, a year", 66_000),
        ("Food, harness and lead, a year", 66_000),
    ),
    one_off={Stream.HEALTH: 300_000},
    budget_name="Assistance dog budget",
    months_ago=8,
    months_long=12,
    carry=0,
    habits=(
        Habit("Dog food, a month", "Paws and Whiskers SE12", 4_450, "assistance-animals", 0, 1),
        Habit("Insurance for my assistance dog", "Good Companion Pet Cover", 3_800, "assistance-animals", 0, 1),
        Habit("Vet: check and worming", "Hither Green Vets", 4_900, "assistance-animals", 0, 0.3),
    ),
    asked=(
        Asked(
            236,
            "Seizure alert dog: second stage of training with Bramble",
            "Good Nose Assistance Dogs",
            124_000,
            "assistance-animals",
            0,
            "This is exactly what the plan says. Give Bramble a scratch from me.",
        ),
    ),
)

RUTH = Life(
    key="ruth",
    given="Ruth",
    family="Lindqvist",
    age=54,
    birthday=(11, 8),
    postcode="SE23 2LD",
    about_me=(
        "I am deafblind. I speak with my hands and I read with them. I am strong and I like to be strong: the gym, the "
        "pool, long walks. What I cannot do is see the lane rope or hear the whistle. Rosa is my eyes there. She is "
        "not "
        "my nurse and not my friend, and we laugh a lot."
    ),
    aims=(
        Aim(
            "Train and swim three times a week with somebody who is my eyes",
            92_000,
            ("personal-assistants", "activities-and-leisure", "money-and-payroll"),
            ("Wages for my PA Rosa", "Gym and pool membership", "Payroll and insurance"),
            "Wet floors and other swimmers. Rosa signs into my palm before every turn; the pool knows us.",
        ),
        Aim(
            "Less pain in my neck and back, so that I can sleep",
            22_000,
            ("therapies",),
            ("Massage every week from somebody who knows my spine",),
            "Deep pressure near the old fracture is left out; it is in the therapist's notes.",
        ),
        Aim(
            "Keep up with the world in my own way",
            12_000,
            ("equipment-and-aids", "learning-and-work", "community-and-peers"),
            ("Braille display repairs", "Deafblind walking group"),
        ),
    ),
    working=(
        ("12 hours a week of a personal assistant at £16.60, with hands-on signing", 86_320),
        ("Gym and pool, a month", 5_600),
        ("Massage, four sessions a month at £54", 21_600),
        ("Equipment and meeting others", 12_000),
    ),
    monthly={Stream.HEALTH: 126_000},
    contingency=18_000,
    carry=7_000,
    regulars=(
        Regular("Wages for Rosa", "Rosa Benedetti", "personal-assistants", 83_800, 28, 0),
        Regular("Payroll for Rosa", "Plain Payroll", "money-and-payroll", 1_800, 22, 0),
        Regular("Gym and pool membership", "Forest Hill Baths", "activities-and-leisure", 4_900, 5, 0),
    ),
    habits=(
        Habit("Massage for neck and back", "Honor Oak Massage Practice", 5_400, "therapies", 1, 4, listing=True),
        Habit("Walking group of deafblind people, fare", "Hand in Hand Walks", 900, "community-and-peers", 2, 2),
        Habit("Braille display: service and cells", "Dotline Repairs", 8_600, "equipment-and-aids", 2, 0.5),
        Habit("Goggles, cap and a new lane bell", "Forest Hill Baths shop", 3_150, "activities-and-leisure", 0, 0.3),
    ),
)

GWEN = Life(
    key="gwen",
    given="Gwen",
    family="Prosser",
    age=70,
    birthday=(1, 25),
    postcode="SE26 5RT",
    about_me=(
        "Heart and lungs, that is me: one of each works. I was in hospital from spring into summer and came home "
        "thin and "
        "cross. The girls, Dilys and Kemi, kept my place for me, and I paid them, because who else would have had me "
        "back home in a day? I want my garden, my chapel and no more wards."
    ),
    aims=(
        Aim(
            "Stay at home, with people I know",
            102_000,
            ("personal-assistants", "home-care", "money-and-payroll"),
            ("Wages for Dilys and Kemi", "Payroll", "A carer when both are away"),
            "If my breathing gets bad in the night they ring the rapid response nurse, not each other.",
        ),
        Aim(
            "Get my strength back and stay out of hospital",
            26_000,
            ("therapies", "activities-and-leisure", "equipment-and-aids"),
            ("Breathing exercises with a physio", "Gentle exercise class"),
        ),
        Aim(
            "Chapel on Sundays and my hands in the soil",
            14_000,
            ("transport", "home-help", "community-and-peers", "activities-and-leisure"),
            ("Taxi to chapel", "Help with the heavy digging"),
        ),
    ),
    working=(
        ("15 hours a week of personal assistants at £15.60", 101_400),
        ("Breathing physiotherapy and an exercise class", 26_000),
        ("Chapel and garden", 14_000),
    ),
    monthly={Stream.HEALTH: 142_000},
    contingency=40_000,
    carry=5_000,
    quiet=(7, 6, 5),
    regulars=(
        Regular("Wages for Dilys", "Dilys Morgan", "personal-assistants", 51_200, 27, 0),
        Regular("Wages for Kemi", "Kemi Lawal", "personal-assistants", 47_600, 27, 0),
        Regular("Payroll for Dilys and Kemi", "Plain Payroll", "money-and-payroll", 2_400, 20, 0),
    ),
    habits=(
        Habit("Breathing exercises with a physio", "Rushey Green Physiotherapy", 5_200, "therapies", 1, 4),
        Habit("Sit and stretch class", "Sydenham Active", 700, "activities-and-leisure", 1, 4),
        Habit("Taxi to chapel and home", "Ravens Cars", 1_300, "transport", 2, 4),
        Habit("Digging and hedges, two hours", "Green Fingers SE", 4_400, "home-help", 2, 1.5),
    ),
)

TOMASZ = Life(
    key="tomasz",
    given="Tomasz",
    family="Wieczorek",
    age=20,
    birthday=(8, 14),
    postcode="SE14 6NW",
    about_me=(
        "Second year, mechanical engineering. The standard chair weighs more than my bike did. With a light one I "
        "can get "
        "it into a friend's car by myself, and into the lab without asking for the ramp to be found."
    ),
    aims=(
        Aim(
            "Get around campus and into a car on my own, in a chair that fits me",
            385_000,
            ("equipment-and-aids",),
            ("A light active wheelchair with a made-to-measure seat", "Its yearly service"),
            "Tipping backwards on ramps until I have learnt it: the wheelchair service gives two lessons.",
            {Stream.HEALTH: 37, Stream.SOCIAL_CARE: 40},
            Per.PLAN,
        ),
    ),
    working=(
        ("What the wheelchair service would have paid for its own chair and repairs", 185_000),
        ("From social care, so that a better chair can be bought", 200_000),
    ),
    one_off={Stream.HEALTH: 185_000, Stream.SOCIAL_CARE: 200_000},
    budget_name="Wheelchair budget",
    parts=((HeldAs.NOTIONAL, 385_000, "The wheelchair service holds the money and buys for you"),),
    months_ago=2,
    months_long=36,
    carry=0,
    onces=(Once(40, "Seat and back measured for a new chair", "Lewisham Wheel Works", 9_635, "equipment-and-aids"),),
)

CASES = (CALLUM, RUTH, GWEN, TOMASZ)
