"""The demonstration's sign-ins: who they are and what there is to look at."""

from __future__ import annotations

from dataclasses import dataclass

from app.identity.rules import StaffRole


@dataclass(frozen=True, slots=True)
class SignIn:
    """One row of what the command prints."""

    email: str
    name: str
    who: str
    look: str
    role: StaffRole | None = None
    key: str = ""


#: In the order in which they are printed. People's own are made with their lives; staff and the rest are made first.
SIGN_INS = (
    SignIn("holder@example.org", "Sam Okafor", "budget holder",
           "a year of his own budget, and something in every state a purchase can be in", key="sam"),
    SignIn("representative@example.org", "Nadia Rahman", "parent of Amira, aged nine",
           "three funders, one sum; something to say yes to", key="amira"),
    SignIn("young@example.org", "Oluwaseun Adebayo", "nearly sixteen",
           "what changes when he decides for himself, and who he makes his nominee", key="seun_himself"),
    SignIn("representative2@example.org", "Karim Rahman", "father of Amira",
           "can only look: his papers wait for Priya", key="karim"),
    SignIn("broker@example.org", "Leonie Baptiste", "broker for three people",
           "prepares for Sam and Amira, buys up to £250 for Harriet", key="leonie"),
    SignIn("broker2@example.org", "Dele Okonjo", "broker for Sam too",
           "gets a fee from what he prepared, and knows nothing of Leonie's work", key="dele"),
    SignIn("broker3@example.org", "Fran Iversen", "was Sam's broker until last week",
           "has no way in any more; what she began is Sam's to finish", key="fran"),
    SignIn("coordinator@example.org", "Priya Shah", "care coordinator",
           "a queue with something late and something due next", StaffRole.COORDINATOR, "priya"),
    SignIn("coordinator2@example.org", "Marcus Bell", "care coordinator",
           "leads the team; fifteen small exercise budgets", StaffRole.COORDINATOR, "marcus"),
    SignIn("finance@example.org", "Helen Achterberg", "finance officer",
           "the ledger, and budgets not yet paid this month", StaffRole.FINANCE, "helen"),
    SignIn("admin@example.org", "Joy Abara", "commissioner admin", "the spending policy and the team", StaffRole.ADMIN,
        "joy"),
    SignIn("admin2@example.org", "Kofi Mensah", "commissioner admin",
           "a draft of the policy that waits for a second person", StaffRole.ADMIN, "kofi"),
    SignIn("auditor@example.org", "Stephen Kwan", "auditor", "who did what, and why", StaffRole.AUDITOR, "stephen"),
    SignIn("provider@example.org", "Bea Holloway", "Swim Together CIC", "a provider's listings and orders", key="bea"),
    SignIn("pa@example.org", "Marta Kowalczyk", "personal assistant", "a PA's listings and orders", key="marta"),
)  # fmt: skip

#: The second commissioner's: none of the first one's things exist for them.
NEIGHBOURS = (
    SignIn("holder@wendover.example.org", "Peter Garrity", "budget holder", "another commissioner's person",
           key="peter"),
    SignIn("coordinator@wendover.example.org", "Ingrid Solberg", "care coordinator", "her own queue",
           StaffRole.COORDINATOR, "ingrid"),
    SignIn("finance@wendover.example.org", "Graham Pell", "finance officer", "the other ledger", StaffRole.FINANCE,
        "graham"),
    SignIn("admin@wendover.example.org", "Sunniva Rao", "commissioner admin", "the other policy", StaffRole.ADMIN,
        "sunniva"),
    SignIn("auditor@wendover.example.org", "Colm Fahey", "auditor", "the other audit", StaffRole.AUDITOR, "colm"),
)  # fmt: skip
