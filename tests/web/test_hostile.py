"""Any text, any file, any parameter: never a 500, never unescaped, nothing lost from the form."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.config import ROOT
from app.web.forms import _tidy
from tests.web.buying_world import photo
from tests.web.hostile import NAMES, RAW, SCRIPTS, TEXTS, Town, address, everywhere, harm, held_in, words_of

_MANY = {"max_examples": 25, "suppress_health_check": list(HealthCheck)}
#: Letters that a form may be sent: whole ones, since halves cannot be written in UTF-8.
_ANY = st.text(st.characters(exclude_categories=("Cs",)), max_size=120)


@pytest.fixture
def town(client: FlaskClient, session: sa.orm.Session) -> Town:
    return Town(client, session.connection())


def rules(app: Flask, method: str) -> list:
    return [
        rule for rule in app.url_map.iter_rules() if method in (rule.methods or set()) and "static" not in rule.rule
    ]


def test_the_names_are_all_names_there_are() -> None:
    """A parameter that a page begins to read and nobody tries here would be a hole in this file."""
    read = set()
    for path in [*(ROOT / "app" / "web").glob("*.py"), ROOT / "app" / "marketplace" / "asking.py"]:
        text = path.read_text()
        read |= set(re.findall(r'(?:args|form)(?:\.get\(|\.getlist\(|\[|, )"([\w-]+)"', text))
        for name, kind in re.findall(r"^    (\w+) = (\w*)Field\(", text, re.M):
            read |= {f"{name}-{part}" for part in ("day", "month", "year")} if kind == "Date" else {name}
    for path in (ROOT / "templates").rglob("*.jinja"):
        read |= set(re.findall(r'<(?:input|button|select|textarea)[^>]*\bname="([\w-]+)"', path.read_text()))
    read -= {"receipt"}  # a file: test_no_file_is_too_strange
    assert {"near", "words", "description", "until_on-day", "as_read"} <= read, "the source is read as it is written"
    assert read <= set(NAMES), read - set(NAMES)


def test_no_address_is_too_strange(app: Flask, town: Town) -> None:
    for rule in rules(app, "GET"):
        path = town.path(rule)
        assert town.ask("GET", path).status_code in {200, 303, 404}, path
        for text in TEXTS:
            answer = town.ask("GET", address(path, text))
            if text is TEXTS[0] and answer.mimetype == "text/html":
                assert not harm(answer.text), f"{path} with {text}"
            if town.reads_nothing():
                break
        for start in range(0, len(RAW), 2):
            pairs = zip(NAMES, (RAW[start:] + RAW) * len(NAMES), strict=False)
            town.ask("GET", f"{path}?" + "&".join(f"{name}={raw}" for name, raw in pairs))


def test_no_reference_is_too_strange(app: Flask, town: Town) -> None:
    for rule in rules(app, "GET"):
        for name in rule.arguments:
            for text in ("<script>alert(1)</script>", "..", "a\0b", "9" * 3_000, "é" * 12, "\u202e", "%ED%A0%80"):
                answer = town.ask("GET", town.path(rule, {name: text}))
                assert answer.status_code in {404, 308}, f"{rule.rule} {text[:30]}: {answer.status_code}"
                if "<" in text:
                    assert not harm(answer.text)


def test_no_form_is_too_strange(app: Flask, town: Town) -> None:
    for rule in rules(app, "POST"):
        path = town.path(rule)
        for text in TEXTS:
            answer = town.ask("POST", path, data=everywhere(text))
            if text is TEXTS[0] and answer.mimetype == "text/html":
                assert not harm(answer.text), f"{path} with {text}"
            if town.reads_nothing():
                break
        body = "&".join(f"{name}={raw}" for name, raw in zip(NAMES, RAW * len(NAMES), strict=False))
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json", ""):
            town.ask("POST", path, data=body.encode(), content_type=kind)


def naughty() -> list[str]:
    path = ROOT.parent / "shared" / "data" / "bad_input" / "naughty_strings.json"
    if not path.exists():
        pytest.skip("the list of naughty strings is not here")
    found: list[str] = json.loads(path.read_text())
    return found


def test_naughty_strings(town: Town) -> None:
    person = f"/p/{town.drafts['person_ref']}"
    pages = (f"{person}/allowed", f"{person}/spending", f"{person}/find", "/staff/audit")
    line = f"{person}/buy/{town.drafts['purchase_ref']}/line"
    for number, text in enumerate(naughty()):
        answer = town.ask("GET", address(pages[number % len(pages)], text))
        if "<" in text:
            assert not harm(answer.text), text
        if number % 4 == 0:
            again = town.ask("POST", line, data={"description": text, "amount": "much"})
            assert again.status_code == 400
            assert held_in(again.text)["description"] == _tidy(text), text


#: Every place for words, with something else in the same form that cannot be used, so that the form comes back.
def forms(town: Town) -> Iterator[tuple[str, dict[str, str], tuple[str, ...]]]:
    person, draft, sent = f"/p/{town.drafts['person_ref']}", town.drafts["purchase_ref"], town.sent["purchase_ref"]
    listed = town.listed
    yield "/sign-in", {}, ("email",)
    yield f"{person}/buy/{draft}/line", {"category": "no such kind"}, ("description", "amount")
    yield f"{person}/buy/{draft}/line/{town.drafts['line_ref']}", {"amount": ""}, ("description",)
    yield f"{person}/buy/{draft}/details", {"bought_on-day": "31", "bought_on-month": "2"}, ("payee_name", "note")
    yield f"{person}/buy/{listed['purchase_ref']}/details", {"needed_from-day": "x"}, ("note", "needed_from-month")
    yield f"{person}/buy/{listed['purchase_ref']}/line/{listed['line_ref']}", {}, ("quantity",)
    yield f"{person}/find/{town.drafts['listing_ref']}/basket", {}, ("quantity", "needed_from-month")
    yield f"/staff/requests/{town.sent['request_ref']}/decline", {"reason_code": "none of them"}, ("reason",)
    yield f"{person}/purchases/{sent}/message", {}, ("message",)
    yield f"{person}/purchases/{sent}/take-back", {}, ("reason",)
    yield f"/staff/requests/{town.sent['request_ref']}/ask", {}, ("question",)
    yield f"/staff/requests/{town.sent['request_ref']}/approve", {}, ("why",)
    yield f"{person}/ideas/new", {"how_often": "hourly"}, ("words", "why")


@pytest.mark.parametrize("text", [*SCRIPTS, "Mum's “swim” & <b>tea</b>", "two\nlines\n\n  and a step", "x" * 5_000])
def test_what_was_typed_is_still_there(town: Town, text: str) -> None:
    kept = 0
    for path, wrong, fields in forms(town):
        answer = town.ask("POST", path, data={**wrong, **dict.fromkeys(fields, text)})
        if answer.status_code == 303:
            assert not wrong, f"{path} took {wrong}"
            continue  # the words were good enough to keep
        assert answer.status_code == 400, path
        held = held_in(answer.text)
        for field in fields:
            assert " ".join(held[field].split()) == " ".join(text.split()), f"{path}: {field}"
            kept += 1
        assert not harm(answer.text), path
    assert kept >= 8


def test_any_words_of_a_line_are_kept(town: Town) -> None:
    """Whatever is typed: it comes back in the form, or it is in the line and on *Check your answers*."""
    line = f"/p/{town.drafts['person_ref']}/buy/{town.drafts['purchase_ref']}/line"
    own = f"{line}/{town.drafts['line_ref']}"

    @settings(**_MANY)
    @given(_ANY, _ANY)
    @example("<script>alert(1)</script>", "18")
    @example("\u2028", "£ 1,0")
    def typed(words: str, amount: str) -> None:
        answer = town.ask("POST", f"{own}?then=check", data={"description": words, "amount": amount})
        if answer.status_code == 400:
            held = held_in(answer.text)
            assert held["description"].split() == (_tidy(words) or "").split()
            assert held["amount"].split() == (_tidy(amount) or "").split()
        else:
            assert answer.status_code == 303

    typed()


def test_any_words_that_were_sent_are_shown_as_words(town: Town) -> None:
    person, sent = f"/p/{town.drafts['person_ref']}", town.sent["purchase_ref"]
    for text in SCRIPTS:
        outer = town.connection.begin_nested()
        with town.client.session_transaction() as cookie:
            cookie.clear()
            cookie["token"] = town.tokens["holder"]
        assert town.client.post(f"{person}/purchases/{sent}/message", data={"message": text}).status_code == 303
        for path, role in (
            (f"{person}/purchases/{sent}", "holder"),
            (f"/staff/requests/{town.sent['request_ref']}", "coordinator"),
        ):
            page = town.ask("GET", path, role=role).text
            assert text in words_of(page), path
            assert not harm(page), path
        outer.rollback()


def test_answers_to_can_i_buy(town: Town) -> None:
    @settings(**_MANY)
    @given(_ANY, st.one_of(st.just(""), _ANY, st.decimals(allow_nan=True).map(str)))
    def asked(words: str, amount: str) -> None:
        path = f"/p/{town.drafts['person_ref']}/allowed"
        answer = town.ask("GET", path, query_string={"q": words, "amount": amount})
        assert held_in(answer.text)["q"].split() == (_tidy(words) or "").split()

    asked()


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "<img src=x onerror=alert(1)>.jpg", "a\0b.pdf", "é" * 300, "", "con.jpg"]
)
def test_no_file_is_too_strange(town: Town, name: str) -> None:
    path = f"/p/{town.drafts['person_ref']}/buy/{town.drafts['purchase_ref']}/receipt"
    good = photo()[0].getvalue()
    files = (good, good[: len(good) // 2], b"", b"%PDF-1.7\n%%EOF", b"<svg onload=alert(1)>", bytes(range(256)) * 40)
    for content in files:
        answer = town.ask("POST", path, data={"receipt": (io.BytesIO(content), name)})
        assert answer.status_code in ({303, 400} if content is good else {400})
        if answer.status_code == 400:
            assert not harm(answer.text)


def test_it_is_seen_what_a_page_reads(town: Town) -> None:
    """The breaking off in the other tests rests on it."""
    person = f"/p/{town.drafts['person_ref']}"
    town.ask("GET", address(f"{person}/find", "x"))
    assert not town.reads_nothing()
    town.ask("POST", f"{person}/buy/{town.drafts['purchase_ref']}/line", data=everywhere("x"))
    assert not town.reads_nothing()
    town.ask("GET", address("/help", "x"))
    assert town.reads_nothing()


def test_the_check_sees_harm() -> None:
    """The other tests rest on it."""
    assert harm("<p><script>alert(1)</script>")
    assert harm("<p title='' onclick='x()'>")
    assert harm("<a href=' JavaScript:x()'>x</a>")
    assert harm("<title>x</title><svg onload=x()>")
    assert not harm("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p><svg><path d='M0 0'/></svg>")
