"""What was found about how somebody decides, said to themself: "you", not their own name. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from app.stewardship.changes_follows import Follow


def to_themself(sentence: str, name: str, given_name: str) -> str:
    """A sentence of ``capacity_rules``, or of ``sixteen_rules``, as the person it is about reads it.

    :param name: as the sentence has it, with the family name.
    """
    for said, to_you in (
        (f"{name} can still look", "You can still look"),
        (f"{name} decides and buys", "You decide and buy"),
        (f"{given_name}, and everybody who acts for them, are told", "You, and everybody who acts for you, are told"),
        (f"does not act for {given_name} now", "does not act for you now"),
        (f"{given_name}’s nominee", "your nominee"),
        (f"until {given_name} has said what they want. You are reminded to ask", "until you have said what you want"),
        (f"{given_name} has no sign-in yet. The coordinator invites them", "You have no sign-in yet"),
        (f"On good days {given_name} decides", "On good days you decide"),
        (f"on days when {given_name} cannot", "on days when you cannot"),
        # found before sixteen: what follows on the birthday
        (f"{name} decides, and can buy", "You decide, and can buy"),
        (f"that {given_name} cannot decide", "that you cannot decide"),
        (f"because {given_name} asked for it", "because you asked for it"),
        (f"waits for {given_name}’s yes", "waits for your yes"),
        (f"wait for {given_name}", "wait for you"),
        (f"waits for {given_name}", "waits for you"),
        (f"The budget stays {given_name}’s", "The budget stays yours"),
        (f"Everybody who acts for {given_name},", "Everybody who acts for you,"),
    ):
        sentence = sentence.replace(said, to_you)
    return sentence


def follows_to_themself(follows: Iterable[Follow], name: str, given_name: str) -> list[Follow]:
    """All that follows, said to them."""
    return [replace(item, sentence=to_themself(item.sentence, name, given_name)) for item in follows]


def areas_to_themself(
    areas: Iterable[tuple[str, list[str]]], name: str, given_name: str
) -> list[tuple[str, list[str]]]:
    """The same under its headings, as it was kept."""
    return [(heading, [to_themself(one, name, given_name) for one in sentences]) for heading, sentences in areas]
