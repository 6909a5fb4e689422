"""Ordinary lives: adults who run their own budgets."""

from __future__ import annotations

from app.demo.kinds import Aim, Asked, Habit, Life, Regular
from app.ledger.rules import Stream

DARNELL = Life(
    key="darnell", given="Darnell", family="Whyte", age=29, birthday=(10, 2), postcode="SE15 3TW",
    about_me=(
        "Before the crash I was quick. Now I am slow and still me. Write it down for me, one thing at a time. Music is "
        "how I remember things. I do not want to be anybody's project."
    ),
    aims=(
        Aim("Run my own flat, with reminders and not with nagging", 58_000,
            ("personal-assistants", "home-help", "money-and-payroll"), ("A support worker who knows brain injury",),
            "I sign things without reading. My support worker and I look at every letter together on Mondays."),
        Aim("Get my memory and my temper to work for me", 34_000, ("therapies",), ("Brain injury therapist",)),
        Aim("Make music with other people", 18_000, ("activities-and-leisure", "learning-and-work", "transport"),
            ("Studio time",
            "Bus fares")),
    ),
    working=(("8 hours a week of a support worker at £16.20", 56_160), ("Therapist, four sessions at £85", 34_000),
             ("Music and travel", 18_000)),
    monthly={Stream.HEALTH: 110_000}, contingency=15_000,
    regulars=(Regular("Wages for Andre", "Andre Simmonds", "personal-assistants", 54_400, 28, 0),),
    habits=(Habit("Therapy for memory and temper", "Second Bridge Therapy", 8_500, "therapies", 1, 4),
            Habit("Studio time, three hours", "Basement Sessions", 4_500, "activities-and-leisure", 2, 3),
            Habit("Whiteboard, timers and labels", "Handy Things for Living", 2_600, "home-help", 0, 0.4),
            Habit("Travel card, a week", "Bus and tube fares", 2_470, "transport", 2, 1.5)),
    asked=(Asked(171, "Electric drum kit for the flat", "Catford Sound", 42_900, "activities-and-leisure", 1,
                 "With headphones, and it is how you remember. Yes."),),
)  # fmt: skip

RAJAN = Life(
    key="rajan", given="Rajan", family="Pillai", age=58, birthday=(12, 20), postcode="SE9 3DN",
    about_me=(
        "Motor neurone disease, two years. I taught physics for thirty. My hands have gone, my eyes have not: I type "
        "this "
        "by looking. I want to be in my own living room, arguing with my sons about cricket, for as long as it goes."
    ),
    aims=(
        Aim("Be at home, day and night, with people who know my machine", 205_000,
            ("personal-assistants", "nursing-and-healthcare", "home-care", "money-and-payroll"), ("Wages for my team",
                "Night nursing"),
            "If the ventilator alarms there are ninety seconds. Everyone on my team did it three times first."),
        Aim("Say what I want to say", 15_000, ("equipment-and-aids", "therapies"), ("Eye-gaze parts", "Voice bank")),
        Aim("Latha sleeps", 20_000, ("short-breaks-and-respite", "nursing-and-healthcare"),
            ("A night nurse now and then",)),
    ),
    working=(("30 hours a week of a trained team at £15.80", 205_400), ("Eye-gaze service and parts", 15_000),
             ("A night nurse, once a month", 19_600)),
    monthly={Stream.HEALTH: 240_000}, contingency=60_000, carry=-52_000,
    regulars=(Regular("Wages for the day team", "Pillai household payroll", "personal-assistants", 131_000, 31, 0),
              Regular("Wages for the night team", "Pillai household payroll", "personal-assistants", 72_000, 31, 0)),
    habits=(Habit("Night nurse", "Starlight Nursing at Home", 19_600, "nursing-and-healthcare", 2, 1),
            Habit("Eye-gaze camera: service", "Clear Voice Equipment", 6_400, "equipment-and-aids", 1, 1),
            Habit("Suction tubing and filters", "Breathing Supplies Direct", 4_150, "equipment-and-aids", 1, 1)),
)  # fmt: skip

