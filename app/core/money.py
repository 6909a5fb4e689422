"""Money is integer pence everywhere. Text becomes pence, and pence text, only here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

#: The largest sum a person may type: ten million pounds. Far above any budget, far below BIGINT.
MAX_PENCE = 1_000_000_000

# ASCII digits only: other scripts' digits, exponents, NaN and signs are refused, not guessed at.
_AMOUNT = re.compile(r"£?(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})(?:\.(?P<part>[0-9]{1,2}))?")


def parse_pounds(text: str) -> int:
    """Read what a person typed as pounds and pence.

    :param text: such as ``"18"``, ``"£1,850.00"`` or ``" 12.5 "``.
    :returns: pence, 0 to ``MAX_PENCE``.
    :raises ValueError: with a sentence, when it is not an amount.
    """
    match = _AMOUNT.fullmatch(text.strip().replace(" ", ""))
    if match is None:
        raise ValueError("Enter an amount in pounds and pence, like 18 or 18.40")
    whole = match["whole"].replace(",", "")
    pence = int(Decimal(f"{whole}.{match['part'] or 0}") * 100)
    if pence > MAX_PENCE:
        raise ValueError("Enter an amount of £10,000,000 or less")
    return pence


def format_pounds(pence: int, *, whole: bool = False) -> str:
    """Say a sum of money: ``£1,850.00``, ``−£3.20``.

    :param pence: the sum.
    :param whole: leave out ``.00`` (only where every figure beside it is whole too).
    """
    sign = "−" if pence < 0 else ""
    pounds, part = divmod(abs(pence), 100)
    if whole and part == 0:
        return f"{sign}£{pounds:,}"
    return f"{sign}£{pounds:,}.{part:02d}"


def split_pence(total: int, weights: Sequence[int]) -> list[int]:
    """Split a sum by weight with the largest remainder method, ties to the lower index.

    :param total: pence, zero or more.
    :param weights: whole numbers, zero or more, at least one above zero.
    :returns: one sum a weight, adding up to ``total`` exactly, each within a penny of its exact share.
    :raises ValueError: when ``total`` or a weight is negative, or all weights are zero.
    """
    whole = sum(weights)
    if total < 0 or whole <= 0 or min(weights) < 0:
        raise ValueError("a split needs a sum and weights that are not negative")
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for index in by_remainder[: total - sum(shares)]:
        shares[index] += 1
    return shares


def split_cumulative(before: Sequence[int], amount: int, weights: Sequence[int]) -> list[int]:
    """Split ``amount`` so that what was split before and now together follow ``weights`` as one sum would.

    Splitting each small purchase by itself would let rounding pile up in one stream. Splitting the running total and
    taking the difference keeps every stream within a penny of its share for good. Where earlier splits used other
    weights a stream may already hold more than its share: it then takes nothing and the rest is shared by the others.

    :param before: pence already taken from each stream.
    :param amount: pence to take now.
    :param weights: the agreed shares.
    :returns: pence to take from each stream now, each zero or more, adding up to ``amount``.
    """
    target = split_pence(sum(before) + amount, weights)
    wanted = [max(0, goal - had) for goal, had in zip(target, before, strict=True)]
    over = sum(wanted) - amount
    if over <= 0:
        return wanted
    return split_pence(amount, wanted)
