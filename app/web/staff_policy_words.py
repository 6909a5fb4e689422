"""The words of the policy by category, with what makes them mean nothing: to read and to search."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.identity.rules import Permission
from app.policy.comparing import category_title
from app.policy.document import PolicyDocument
from app.policy.lists import NEVER, Statement, all_statements
from app.policy.text import words
from app.web.marks import requires
from app.web.paging import page_number
from app.web.staff_policy_shared import scope_for_reading, version_asked

bp = Blueprint("policy_words", __name__)
_A_PAGE = 60
_SHOWN_BESIDE = 90  # letters of the words that must stand beside one


@dataclass(frozen=True, slots=True)
class Row:
    """A word as it is shown."""

    term: str
    category: str
    about: str
    note: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page of words."""

    rows: tuple[Row, ...]
    page: int
    pages: int
    many: int

    @property
    def has_previous(self) -> bool:
        return self.page > 1

    @property
    def has_next(self) -> bool:
        return self.page < self.pages


@bp.get("/staff/policy/words")
@requires(Permission.READ_POLICY)
def show() -> ResponseReturnValue:
    """Words by category or rule, searched."""
    scope = scope_for_reading()
    version, policy = version_asked(scope)
    categories = _categories(policy)
    args = request.args
    category = args.get("category", "") if args.get("category") in categories else ""
    rule = policy.rules.get(args.get("rule", ""))
    asked = " ".join(args.get("words", "").split())[:80]
    exceptions = args.get("show") == "exceptions"
    found = _found(policy, category, rule.code if rule else "", asked, exceptions)
    return render_template(
        "policy/words.jinja",
        scope=scope,
        version=version,
        categories=categories,
        category=category,
        rule=rule,
        asked=asked,
        exceptions=exceptions,
        page=_page(policy, found, page_number(args)),
    )


def _categories(policy: PolicyDocument) -> dict[str, str]:
    """Every category of the lists with its words."""
    found = dict.fromkeys(said.category for said in all_statements(policy.words))
    return {category: category_title(policy, category) for category in sorted(found)}


def _found(policy: PolicyDocument, category: str, rule: str, asked: str, exceptions: bool) -> list[Statement]:
    wanted = " ".join(words(asked))
    chosen = [
        said
        for said in all_statements(policy.words)
        if said.is_exception == exceptions
        and (not category or said.category == category)
        and (not rule or said.rule == rule)
        and (not asked or wanted in _folded(said.term) or asked.casefold() in said.term.casefold())
    ]
    return sorted(set(chosen), key=lambda said: (said.term.casefold().lstrip("^*"), said))


@lru_cache(maxsize=65536)
def _folded(term: str) -> str:
    return " ".join(words(term))


def _page(policy: PolicyDocument, found: list[Statement], number: int) -> Page:
    pages = max(1, -(-len(found) // _A_PAGE))
    number = min(number, pages)
    rows = tuple(_row(policy, said) for said in found[(number - 1) * _A_PAGE : number * _A_PAGE])
    return Page(rows, number, pages, len(found))


def _row(policy: PolicyDocument, said: Statement) -> Row:
    rule = policy.rules.get(said.rule)
    beside = said.beside
    if len(beside) > _SHOWN_BESIDE:
        beside = beside[:_SHOWN_BESIDE].rpartition(",")[0] + " …"
    notes = {
        "": "",
        "alone": "only when it stands alone",
        "only with": f"only beside: {beside}",
        NEVER: "means nothing",
        "not with": f"means nothing beside: {beside}",
        "instead with": f"counts as “{rule.title if rule else ''}” beside: {beside}",
    }
    note = [notes.get(said.kind, f"{said.kind}: {beside}"), "also with a letter wrong" if said.common else ""]
    term = {"*": "Every word of the category", "names": "Every name", "brands": "Every brand"}.get(said.term, said.term)
    return Row(term, category_title(policy, said.category), rule.title if rule else "", ". ".join(filter(None, note)))
