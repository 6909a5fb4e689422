"""What made-up providers are called, what they offer and what it costs. Prices in pence, from and to."""

from __future__ import annotations

from dataclasses import dataclass

from app.marketplace.rules import Category, Unit


@dataclass(frozen=True, slots=True)
class Offer:
    """A kind of listing: words, unit and the range of its price.

    :param where: h at home, v at a place, r remote; p, besides, is personal care.
    """

    title: str
    unit: Unit
    low: int
    high: int
    where: str = "v"
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Trade:
    """A kind of provider: how many there are, how they are named and what they may offer."""

    category: Category
    count: int
    tails: tuple[str, ...]
    offers: tuple[Offer, ...]
    regulated: bool = False
    about: str = ""


_H, _V, _S, _N, _I, _M = Unit.HOUR, Unit.VISIT, Unit.SESSION, Unit.NIGHT, Unit.ITEM, Unit.MONTH

TRADES: tuple[Trade, ...] = (
    Trade(Category.HOME_CARE, 44, ("Home Care", "Care at Home", "Care Circle", "Homecare Co-operative", "Live Well"), (
        Offer("Help to wash, dress and eat", _H, 2100, 2600, "h",
            "The same few people, who tell you if they are late."),
        Offer("Morning and evening visits", _V, 1500, 1900, "h", "Half an hour, at a time that you choose."),
        Offer("Somebody to stay the night", _N, 13500, 18000, "h", "Sleeping in, and awake when you need them."),
        Offer("Live-in care", _N, 16500, 21000, "h", "One person who lives with you, and a second for their days off."),
    ), True, "Care at home by a small local team."),
    Trade(Category.NURSING, 18, ("Nursing at Home", "Community Nurses", "Complex Care", "Nurse Partners"), (
        Offer("Registered nurse at home", _H, 3800, 5200, "h", "Stoma, catheter, tracheostomy and tube feeding."),
        Offer("Night nurse", _N, 18500, 23000, "h", "A nurse who stays awake."),
        Offer("Training and sign-off for your own staff", _S, 12000, 18000, "h",
            "So that your PA may do a health task."),
    ), True, "Nurses who come to you, and who train the people you employ."),
    Trade(Category.THERAPIES, 46, ("Therapy", "Physiotherapy", "Therapy Rooms", "Rehab", "Practice"), (
        Offer("Physiotherapy", _S, 4500, 6500, "hv", "For walking, balance, strength and breathing."),
        Offer("Speech and language therapy", _S, 6000, 8500, "hvr", "Talking, swallowing, and talking with a device."),
        Offer("Occupational therapy", _S, 6000, 8500, "hv", "So that everyday things get easier."),
        Offer("Counselling", _S, 4500, 6500, "vr", "In confidence, in person or by video."),
        Offer("Massage for pain", _S, 4500, 6000, "hv", "Gentle or deep, as you like it."),
        Offer("Hydrotherapy in a warm pool", _S, 2500, 4000, "v", "With a therapist in the water."),
        Offer("Music therapy", _S, 4500, 6000, "hv", "No need to be musical."),
    ), about="Qualified therapists, registered with their own profession."),
    Trade(Category.SHORT_BREAKS, 24, ("House", "Short Breaks", "Respite", "Holidays for All"), (
        Offer("A night away, looked after", _N, 14500, 21000, "v", "Your own room, your own routine."),
        Offer("A Saturday out, from ten to four", _S, 6500, 9500, "v", "So that everybody at home has a day."),
        Offer("Respite in your own home", _N, 14000, 19000, "h", "We come to you, your family goes away."),
    ), True, "Rest for the people who care, and a good time for the person who comes."),
    Trade(Category.ACTIVITIES, 52, ("Leisure", "Active", "Studio", "Club", "Swim", "Arts"), (
        Offer("Gym membership", _M, 2800, 4500, "v",
            "With an induction by somebody who knows about health conditions."),
        Offer("Swimming with one-to-one help", _S, 2200, 3000, "v", "In the water with you."),
        Offer("Adapted sports session", _S, 800, 1600, "v", "Boccia, wheelchair basketball, walking football."),
        Offer("Art class for everybody", _S, 1000, 1900, "v", "Materials included. Bring an old shirt."),
        Offer("Day trip with support", _S, 3500, 7500, "v", "There and back, with lunch and with help."),
        Offer("Dance for all bodies", _S, 700, 1400, "v", "Standing, sitting or on wheels."),
        Offer("Gardening group", _S, 600, 1200, "v", "Raised beds, and tea."),
    ), about="Come as you are, bring somebody if you like."),
    Trade(Category.EQUIPMENT, 22, ("Mobility", "Living Aids", "Wheels", "Assistive Tech"), (
        Offer("Shower chair, fitted", _I, 9500, 24000, "hv"),
        Offer("Riser recliner chair, two weeks to try", _I, 52000, 89000, "hv"),
        Offer("Wheelchair service and new tyres", _I, 6500, 12000, "hv"),
        Offer("Communication tablet with mount", _I, 38000, 95000, "hvr"),
        Offer("Falls alarm, monitored", _M, 1600, 2600, "h"),
    ), about="Try before you buy, and we show you how it works."),
    Trade(Category.TRANSPORT, 18, ("Cars", "Community Transport", "Wheelchair Taxis", "Dial a Ride"), (
        Offer("Lift in a car with room for a wheelchair", _V, 1400, 2800, "h", "Door to door, not kerb to kerb."),
        Offer("Driver and helper, by the hour", _H, 2400, 3400, "h", "Who comes in with you, and waits."),
        Offer("Minibus seat to a regular club", _V, 500, 900, "h"),
    ), about="Drivers trained to help people who need a hand."),
    Trade(Category.LEARNING, 18, ("Learning", "College", "Job Coaches", "Skills"), (
        Offer("Job coach", _H, 2400, 3400, "vr", "Finding work, and keeping it."),
        Offer("Travel training", _H, 2300, 3100, "h", "Until you do it on your own."),
        Offer("Reading, numbers and computers", _S, 1200, 2400, "vr", "Small groups, no exams."),
        Offer("Learn to cook for yourself", _S, 1600, 2800, "hv"),
    ), about="Learning and work, at your speed."),
    Trade(Category.HOME_HELP, 26, ("Cleaning", "Household Help", "Handy People", "Gardens", "Kitchen"), (
        Offer("Cleaning and tidying", _H, 1600, 2100, "h", "By somebody who comes every time."),
        Offer("Garden made easy", _H, 2000, 2800, "h"),
        Offer("Grab rails, fitted", _I, 5500, 9500, "h", "Price for each rail, fixed to brick or plasterboard."),
        Offer("Cooked meals for the freezer, a week", _I, 3200, 4800, "h", "Soft and special diets too."),
    ), about="Jobs around the house, done with you or for you."),
    Trade(Category.ASSISTANCE_ANIMAL, 7, ("Assistance Dogs", "Dogs for Living", "Animal Therapy"), (
        Offer("Assistance dog: assessment day", _I, 18000, 26000, "v", "To see whether a dog would suit you."),
        Offer("Training your own dog, a session", _S, 4500, 6500, "hv"),
        Offer("Visit by a therapy animal", _S, 3500, 5500, "h"),
    ), about="Trained dogs, and help to train your own."),
    Trade(Category.MONEY_SUPPORT, 10, ("Payroll", "Money Support", "Accounts for Care"), (
        Offer("Payroll for one personal assistant", _M, 1400, 2400, "r", "Payslips, tax, pension and holiday."),
        Offer("Managed account", _M, 2800, 4200, "r", "We pay your bills from your budget, you decide."),
    ), about="The paperwork of being an employer, off your table."),
    Trade(Category.COMMUNITY, 30, ("Community Hall", "Friends", "Peers", "Men's Shed", "Café", "Choir"), (
        Offer("Peer support group", _S, 0, 0, "v", "Run by people who live with it themselves."),
        Offer("Friendly lunch club", _S, 0, 650, "v", "A hot lunch and a lift home if you need it."),
        Offer("Befriending by telephone", _S, 0, 0, "r", "The same voice every week."),
        Offer("Advocate who speaks up with you", _S, 0, 0, "hvr", "Independent of the board and of the council."),
        Offer("Choir: nobody is turned away", _S, 0, 600, "v"),
    ), about="Run by local people, mostly volunteers."),
)  # fmt: skip

