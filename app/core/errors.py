"""What can go wrong, as types the shell turns into pages.

Every message is a sentence a tired person can read: it is shown as it stands.
"""

from __future__ import annotations


class CarePurseError(Exception):
    """Base of every refusal the software makes on purpose.

    :param sentence: plain English for the person who asked.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotFoundError(CarePurseError):
    """What was asked for does not exist, or is not this viewer's to see: the two look the same (404)."""

    def __init__(self, sentence: str = "We cannot find that page.") -> None:
        super().__init__(sentence)


class NotAllowedError(CarePurseError):
    """The actor may see the thing but may not do this to it (403)."""


class InvalidError(CarePurseError):
    """What was typed cannot be used. Nothing is lost: the form is shown again with it.

    :param errors: a sentence for each field that needs another look.
    """

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


class StateError(CarePurseError):
    """Somebody, or another tab, changed this first (409)."""


class InsufficientFundsError(CarePurseError):
    """The budget cannot cover the sum: the database refused it."""


class ConfigError(CarePurseError):
    """The settings cannot start the software; the sentence names the variable."""
