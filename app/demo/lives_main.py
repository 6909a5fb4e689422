"""The lives behind the demonstration's sign-ins: Sam, who holds his own budget; Amira, aged nine; Harriet."""

from __future__ import annotations

from app.budgets.rules import HeldAs
from app.demo.kinds import Aim, Asked, Habit, Helper, Life, Regular
from app.identity.rules import AuthorityKind
from app.ledger.rules import Stream

SAM = Life(
    key="sam",
    given="Sam",
    family="Okafor",
    age=38,
    birthday=(4, 12),
    postcode="SE6 1HP",
    email="holder@example.org",
    about_me=(
        "I have MS. I was a bus driver and I still know every stop to Lewisham. My legs tire before my head does. "
        "I like the water, because in the pool nobody sees which leg is the bad one. My sister Ade does too much for "
        "me "
        "and would never say so. Ask me, not her."
    ),
    aims=(
        Aim(
            "Get up, washed and out of the house four days a week",
            80_000,
            ("personal-assistants", "home-care", "money-and-payroll"),
            ("Wages for my PA Josie", "Extra hours when Josie is away", "Payroll and insurance"),
            "I fall when I rush. Josie and I leave half an hour for the stairs, and I wear my alarm.",
        ),
        Aim(
            "Swim every week and keep my legs working",
            28_000,
            ("activities-and-leisure", "therapies", "personal-assistants"),
            ("One-to-one company at the pool", "Physiotherapy twice a month", "Hydrotherapy"),
            "Heat makes my MS worse, so I go to the cooler pool and I get out when my hands tingle.",
        ),
        Aim(
            "See people, and not just on a screen",
            24_000,
            ("activities-and-leisure", "transport", "community-and-peers", "learning-and-work"),
            ("Taxis there and back", "The Thursday art class", "Days out with the MS group"),
            "Some days I cancel at the last minute. The drivers know me and do not charge me for it.",
        ),
        Aim(
            "Keep the flat safe and clean when I am tired",
            20_000,
            ("home-help", "equipment-and-aids"),
            ("A cleaner every other week", "Batch cooking", "Small aids that save my hands"),
            "",
        ),
        Aim(
            "Give Ade a rest before she needs one",
            33_000,
            ("short-breaks-and-respite", "personal-assistants", "home-care"),
            ("A night in every month", "Somebody here for an evening"),
            "If Ade is ill there is nobody else at night: then the money kept for bad weeks pays for a carer to "
            "sleep in.",
        ),
    ),
    working=(
        ("10 hours a week of a personal assistant at £16.40", 71_067),
        ("Employer's costs: pension, holiday cover, insurance and training", 12_333),
        ("Payroll service", 1_800),
        ("Physiotherapy, twice a month at £52", 10_400),
        ("Company at the pool, 4 hours a month at £24, and the pool itself", 12_400),
        ("Getting about and the art class", 24_000),
        ("Help in the flat, every other week", 20_000),
        ("Two nights of respite a month at £165", 33_000),
    ),
    monthly={Stream.HEALTH: 148_000, Stream.SOCIAL_CARE: 37_000},
    contingency=16_500,
    carry=0,
    reserve={Stream.HEALTH: 30_000, Stream.SOCIAL_CARE: 7_500},
    regulars=(
        Regular("Wages for Josie", "Josephine Tran", "personal-assistants", 71_200, 31, 0),
        Regular("Payroll for Josie", "Plain Payroll", "money-and-payroll", 1_800, 25, 0),
    ),
    habits=(
        Habit("One-to-one company at the pool", "Swim Together CIC", 2_400, "activities-and-leisure", 1, 4,
            listing=True),
        Habit("Physiotherapy at home", "Rushey Green Physiotherapy", 5_200, "therapies", 1, 2, listing=True),
        Habit("Somebody to get out with", "Marta K.", 5_400, "personal-assistants", 0, 1.5, listing=True, quantity=3),
        Habit("Taxi to the art class and home", "Ravens Cars", 1_650, "transport", 2, 4),
        Habit("Thursday art class, one term's month", "The Open Easel", 4_800, "activities-and-leisure", 2, 1),
        Habit("Cleaning and tidying", "Bright Corners Cleaning", 3_600, "home-help", 3, 2, listing=True, quantity=2),
        Habit("A week of cooked meals for the freezer", "Auntie Bisi's Kitchen", 4_200, "home-help", 3, 1.4),
        Habit("Overnight respite at home", "Ladywell Nights", 16_500, "short-breaks-and-respite", 4, 2, listing=True),
        Habit("Day at the sea with the MS group", "Quaggy Days Out", 3_800, "activities-and-leisure", 2, 0.6),
        Habit("Jar opener and easy-grip knives", "Handy Things for Living", 2_350, "equipment-and-aids", 3, 0.3),
    ),
    asked=(
        Asked(
            243,
            "Cooling vest for hot days",
            "Frostline Wear",
            18_900,
            None,
            1,
            "Heat is what stops you swimming and going out. This is what the money is for. Enjoy the summer, Sam.",
        ),
        Asked(
            151,
            "Second-hand rowing machine",
            "Gently Used Gym Kit",
            26_000,
            None,
            1,
            "Yes. Please keep to the ten minutes your physio said.",
        ),
        Asked(
            77,
            "Noise-cancelling headphones",
            "Catford Sound",
            24_900,
            "learning-and-work",
            3,
            "We could not see how these help with keeping the flat safe. If they help you rest, tell me how and ask "
            "again under that.",
            "not_in_plan",
        ),
    ),
)