HEADS = (
    "Ravensbourne", "Quaggy", "Hilly Fields", "Rushey", "Ladywell", "Brockley", "Telegraph Hill", "Mountsfield",
    "Kestrel",
    "Magnolia", "Lantern", "Bluebell", "Harbour", "Willow", "Northbrook", "Honeysuckle", "Beacon", "Sparrow", "Cedar",
    "Foxglove", "Riverside", "Greenway", "Sunnyside", "Heron", "Lavender", "Oak and Ivy", "Helping Hand", "Open Door",
    "Good Neighbours", "Silver Birch", "Marigold", "Juniper", "Canal Street", "Old Station", "Two Bridges", "Skylark",
    "Primrose", "Bright Day", "Tidewater", "Stepping Stones", "Larkspur", "Wren", "Hawthorn", "Compass", "Homely",
)  # fmt: skip

PA_NAMES = (
    "Abena", "Agnieszka", "Aisha", "Alan", "Amelia", "Andrzej", "Anita", "Babajide", "Beatriz", "Bilal", "Carmen",
    "Chloe",
    "Constance", "Cyril", "Dalia", "Desmond", "Diego", "Efua", "Eilidh", "Elena", "Emeka", "Esther", "Farah", "Fiona",
    "Gabriela", "Gloria", "Grzegorz", "Hana", "Hassan", "Helen", "Ibrahim", "Ifeoma", "Irina", "Isaac", "Jasmine",
    "Joao",
    "Josephine", "Kamala", "Karolina", "Keisha", "Kofi", "Krishna", "Laila", "Lerato", "Lucia", "Malik", "Maria",
    "Mehdi",
    "Mercy", "Mina", "Nadira", "Nathan", "Ngozi", "Nuala", "Olga", "Olivia", "Owen", "Patience", "Pavel", "Pooja",
    "Rachel",
    "Ramesh", "Rosa", "Ruby", "Samira", "Selam", "Shanice", "Sinead", "Sofia", "Stella", "Sunita", "Tariq", "Teresa",
    "Thuy", "Tunde", "Uma", "Vera", "Victoria", "Wanjiru", "Yasmin", "Yohannes", "Zanele", "Zofia",
)  # fmt: skip

PA_OFFERS = (
    Offer("Personal assistant, days", _H, 1480, 1850, "hp", "Washing, dressing, cooking, getting out."),
    Offer("Somebody to get out with", _H, 1450, 1800, "h", "Shops, park, pool, cinema: you choose."),
    Offer("Personal assistant, evenings and weekends", _H, 1600, 2000, "hp", "When others have gone home."),
    Offer("Support for a young person", _H, 1500, 1850, "h", "Play, homework, buses, growing up."),
    Offer("Support worker, brain injury", _H, 1600, 1950, "h", "Prompts and plans, and no nagging."),
    Offer("Sleep-in night", _N, 9500, 13000, "hp", "Asleep in your home, up if you call."),
)

LANGUAGES = ("Polish", "Yoruba", "Bengali", "Somali", "Spanish", "Portuguese", "Tamil", "Arabic",
    "British Sign Language",
             "Turkish", "French", "Urdu", "Twi", "Cantonese")  # fmt: skip
ACCESS = ("Step-free", "Accessible toilet", "Hoist", "Hearing loop", "Quiet hour", "Changing Places toilet", "Parking")
