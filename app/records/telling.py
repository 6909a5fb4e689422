"""What a download says: ``everything.json``, ``README.txt`` and the figures of the summary. Pure.

The shape of ``everything.json`` is kept: sections and fields are added, none changes its meaning without ``version``
going up. ``.github/RECORDS.md`` describes it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.core import clock
from app.core.money import format_pounds
from app.records.holdings import HOLDINGS

FORMAT, VERSION = "carepurse-records", 1
MOST_LINES = 1500  # of a table in the summary: a long life stays a file that opens
_STATES = {
    "draft": "Not sent yet",
    "awaiting_holder": "Waiting for a yes",
    "awaiting_approval": "Waiting for an answer",
    "awaiting_information": "Waiting for more words",
    "under_appeal": "A second look",
    "part_refunded": "Part of it came back",
    "refunded": "It came back",
}


@dataclass(frozen=True, slots=True)
class Whose:
    """For whom a download is.

    :param name: the person it is about, or the account's own name.
    :param ref: the person's reference; empty for an account alone.
    :param place: the commissioner, with how to reach it.
    """

    name: str
    ref: str
    asked_by: str
    made_at: datetime
    place: str = ""
    help_phone: str = ""
    help_email: str = ""


def everything(
    whose: Whose,
    about: Mapping[str, list[dict[str, Any]]],
    own: Mapping[str, list[dict[str, Any]]],
    settings: Mapping[str, Any],
    files: Iterable[str],
) -> str:
    """``everything.json``.

    :param about: the sections about the person; empty for an account alone.
    :param own: the sections of the account that asked.
    :param settings: of the commissioner, as they are in force.
    """
    return json.dumps(
        {
            "format": FORMAT,
            "version": VERSION,
            "made_at": whose.made_at.isoformat(),
            "asked_by": whose.asked_by,
            "about": {"name": whose.name, "reference": whose.ref, "commissioner": whose.place},
            "sections": _described(about),
            "sign_in_of_who_asked": _described(own),
            "settings_that_apply": settings,
            "files": list(files),
            "left_out": _left_out({*about, *own}),
        },
        ensure_ascii=False,
        indent=1,
    )


def _described(sections: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    what = {held.section: held.what for held in HOLDINGS.values()}
    return {name: {"what": what[name], "rows": rows} for name, rows in sections.items()}


def _left_out(sections: set[str]) -> list[dict[str, str]]:
    return [
        {"section": held.section, "what": column, "why": why}
        for held in HOLDINGS.values()
        if held.section in sections
        for column, why in held.leave_out.items()
    ] + [{"section": "", "what": held.table, "why": held.why} for held in HOLDINGS.values() if not held.section]


def readme(whose: Whose, counts: Mapping[str, int], files: int) -> str:
    """``README.txt``, in plain words."""
    what = {held.section: held.what for held in HOLDINGS.values()}
    lines = [
        f"Everything CarePurse holds on {whose.name}",
        f"Made on {_day(whose.made_at)} for {whose.asked_by}.",
        "",
        "What is in here",
        "",
        "  summary.pdf       The main things, to read or print.",
        "  everything.json   Everything, for a computer. A text editor opens it too.",
        f"  files             {files} {'file' if files == 1 else 'files'}: receipts, and what was sent with messages.",
        "",
        "How much there is of each",
        "",
        *(f"  {count:>6}  {what[name]}" for name, count in counts.items()),
        "",
        "What is not in here",
        "",
        "  Secrets that would let somebody sign in as you, and what belongs to other people.",
        "  everything.json says each, with the reason, under left_out.",
        "",
        "If something is wrong",
        "",
        "  Open “Your details” in CarePurse. Some things you can change at once, for the rest a person answers.",
        *([f"  Or ask {whose.place}{_reach(whose)}."] if whose.place else []),
        "  You can also complain to the Information Commissioner: ico.org.uk",
        "",
        "Keep this safe. It tells about your life and your money.",
    ]
    return "\r\n".join(lines) + "\r\n"  # the text editor of an old computer wants both


def _reach(whose: Whose) -> str:
    return "".join(f", {one}" for one in (whose.help_phone, whose.help_email) if one)


def summary(whose: Whose, about: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """What the PDF says, as plain data for its template."""
    you = about.get("you", [{}])[0] if about.get("you") else {}
    purchases = sorted(about.get("purchases", ()), key=lambda row: row["created_at"], reverse=True)
    looked = [row for row in about.get("who_did_what", ()) if ".open" in row["verb"]]
    return {
        "title": f"What CarePurse holds on {whose.name}",
        "made": f"Made on {_day(whose.made_at)} for {whose.asked_by}.",
        "help": f"Questions? Ask {whose.place}{_reach(whose)}." if whose.place else "",
        "you": _you(whose, you, about),
        "budgets": [_budget(row, about) for row in about.get("budgets", ())],
        "months": _months(about),
        "outcomes": [row["words"] for row in about.get("outcomes", ()) if row["ended_on"] is None],
        "purchases": [_purchase(row) for row in purchases[:MOST_LINES]],
        "more_purchases": max(0, len(purchases) - MOST_LINES),
        "looked": [
            [_day(row["written_at"]), row["actor_name"], row["sentence"]] for row in reversed(looked[-MOST_LINES:])
        ],
        "counts": [
            [held.what.split(";")[0], f"{len(about[held.section]):,}"]
            for held in HOLDINGS.values()
            if about.get(held.section)
        ],
    }


def _you(whose: Whose, you: Mapping[str, Any], about: Mapping[str, list[dict[str, Any]]]) -> list[list[str]]:
    acts = [row for row in about.get("who_acts", ()) if row["ended_at"] is None]
    rows = [
        ["Name", whose.name],
        ["Likes to be called", you.get("called") or ""],
        ["Born", _day(you["date_of_birth"]) if you else ""],
        ["Postcode", you.get("postcode") or ""],
        ["Who pays the budget", whose.place],
        ["Who may act", ", ".join(f"{row['account_id']} ({row['kind']})" for row in acts)],
        [
            "Care coordinator",
            ", ".join(row["account_id"] for row in about.get("coordinators", ()) if not row["ends_on"]),
        ],
    ]
    return [row for row in rows if row[1]]


def _budget(budget: Mapping[str, Any], about: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    pots = {row["ledger_account_id"] for row in about["budget_funders"] if row["budget_id"] == budget["id"]}
    own = [row for row in about["pots"] if row["id"] in pots]
    came_in, spent, promised = (
        sum(row[name] for row in own) for name in ("credits_posted", "debits_posted", "debits_pending")
    )
    return {
        "name": budget["name"],
        "when": f"{_day(budget['starts_on'])} to {_day(budget['ends_on'])}",
        "rows": [
            ["Agreed for the whole time", format_pounds(budget["agreed_pence"] or budget["indicative_pence"])],
            ["Money in, with what came back", format_pounds(came_in)],
            ["Money out", format_pounds(spent)],
            ["Promised", format_pounds(promised)],
            ["Left", format_pounds(came_in - spent - promised)],
            [budget["contingency_name"], format_pounds(budget["contingency_pence"])],
        ],
    }


def _months(about: Mapping[str, list[dict[str, Any]]]) -> list[list[str]]:
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in about.get("months", ()):
        for at, name in enumerate(("money_in", "spent", "refunded")):
            sums[row["period"]][at] += row[name]
    return [
        [f"{date.fromisoformat(period):%B %Y}", *(format_pounds(pence) for pence in pounds)]
        for period, pounds in sorted(sums.items())
    ]


def _purchase(row: Mapping[str, Any]) -> Sequence[str]:
    day = row["paid_on"] or row["bought_on"] or row["created_at"]
    state = _STATES.get(row["state"], row["state"].replace("_", " ").capitalize())
    return [
        _day(day),
        row["title"] or "Something without a name",
        row["payee_name"],
        state,
        format_pounds(row["total_pence"]),
    ]


def _day(value: str | datetime) -> str:
    """A day as it is written everywhere, with its year."""
    if isinstance(value, str):
        value = (
            datetime.fromisoformat(value)
            if "T" in value
            else datetime.combine(date.fromisoformat(value), datetime.min.time())
        )
    day = clock.london(value).date() if value.tzinfo else value.date()
    return f"{day.day} {day:%B} {day.year}"