ELIF = Life(
    key="elif", given="Elif", family="Demir", age=33, birthday=(3, 18), postcode="SE8 3JF",
    about_me=(
        "I was in hospital under section for nine months. I am well now, and being well is work. Routine, people, my "
        "hands in clay. If I go quiet for three days, knock."
    ),
    aims=(
        Aim("Keep a shape to the week", 30_000, ("activities-and-leisure", "learning-and-work", "community-and-peers"),
            ("Pottery",
            "A college course")),
        Aim("Notice early when it comes back", 28_000, ("therapies", "personal-assistants"), ("My counsellor",
            "Peer worker"),
            "Early signs are on my fridge: not sleeping, shopping at night, phoning everybody."),
    ),
    working=(("Pottery studio and course", 30_000), ("Counselling every week at £55, and a peer worker", 28_000)),
    monthly={Stream.HEALTH: 43_500, Stream.SOCIAL_CARE: 14_500}, contingency=10_000,
    budget_name="Aftercare budget", reserve={Stream.HEALTH: 13_000, Stream.SOCIAL_CARE: 5_000},
    habits=(Habit("Counselling session", "The Listening Room", 5_500, "therapies", 1, 4),
            Habit("Pottery studio, a month", "Deptford Clay", 8_500, "activities-and-leisure", 0, 1),
            Habit("Clay, glaze and firing", "Deptford Clay", 2_200, "activities-and-leisure", 0, 3),
            Habit("Ceramics course, a month of it", "Laurie Lane College", 9_500, "learning-and-work", 0, 1),
            Habit("Walk and talk with a peer worker", "Same Boat Peers", 2_400, "personal-assistants", 1, 2)),
)  # fmt: skip

MEILING = Life(
    key="meiling", given="Mei-Ling", family="Chow", age=66, birthday=(2, 10), postcode="SE3 0XA",
    about_me="Parkinson's. I was an accountant, so I will check your sums. Dancing is the only time I do not shake.",
    aims=(
        Aim("Keep dancing, keep moving", 24_000, ("activities-and-leisure", "therapies", "transport"),
            ("Dance for Parkinson's",)),
        Aim("Help in the mornings, when I am stiff", 48_000, ("home-care", "personal-assistants"),
            ("An hour each morning",)),
    ),
    working=(("An hour of home care five mornings a week at £22", 47_667), ("Dance, physiotherapy and taxis", 24_000)),
    monthly={Stream.HEALTH: 54_000, Stream.SOCIAL_CARE: 18_000}, contingency=10_000,
    regulars=(Regular("Morning visits, a month", "Blackheath Home Care", "home-care", 44_000, 24, 1),),
    habits=(Habit("Dance for Parkinson's", "Ladywell Studio", 1_100, "activities-and-leisure", 0, 4),
            Habit("Physiotherapy", "Rushey Green Physiotherapy", 5_200, "therapies", 0, 2),
            Habit("Taxi to dance and home", "Ravens Cars", 1_550, "transport", 0, 4),
            Habit("Extra morning visit", "Blackheath Home Care", 2_200, "home-care", 1, 2)),
)  # fmt: skip

JAKUB = Life(
    key="jakub", given="Jakub", family="Nowak", age=41, birthday=(9, 9), postcode="SE14 5RP",
    about_me=(
        "C6 spinal injury, eleven years ago. I work three days a week, I employ three people, and I would like my "
        "PAs to be "
        "called staff, because they are."
    ),
    aims=(
        Aim("Go to work and be a father", 146_000, ("personal-assistants", "home-care", "money-and-payroll"), ("Wages",
            "Payroll"),
            "If one of my staff is ill I ring the agency on the fridge by six."),
        Aim("Shoulders that last another thirty years", 22_000, ("therapies", "activities-and-leisure"), ("Physio",
            "Handbike club")),
        Aim("Skin and bowels: no surprises", 12_000, ("nursing-and-healthcare", "equipment-and-aids"),
            ("Specialist nurse", "Cushion covers")),
    ),
    working=(("22 hours a week of personal assistants at £15.30", 145_860), ("Physiotherapy and club", 22_000),
             ("Specialist nurse and covers", 12_000)),
    monthly={Stream.HEALTH: 135_000, Stream.SOCIAL_CARE: 45_000}, contingency=30_000,
    regulars=(Regular("Wages for staff", "Nowak household payroll", "personal-assistants", 142_300, 28, 0),
              Regular("Payroll, three staff", "Plain Payroll", "money-and-payroll", 3_000, 20, 0)),
    habits=(Habit("Physiotherapy", "Rushey Green Physiotherapy", 5_200, "therapies", 1, 3),
            Habit("Handbike club, a month", "Wheels for All SE", 2_500, "activities-and-leisure", 1, 1),
            Habit("Continence nurse visit", "Starlight Nursing at Home", 6_500, "nursing-and-healthcare", 2, 1),
            Habit("Cushion cover", "Handy Things for Living", 4_400, "equipment-and-aids", 2, 0.6)),
)  # fmt: skip