AMIRA = Life(
    key="amira",
    given="Amira",
    family="Rahman",
    age=9,
    birthday=(2, 17),
    postcode="SE13 6QF",
    helper=Helper("Nadia Rahman", AuthorityKind.REPRESENTATIVE, "representative@example.org"),
    about_me=(
        "Amira laughs with her whole body. She talks with her eyes and her talker, loves penguins, drums and her "
        "brother "
        "Idris, and cannot bear to be talked over. She breathes with help at night. We, her family, want her to have "
        "friends her own age, and nights on which everybody sleeps."
    ),
    aims=(
        Aim(
            "Breathe well and sleep through the night",
            42_000,
            ("nursing-and-healthcare", "home-care"),
            ("Night care by somebody trained in her ventilator", "Covers and tubing the hospital does not give"),
            "Amira's airway can block. Everyone who stays at night is signed off by her nurse, and the plan by the bed "
            "says when to ring 999.",
            {Stream.HEALTH: 1},
        ),
        Aim(
            "Play and swim like the other children",
            16_000,
            ("activities-and-leisure", "personal-assistants", "transport", "community-and-peers"),
            ("Swimming with one-to-one help", "Drumming club", "The penguins at the zoo, with a helper"),
            "She gets cold quickly: warm pool only, twenty minutes, towels ready.",
            {Stream.SOCIAL_CARE: 1},
        ),
        Aim(
            "Talk to my friends with my talker",
            32_000,
            ("therapies", "equipment-and-aids", "learning-and-work"),
            ("Speech therapy that also trains her class", "A mount for the talker"),
            "",
            {Stream.HEALTH: 1, Stream.EDUCATION: 3},
        ),
        Aim(
            "Mum, Dad and Idris get a rest, and so do I from them",
            34_000,
            ("short-breaks-and-respite", "personal-assistants"),
            ("A night a month at the children's house she knows", "A Saturday with her helper Bola"),
            "Only people who have met Amira twice before stay alone with her.",
            {Stream.HEALTH: 6, Stream.SOCIAL_CARE: 11},
        ),
    ),
    working=(
        ("Night care, two nights a month at £210, trained and signed off", 42_000),
        ("Swimming and clubs with a helper", 16_000),
        ("Speech therapy, four sessions a month at £80; school pays three quarters", 32_000),
        ("Short breaks, two nights a month at £170; health pays 6 parts of 17", 34_000),
    ),
    monthly={Stream.HEALTH: 62_000, Stream.SOCIAL_CARE: 38_000, Stream.EDUCATION: 24_000},
    parts=(
        (HeldAs.DIRECT_PAYMENT, 82_000, "Paid to Nadia's account for Amira before each month"),
        (HeldAs.NOTIONAL, 42_000, "The night care: arranged and paid by the board's children's nursing team"),
    ),
    contingency=12_000,
    carry=0,
    reserve={Stream.HEALTH: 10_000, Stream.SOCIAL_CARE: 38_800, Stream.EDUCATION: 12_000},
    habits=(
        Habit("Night care, ventilator trained", "Starlight Nursing at Home", 21_000, "nursing-and-healthcare", 0, 2,
            listing=True),
        Habit("Warm-pool swimming with one-to-one help", "Swim Together CIC", 2_600, "activities-and-leisure", 1, 3,
            listing=True),
        Habit("Drumming club for everybody", "Loud and Proud Drumming", 1_200, "activities-and-leisure", 1, 4,
            listing=True),
        Habit("Taxi with room for the wheelchair", "Ravens Cars", 2_100, "transport", 1, 1.5),
        Habit("Speech therapy with the talker", "Talking Hands Therapy", 8_000, "therapies", 2, 4, listing=True),
        Habit("A night at the children's house", "Kingfisher House", 17_000, "short-breaks-and-respite", 3, 2,
            listing=True),
        Habit("Saturday help for a child", "Bola A.", 6_400, "personal-assistants", 3, 1, listing=True, quantity=4),
    ),
    asked=(
        Asked(
            198,
            "Sensory lights and a bubble tube for Amira's room",
            "Calm Room Supplies",
            28_500,
            None,
            0,
            "A room that is calm is half of a good night. Yes.",
        ),
    ),
)

