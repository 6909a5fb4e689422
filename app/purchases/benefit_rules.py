"""What a broker gets from a purchase: the answer, and what it must be. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.money import MAX_PENCE, format_pounds
from app.core.words import one_line

ASKED = "Do you get anything from this?"
MISSING = "Say whether you get anything from this"
MAX_WHAT = 200
MAX_FROM = 120


@dataclass(frozen=True, slots=True)
class BenefitInput:
    """An answer as it was typed.

    :param gets: None while nothing was chosen.
    :param amount_pence: where it is money; each time, of something bought again and again.
    """

    gets: bool | None
    amount_pence: int | None = None
    what: str = ""
    from_whom: str = ""

    def tidied(self) -> BenefitInput:
        """The same as it is kept: one line each, and nothing beside a no."""
        if not self.gets:
            return BenefitInput(self.gets)
        return BenefitInput(True, self.amount_pence, one_line(self.what), one_line(self.from_whom))


def check_benefit(typed: BenefitInput, own_provider: str | None = None) -> dict[str, str]:
    """What is wrong with a tidied answer, by field: ``gets gets_amount gets_what gets_from``.

    :param own_provider: the name of whom it is bought from, where the broker belongs to them.
    """
    if typed.gets is None:
        return {"gets": MISSING}
    if not typed.gets:
        if own_provider is None:
            return {}
        return {"gets": f"You belong to {own_provider}, so you have a part in it. Choose yes, and say which"}
    errors = {}
    if typed.amount_pence is not None and not 0 < typed.amount_pence <= MAX_PENCE:
        errors["gets_amount"] = "Enter how much it is, more than £0"
    if typed.amount_pence is None and not typed.what:
        errors["gets_what"] = "Say how much or what it is, like 5% of the price"
    elif len(typed.what) > MAX_WHAT:
        errors["gets_what"] = f"Use {MAX_WHAT} letters or fewer"
    if not typed.from_whom:
        errors["gets_from"] = "Say who it is from"
    elif len(typed.from_whom) > MAX_FROM:
        errors["gets_from"] = f"Use {MAX_FROM} letters or fewer"
    return errors


def words_of(name: str, said: BenefitInput) -> str:
    """What a broker gets, in words: "Leonie gets £20.00 from Swim Together: a fee"; nothing where they get nothing."""
    return f"{name} {say(True, said.amount_pence, said.what, said.from_whom)}" if said.gets else ""


def say(gets: bool, amount_pence: int | None, what: str, from_whom: str) -> str:
    """An answer, to follow a name: "gets £20.00 from Swim Together: a fee for each new client"."""
    if not gets:
        return "gets nothing from it"
    pounds = format_pounds(amount_pence) if amount_pence else ""
    if pounds and what:
        return f"gets {pounds} from {from_whom}: {what}"
    return f"gets {pounds or what} from {from_whom}"
