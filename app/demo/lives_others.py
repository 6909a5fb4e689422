"""Lives that others help to run: children, people with a deputy, people who chose a nominee. And the second board's."""

from __future__ import annotations

from app.demo.kinds import Aim, Habit, Helper, Life, Regular
from app.identity.rules import AuthorityKind
from app.ledger.rules import Stream

SIOBHAN = Life(
    key="siobhan", given="Siobhan", family="Keane", age=45, birthday=(10, 21), postcode="SE6 3HD",
    helper=Helper("Maeve Keane", AuthorityKind.REPRESENTATIVE),
    about_me=(
        "I have Down's syndrome and a job on Tuesdays. I like Strictly, chips, and my own front door key. My sister "
        "Maeve "
        "does the money. I do the deciding."
    ),
    aims=(
        Aim("Live in my flat with Aoife next door", 88_000, ("personal-assistants", "home-care", "money-and-payroll"),
            ("Wages",),
            "I open the door to everybody. We put in a camera bell and I ring Aoife first."),
        Aim("Dance and see my friends", 22_000, ("activities-and-leisure", "transport", "community-and-peers"),
            ("Dance class",
            "Friday club")),
        Aim("Keep my job at the cafe", 10_000, ("learning-and-work", "personal-assistants"), ("A job coach",)),
    ),
    working=(("13 hours a week of support at £15.60", 87_880), ("Dance, club and travel", 22_000), ("Job coach",
        10_000)),
    monthly={Stream.HEALTH: 60_000, Stream.SOCIAL_CARE: 60_000}, contingency=15_000,
    regulars=(Regular("Wages for Aoife", "Aoife Brennan", "personal-assistants", 84_500, 28, 0),
              Regular("Payroll for Aoife", "Plain Payroll", "money-and-payroll", 1_800, 20, 0)),
    habits=(Habit("Dance class for everybody", "Ladywell Studio", 900, "activities-and-leisure", 1, 4),
            Habit("Friday club", "Bellingham Friday Club", 500, "community-and-peers", 1, 4),
            Habit("Taxi to Friday club and home", "Ravens Cars", 1_450, "transport", 1, 4),
            Habit("Job coach, two hours", "Good Morning Work", 5_200, "learning-and-work", 2, 1.7)),
)  # fmt: skip

GEORGE = Life(
    key="george", given="George", family="Attwood", age=79, birthday=(11, 2), postcode="SE9 5DQ",
    helper=Helper("Patricia Attwood-Singh", AuthorityKind.NOMINEE),
    about_me=(
        "I have dementia, the early sort. I mended clocks. I want to walk to the shop and back on my own while I "
        "can, and "
        "have somebody follow me who does not look like they are following me."
    ),
    aims=(
        Aim("Walk, tinker and talk, most days", 52_000, ("personal-assistants", "activities-and-leisure",
            "community-and-peers"),
            ("Wages for Joe",),
            "I may get lost. I carry a tracker, which Pat calls the dog tag."),
        Aim("Pat gets a weekend now and then", 34_000, ("short-breaks-and-respite", "home-care"),
            ("Two nights somewhere kind",)),
    ),
    working=(("8 hours a week of a companion at £15.00", 52_000), ("Two nights of respite a month at £170", 34_000)),
    monthly={Stream.SOCIAL_CARE: 71_000, Stream.CLIENT_CONTRIBUTION: 15_000}, contingency=12_000,
    reserve={Stream.SOCIAL_CARE: 8_000, Stream.CLIENT_CONTRIBUTION: 2_000},
    regulars=(Regular("Wages for Joe", "Joseph Amponsah", "personal-assistants", 48_700, 28, 0),),
    habits=(Habit("Two nights at Kingfisher House", "Kingfisher House", 34_000, "short-breaks-and-respite", 1, 0.8),
            Habit("Men's shed, a morning", "Eltham Men's Shed", 500, "community-and-peers", 0, 4),
            Habit("Lunch club", "Eltham Men's Shed", 650, "community-and-peers", 0, 2)),
)  # fmt: skip

ANJALI = Life(
    key="anjali", given="Anjali", family="Mehta", age=47, birthday=(3, 27), postcode="SE12 8SS",
    helper=Helper("Dev Mehta", AuthorityKind.NOMINEE),
    about_me="Huntington's. My mother had it. I know the road. So: the garden, my girls, and music loud, now.",
    aims=(
        Aim("Safe at home, without rails everywhere", 70_000, ("personal-assistants", "home-care", "money-and-payroll"),
            ("Wages",),
            "I knock things over. Plastic cups, no rugs, and nobody sighs."),
        Aim("Good days out with the girls", 16_000, ("activities-and-leisure", "transport",
            "short-breaks-and-respite"), ("Days out",)),
    ),
    working=(("11 hours a week of a personal assistant at £14.70", 70_070), ("Days out", 15_930)),
    monthly={Stream.HEALTH: 86_000}, contingency=20_000, paid_this_month=False,
    regulars=(Regular("Wages for Sunita", "Sunita Rai", "personal-assistants", 63_100, 28, 0),),
    habits=(Habit("Day out, tickets and lunch", "Quaggy Days Out", 5_200, "activities-and-leisure", 1, 2),
            Habit("Accessible taxi for the day", "Ravens Cars", 6_200, "transport", 1, 1.2),
            Habit("Somebody to get out with", "Marta K.", 5_400, "personal-assistants", 0, 1, listing=True,
                quantity=3)),
)  # fmt: skip