PRECIOUS = Life(
    key="precious", given="Precious", family="Ndlovu", age=24, birthday=(5, 31), postcode="SE6 4RU",
    about_me="Cerebral palsy, and a law student. I type with one finger, faster than you think. I like to be early.",
    aims=(
        Aim("Finish my degree", 40_000, ("personal-assistants", "learning-and-work", "equipment-and-aids"),
            ("A note taker",
            "Wages for Thandi")),
        Aim("Go out at night like everybody else", 26_000, ("personal-assistants", "transport",
            "activities-and-leisure"),
            ("A PA for the evening", "Taxis after dark"),
            "Never alone at a stop after ten: that is my rule, not yours."),
    ),
    working=(("6 hours a week of a personal assistant at £15.38", 39_988), ("Evenings and taxis", 26_000)),
    monthly={Stream.HEALTH: 33_000, Stream.SOCIAL_CARE: 22_000, Stream.EDUCATION: 11_000}, contingency=8_000,
    reserve={Stream.HEALTH: 31_000, Stream.SOCIAL_CARE: 21_000, Stream.EDUCATION: 11_000},
    regulars=(Regular("Wages for Thandi", "Thandi Moyo", "personal-assistants", 36_900, 26, 0),),
    habits=(Habit("Company in the evening", "Marta K.", 5_400, "personal-assistants", 1, 2, listing=True, quantity=3),
            Habit("Taxi home after dark", "Ravens Cars", 1_900, "transport", 1, 4),
            Habit("Comedy night", "The Catford Room", 1_400, "activities-and-leisure", 1, 2)),
)  # fmt: skip

WINSTON = Life(
    key="winston", given="Winston", family="Campbell", age=72, birthday=(8, 6), postcode="SE13 6BT",
    about_me="COPD. I drove trains. I play dominoes to win. Stairs are the enemy and I live on the second floor.",
    aims=(
        Aim("Breathe easier and stay out of A and E", 22_000, ("therapies", "equipment-and-aids",
            "activities-and-leisure"),
            ("Breathing class",)),
        Aim("Dominoes, church, and a hot dinner", 26_000, ("transport", "community-and-peers", "home-help"), ("Taxis",
            "Meals")),
    ),
    working=(("Breathing class and physiotherapy", 22_000), ("Meals and getting about", 26_000)),
    monthly={Stream.SOCIAL_CARE: 40_000, Stream.CLIENT_CONTRIBUTION: 8_000}, contingency=8_000,
    reserve={Stream.SOCIAL_CARE: 2_500, Stream.CLIENT_CONTRIBUTION: 500},
    habits=(Habit("Singing for breathing", "Second Wind Choir", 600, "activities-and-leisure", 0, 4),
            Habit("Physiotherapy", "Rushey Green Physiotherapy", 5_200, "therapies", 0, 3),
            Habit("Hot dinners, a week", "Auntie Bisi's Kitchen", 3_500, "home-help", 1, 4),
            Habit("Taxi to church and dominoes", "Ravens Cars", 1_300, "transport", 1, 6)),
)  # fmt: skip

