"""Finding every form: by walking through the pages as each role, and from the URL map."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from tests.web.hostile import NAMES, Town

ROLES = ("nobody", "holder", "viewer", "parent", "broker", "coordinator", "finance", "admin", "auditor", "provider")
#: Names that a form of the URL map is tried with when no page shows it to this role.
_GUESSED = tuple(NAMES[:40])


@dataclass(frozen=True)
class Form:
    """One form as one role sees it."""

    role: str
    method: str
    action: str
    fields: tuple[str, ...]
    choices: dict[str, tuple[str, ...]] = field(hash=False, compare=False, default_factory=dict)
    files: tuple[str, ...] = ()


def find_forms(app: Flask, town: Town, pages: int = 40) -> list[Form]:
    """Every form of every page, those that each role meets when it follows links, and every other POST there is.

    :param pages: how many of them a role opens.
    """
    found: dict[tuple[str, str, str, tuple[str, ...]], Form] = {}
    met_by_roles = [form for role in ROLES for form in _walk(town, role, pages)]
    for form in [*met_by_roles, *_of_every_page(app, town)]:
        found.setdefault((form.role, form.method, form.action, form.fields), form)
    met = {_rule_of(app, form.action) for form in found.values() if form.method == "POST"}
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or set()) and rule.rule not in met:
            path = town.path(rule)
            form = Form(town.role(path), "POST", path, _GUESSED)
            found[(form.role, form.method, form.action, form.fields)] = form
    return list(found.values())


def _of_every_page(app: Flask, town: Town) -> list[Form]:
    forms = list[Form]()
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or set()) and "static" not in rule.rule:
            path = town.path(rule)
            forms += _Page(town.ask("GET", path), path, town.role(path)).forms
    return forms


def _walk(town: Town, role: str, pages: int) -> list[Form]:
    waiting, seen, opened, forms = deque(["/"]), {"/"}, 0, list[Form]()
    if role == "nobody":
        waiting.append("/sign-in")
    while waiting and opened < pages:
        path = waiting.popleft()
        answer = town.ask("GET", path, role=role)
        if answer.status_code in {301, 302, 303, 308}:
            _add(waiting, seen, urljoin(path, answer.location or ""))
            continue
        page = _Page(answer, path, role)
        opened += page.is_one
        for link in page.links:
            _add(waiting, seen, link)
        forms += page.forms
    return forms


def _add(waiting: deque[str], seen: set[str], target: str) -> None:
    parts = urlsplit(urldefrag(target)[0])
    # one page of each address: other pages of the same list, and filters, have the same forms
    if not parts.netloc and parts.scheme in {"", "http"} and parts.path.startswith("/") and parts.path not in seen:
        seen.add(parts.path)
        waiting.append(f"{parts.path}?{parts.query}".rstrip("?"))


class _Page(HTMLParser):
    """The links and the forms of a page as one role sees it. (html5lib would take longer than all the rest.)"""

    def __init__(self, answer: TestResponse, path: str, role: str) -> None:
        super().__init__()
        self.path, self.role = path, role
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._form: tuple[str, str] | None = None  # method and action of the one that is open
        self._fields: dict[str, list[str]] = {}
        self._files: list[str] = []
        self._select = ""
        self.is_one = answer.status_code == 200 and answer.mimetype == "text/html"
        if self.is_one:
            self.feed(answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(urljoin(self.path, has.get("href", "")))
        elif tag == "form":
            action = urlsplit(urljoin(self.path, has.get("action") or self.path)).path
            self._form, self._fields, self._files = (has.get("method", "get").upper(), action), {}, []
        elif tag == "option" and self._select:
            self._fields[self._select].append(has.get("value", ""))
        elif tag in {"input", "textarea", "select", "button"} and has.get("name"):
            if has.get("type") == "file":
                self._files.append(has["name"])
                return
            values = self._fields.setdefault(has["name"], [])
            self._select = has["name"] if tag == "select" else ""
            if has.get("value"):
                values.append(has["value"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "form" and self._form:
            known = {name: tuple(dict.fromkeys(values)) for name, values in self._fields.items()}
            self.forms.append(Form(self.role, *self._form, tuple(sorted(known)), known, tuple(self._files)))
            self._form = None


def _rule_of(app: Flask, path: str) -> str:
    try:
        rule, _ = app.url_map.bind("localhost").match(path, method="POST", return_rule=True)
    except Exception:  # an address of no POST
        return path
    return rule.rule