LEO = Life(
    key="leo", given="Leo", family="Fitzgerald", age=6, birthday=(8, 29), postcode="SE23 3NS",
    helper=Helper("Tara Fitzgerald", AuthorityKind.REPRESENTATIVE),
    about_me=(
        "Leo is fed by a tube and lives for water, tractors and his gran. He says no with his eyebrows. "
        "Watch for it."
    ),
    aims=(
        Aim("Be at school and at parties, pump and all", 60_000, ("nursing-and-healthcare", "personal-assistants",
            "home-care"),
            ("Wages",),
            "If the tube comes out it must go back within the hour. Gran has been trained too."),
        Aim("Splash, tip, pour: play that he chooses", 14_000, ("activities-and-leisure", "therapies",
            "equipment-and-aids"),
            ("Hydrotherapy",)),
    ),
    working=(("9 hours a week of a trained assistant at £15.50", 60_450), ("Play and hydrotherapy", 13_550)),
    monthly={Stream.HEALTH: 54_000, Stream.EDUCATION: 20_000}, contingency=10_000, months_ago=7,
    regulars=(Regular("Wages for Ngozi", "Ngozi Umeh", "personal-assistants", 56_800, 28, 0),),
    habits=(Habit("Hydrotherapy", "Forest Hill Baths", 2_800, "therapies", 1, 3),
            Habit("Soft play, quiet hour", "Tumble Tots Quiet Hour", 900, "activities-and-leisure", 1, 3)),
    paid_this_month=False,
)  # fmt: skip

OTHERS = (SIOBHAN, GEORGE, ANJALI, LEO)

PETER = Life(
    key="peter", given="Peter", family="Garrity", age=49, birthday=(5, 15), postcode="HP20 1TJ",
    email="holder@wendover.example.org", coordinator="ingrid",
    about_me="I have MS and three dogs. I want to stay on the smallholding.",
    aims=(
        Aim("Run the smallholding with a pair of hands that are not mine", 60_000, ("personal-assistants", "home-help"),
            ("Wages for Craig",), "Machines only when somebody else is there."),
        Aim("Keep the pain down", 15_000, ("therapies",), ("Physiotherapy",)),
    ),
    working=(("9 hours a week of a personal assistant at £15.40", 60_060), ("Physiotherapy", 14_940)),
    monthly={Stream.HEALTH: 50_000, Stream.SOCIAL_CARE: 25_000}, contingency=10_000,
    reserve={Stream.HEALTH: 10_000, Stream.SOCIAL_CARE: 5_000},
    regulars=(Regular("Wages for Craig", "Craig Tranter", "personal-assistants", 55_900, 28, 0),),
    habits=(Habit("Physiotherapy", "Vale Physio", 4_800, "therapies", 1, 3),
            Habit("Fencing and hay, half a day", "Tranter and Son", 6_000, "home-help", 0, 0.7)),
)  # fmt: skip

BRONWEN = Life(
    key="bronwen", given="Bronwen", family="Tate", age=83, birthday=(2, 2), postcode="HP22 6DU", coordinator="ingrid",
    helper=Helper("Alun Tate", AuthorityKind.NOMINEE),
    about_me="I am eighty-three. I want my own bed, and the radio on.",
    aims=(Aim("My own bed", 66_000, ("home-care", "personal-assistants"), ("Morning and evening visits",)),),
    working=(("An hour of home care a day at £21.70", 66_000),),
    monthly={Stream.SOCIAL_CARE: 54_000, Stream.CLIENT_CONTRIBUTION: 12_000}, contingency=8_000,
    regulars=(Regular("Daily visits, a month", "Chiltern Hearth Care", "home-care", 60_500, 25, 0),),
    habits=(Habit("Extra evening visit", "Chiltern Hearth Care", 2_170, "home-care", 0, 2),),
)  # fmt: skip

OSCAR = Life(
    key="oscar", given="Oscar", family="Bright", age=22, birthday=(9, 14), postcode="HP21 7QL", coordinator="ingrid",
    about_me="Autistic. I like model railways, and people who say what they mean.",
    aims=(Aim("A job with trains", 22_000, ("learning-and-work", "transport"), ("Railway course", "Train fares")),
          Aim("A friend or two", 10_000, ("community-and-peers", "activities-and-leisure"), ("Model club",))),
    working=(("Course and mentor", 22_000), ("Club", 10_000)),
    monthly={Stream.SOCIAL_CARE: 32_000}, contingency=4_000, months_ago=8, reserve={Stream.SOCIAL_CARE: 14_000},
    habits=(Habit("Mentor, an hour", "Good Morning Work", 2_600, "learning-and-work", 0, 5),
            Habit("Train fares, a week", "Local trains", 2_100, "transport", 0, 3),
            Habit("Model club and a kit", "Aylesbury Model Engineers", 2_300, "activities-and-leisure", 1, 3)),
)  # fmt: skip

WENDOVER = (PETER, BRONWEN, OSCAR)
