"""How many files one account may send in a day: nobody needs so many, and nobody may fill the disk."""

from __future__ import annotations

from datetime import timedelta

from app.core.errors import InvalidError
from app.evidence.rules import MAX_A_DAY, TOO_MANY_TODAY
from app.identity import throttle
from app.identity.rules import Actor


def check_day(actor: Actor, field: str, files: int = 1) -> None:
    """Count files before they are read. Of many sent at once no more are read than the day allows: one after another.

    A file that is refused is not counted, since the caller commits nothing.

    :param field: of the form, under which a refusal is said.
    :raises InvalidError: when the day's are used up.
    """
    for _ in range(files):
        if throttle.count("files", str(actor.account_id), timedelta(days=1)) > MAX_A_DAY:
            raise InvalidError({field: TOO_MANY_TODAY})
