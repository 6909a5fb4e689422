"""Every page and form that a role reaches in the demonstration, one of each kind: what the scanners are given."""

from __future__ import annotations

import http.client
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import html5lib
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

#: Where a scanner would end its own sign-in, or fill the disk.
LEFT_ALONE = ("/sign-out", "/session", "/assets")
_OF_A_KIND = 2  # pages with the same rule and the same parameters


@dataclass(frozen=True)
class Sent:
    """A request worth attacking."""

    method: str
    path: str  # with its query
    body: str = ""


@dataclass
class Crawl:
    """What was reached."""

    sent: list[Sent] = field(default_factory=list)
    rules: set[str] = field(default_factory=set)
    fell: list[str] = field(default_factory=list)  # answers of 500 and more


def crawl(host: str, port: int, cookie: str, adapter: MapAdapter, start: str = "/", most: int = 400) -> Crawl:
    """Follow links and note forms, as one role.

    :param cookie: the whole header.
    :param adapter: to tell which route an address is.
    :param most: pages at most.
    """
    found, seen, waiting = Crawl(), Counter[Any](), deque([start])
    while waiting and sum(seen.values()) < most:
        path = waiting.popleft()
        kind = _kind(adapter, "GET", path)
        if kind is None or seen[kind] >= _OF_A_KIND or path.startswith(LEFT_ALONE):
            continue
        seen[kind] += 1
        status, location, html = _get(host, port, cookie, path)
        if status >= 500:
            found.fell.append(path)
        if location:
            waiting.append(_local(path, location))
        if status != 200:
            continue
        found.rules.add(kind[0])
        found.sent.append(Sent("GET", path))
        if html:
            for link in _links(path, html):
                waiting.append(link)
            found.sent += [form for form in _forms(path, html) if _is_new(seen, adapter, form)]
    return found


def _is_new(seen: Counter[Any], adapter: MapAdapter, form: Sent) -> bool:
    kind = _kind(adapter, form.method, form.path, form.body)
    if kind is None or form.path.startswith(LEFT_ALONE) or seen["form", kind]:
        return False
    seen["form", kind] += 1
    return True


def _kind(adapter: MapAdapter, method: str, path: str, body: str = "") -> tuple[str, tuple[str, ...]] | None:
    parts = urlsplit(path)
    try:
        rule, _ = adapter.match(parts.path, method=method, return_rule=True)
    except HTTPException:
        return None
    names = sorted({name for name, _ in parse_qsl(f"{parts.query}&{body}", keep_blank_values=True)})
    return rule.rule, tuple(names)


def _get(host: str, port: int, cookie: str, path: str) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection(host, port, timeout=30)
    try:
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        is_page = (answer.headers.get("Content-Type") or "").startswith("text/html")
        body = answer.read()
        return answer.status, answer.headers.get("Location") or "", body.decode() if is_page else ""
    finally:
        connection.close()


def _local(page: str, link: str) -> str:
    parts = urlsplit(urljoin(f"http://here{page}", link))
    return (
        f"{parts.path}?{parts.query}".rstrip("?")
        if parts.netloc in {"here", "127.0.0.1"} or not link.startswith("http")
        else ""
    )


def _links(page: str, html: str) -> Iterator[str]:
    for element in html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False).iter("a"):
        href = element.get("href", "")
        if href and not href.startswith(("#", "mailto:", "tel:", "http")):
            yield _local(page, href)


def _forms(page: str, html: str) -> Iterator[Sent]:
    for form in html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False).iter("form"):
        fields = {}
        for element in form.iter():
            name = element.get("name")
            if name and element.tag in {"input", "textarea", "select", "button"} and element.get("type") != "file":
                fields.setdefault(name, element.get("value") or (element.text or "").strip() or "1")
        target = _local(page, form.get("action") or page)
        if form.get("method", "get").lower() == "post":
            yield Sent("POST", target, urlencode(fields))
        else:
            yield Sent("GET", f"{target.partition('?')[0]}?{urlencode(fields)}")
