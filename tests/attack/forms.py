"""Finding every form: by walking through the pages as each role, and from the URL map."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin, urlsplit

import html5lib
from flask import Flask

from tests.web.hostile import NAMES, Town

ROLES = ("nobody", "holder", "viewer", "parent", "broker", "coordinator", "finance", "admin", "auditor", "provider")
_PAGES_A_ROLE = 120
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


def find_forms(app: Flask, town: Town) -> list[Form]:
    """Every form that a role meets when it follows links, and every POST of the URL map that none of them met."""
    found: dict[tuple[str, str, str, tuple[str, ...]], Form] = {}
    for role in ROLES:
        for form in _walk(town, role):
            found.setdefault((form.role, form.method, form.action, form.fields), form)
    met = {_rule_of(app, form.action) for form in found.values() if form.method == "POST"}
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or set()) and rule.rule not in met:
            path = town.path(rule)
            form = Form(town.role(path), "POST", path, _GUESSED)
            found[(form.role, form.method, form.action, form.fields)] = form
    return list(found.values())


def _walk(town: Town, role: str) -> list[Form]:
    waiting, seen, shapes, forms = ["/"], {"/"}, set[str](), list[Form]()
    if role == "nobody":
        waiting.append("/sign-in")
    while waiting and len(shapes) < _PAGES_A_ROLE:
        path = waiting.pop(0)
        answer = town.ask("GET", path, role=role)
        if answer.status_code in {301, 302, 303, 308}:
            _add(waiting, seen, urljoin(path, answer.location or ""))
            continue
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        shapes.add(path)
        page = html5lib.parse(answer.text, treebuilder="etree", namespaceHTMLElements=False)
        for link in page.iter("a"):
            _add(waiting, seen, urljoin(path, link.get("href", "")))
        forms += [_read(element, path, role) for element in page.iter("form")]
    return forms


def _add(waiting: list[str], seen: set[str], target: str) -> None:
    parts = urlsplit(urldefrag(target)[0])
    # one page of each address: other pages of the same list, and filters, have the same forms
    if not parts.netloc and parts.scheme in {"", "http"} and parts.path.startswith("/") and parts.path not in seen:
        seen.add(parts.path)
        waiting.append(f"{parts.path}?{parts.query}".rstrip("?"))


def _read(element: object, path: str, role: str) -> Form:
    names: dict[str, list[str]] = {}
    files: list[str] = []
    for part in element.iter():  # type: ignore[attr-defined]  # an etree element
        name = part.get("name")
        if not name or part.tag not in {"input", "textarea", "select", "button"}:
            continue
        if part.get("type") == "file":
            files.append(name)
            continue
        values = names.setdefault(name, [])
        if part.tag == "select":
            values += [option.get("value", "") for option in part.iter("option")]
        elif part.get("value"):
            values.append(part.get("value"))
    return Form(
        role,
        (element.get("method") or "get").upper(),  # type: ignore[attr-defined]  # an etree element
        urlsplit(urljoin(path, element.get("action") or path)).path,  # type: ignore[attr-defined]  # an etree element
        tuple(sorted(names)),
        {name: tuple(dict.fromkeys(values)) for name, values in names.items()},
        tuple(files),
    )


def _rule_of(app: Flask, path: str) -> str:
    try:
        rule, _ = app.url_map.bind("localhost").match(path, method="POST", return_rule=True)
    except Exception:  # an address of no POST
        return path
    return rule.rule