HARRIET = Life(
    key="harriet",
    given="Harriet",
    family="Osei",
    age=61,
    birthday=(9, 3),
    postcode="SE4 1YT",
    about_me=(
        "I ran a fabric stall for thirty years. The stroke took my right hand and some of my words, not my opinions. "
        "Give me time to finish a sentence. I want to sew again, left-handed if I must, and to sing on Sundays."
    ),
    aims=(
        Aim(
            "Get my words back, and my hand",
            36_000,
            ("therapies", "equipment-and-aids"),
            ("Speech therapy", "Hand therapy", "A left-handed sewing machine"),
            "",
        ),
        Aim(
            "Wash, dress and cook without my daughter having to",
            62_000,
            ("personal-assistants", "home-care", "money-and-payroll"),
            ("Wages for Comfort", "Payroll"),
            "Hot pans: Comfort does the lifting, I do the seasoning.",
        ),
        Aim(
            "Sing on Sundays and see the market on Saturdays",
            20_000,
            ("transport", "activities-and-leisure", "community-and-peers"),
            ("Taxi to church", "The stroke choir"),
            "I get lost when I am tired. The driver has my daughter's number.",
        ),
    ),
    working=(
        ("9 hours a week of a personal assistant at £15.80", 61_620),
        ("Speech and hand therapy, six sessions a month", 36_000),
        ("Getting about, and the choir", 20_000),
    ),
    monthly={Stream.HEALTH: 118_000},
    contingency=20_000,
    carry=8_000,
    reserve={Stream.HEALTH: 36_000},
    regulars=(
        Regular("Wages for Comfort", "Comfort Boateng", "personal-assistants", 59_800, 28, 1),
        Regular("Payroll for Comfort", "Plain Payroll", "money-and-payroll", 1_800, 20, 1),
    ),
    habits=(
        Habit("Speech therapy session", "Talking Hands Therapy", 6_200, "therapies", 0, 4),
        Habit("Hand therapy session", "Rushey Green Physiotherapy", 5_200, "therapies", 0, 2),
        Habit("Taxi to church and home", "Ravens Cars", 1_400, "transport", 2, 5),
        Habit("Stroke choir, a month", "Second Wind Choir", 1_500, "community-and-peers", 2, 1),
        Habit("Saturday at the market with Femi", "Femi O.", 5_100, "personal-assistants", 1, 1.5),
    ),
    asked=(
        Asked(
            112,
            "Left-handed sewing machine",
            "Brockley Sewing Centre",
            31_900,
            "equipment-and-aids",
            2,
            "You said it is what your hand wants to do. That is the best therapy there is. Yes.",
        ),
    ),
)

MAIN = (SAM, AMIRA, HARRIET)