HANNAH = Life(
    key="hannah", given="Hannah", family="Goldberg", age=36, birthday=(7, 24), postcode="SE22 8HP",
    about_me="ME. I have about four good hours a day. Help me spend them on my daughter, and not on the washing-up.",
    aims=(
        Aim("My good hours go to Tali", 36_000, ("home-help", "personal-assistants"), ("Cleaning", "Cooking")),
        Aim("Pace, rest, and pain I can live with", 16_000, ("therapies", "equipment-and-aids"), ("Osteopath",
            "A shower stool")),
    ),
    working=(("Help in the house, five hours a week at £17", 36_833), ("Therapies", 15_167)),
    monthly={Stream.HEALTH: 52_000}, contingency=6_000, reserve={Stream.HEALTH: 24_000},
    habits=(Habit("Cleaning and laundry, two hours", "Bright Corners Cleaning", 3_600, "home-help", 0, 7),
            Habit("A week of cooked meals", "Auntie Bisi's Kitchen", 4_200, "home-help", 0, 2),
            Habit("Osteopath", "Dulwich Bones", 5_800, "therapies", 1, 2.5)),
    asked=(Asked(64, "Reclining garden chair", "Shoreline Outlet", 18_900, None, 1,
                 "Resting outdoors counts. Yes, and enjoy it."),),
)  # fmt: skip

MARGARET = Life(
    key="margaret", given="Margaret", family="Doyle", age=68, birthday=(6, 3), postcode="SE26 6QG",
    about_me=(
        "Cancer, and not for long. I want to be at home, with the window open, my cat, and no fuss about "
        "the biscuits."
    ),
    aims=(
        Aim("Be at home until the end", 150_000, ("nursing-and-healthcare", "home-care", "personal-assistants"),
            ("Night sitting",),
            "When the pain is not held, ring the hospice line, day or night. The sheet is on the door."),
        Aim("Small good things", 10_000, ("therapies", "activities-and-leisure", "home-help"), ("Hand massage",
            "My hairdresser at home")),
    ),
    working=(("Night sitting, seven nights a month at £190, and day visits", 150_000), ("Small good things", 10_000)),
    monthly={Stream.HEALTH: 160_000}, contingency=40_000, months_ago=3, months_long=12,
    habits=(Habit("Night sitting", "Starlight Nursing at Home", 19_000, "nursing-and-healthcare", 0, 6),
            Habit("Home care visit", "Blackheath Home Care", 2_200, "home-care", 0, 14),
            Habit("Hand and foot massage at home", "Honor Oak Massage Practice", 4_200, "therapies", 1, 2)),
)  # fmt: skip

CHIDI = Life(
    key="chidi", given="Chidi", family="Eze", age=31, birthday=(1, 17), postcode="SE15 5BA",
    about_me=(
        "Sickle cell, which means good weeks and bad weeks and never knowing which. I cook for a living "
        "when I can."
    ),
    aims=(
        Aim("Get through the bad weeks at home", 30_000, ("personal-assistants", "home-help", "transport"),
            ("A PA on call",)),
        Aim("More good weeks", 16_000, ("therapies", "activities-and-leisure", "equipment-and-aids"), ("Hydrotherapy",
            "Heat pads")),
    ),
    working=(("A personal assistant on call, 20 hours a month at £15.50", 31_000), ("Hydrotherapy and heat", 15_000)),
    monthly={Stream.HEALTH: 46_000}, contingency=25_000, months_ago=9,
    habits=(Habit("Bad week: help at home with Femi", "Femi O.", 6_800, "personal-assistants", 0, 4),
            Habit("Hydrotherapy", "Forest Hill Baths", 2_800, "therapies", 1, 4),
            Habit("Heat pads and a blanket", "Handy Things for Living", 3_200, "equipment-and-aids", 1, 1)),
    paid_this_month=False,
)  # fmt: skip

YUSUF = Life(
    key="yusuf", given="Yusuf", family="Warsame", age=52, birthday=(4, 4), postcode="SE8 5RT",
    about_me=(
        "A stroke in the summer. I speak Somali first, and English when I am rested. I drove a minicab. I "
        "will again."
    ),
    aims=(
        Aim("Speak and write again, in both languages", 26_000, ("therapies", "learning-and-work"),
            ("A therapist who speaks Somali",)),
        Aim("Walk to the mosque by myself", 20_000, ("therapies", "personal-assistants", "equipment-and-aids"),
            ("Physiotherapy",)),
    ),
    working=(("Speech therapy, four sessions at £65", 26_000), ("Physiotherapy and company on walks", 20_000)),
    monthly={Stream.HEALTH: 46_000}, contingency=10_000, months_ago=0, months_long=12, paid_this_month=False,
)  # fmt: skip

ORDINARY = (DARNELL, RAJAN, ELIF, MEILING, JAKUB, PRECIOUS, WINSTON, HANNAH, MARGARET, CHIDI, YUSUF)
