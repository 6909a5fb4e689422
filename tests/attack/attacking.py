"""Sending hostile things into forms, and seeing what came of it."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from app.core.db import db
from tests.attack.forms import Form
from tests.web.hostile import NAMES, TEXTS, Town, harm

#: What must never come back as it was sent. No template writes these letters.
MARK = "cpx9"
_BREAKERS = (
    f"<{MARK}>",
    f'"><{MARK} onload={MARK}()>',
    f"' on{MARK}='x",
    f'" on{MARK}="x',
    f"</textarea></title></option></select><{MARK}>",
    f"javascript:{MARK}()//",
    f"{{{{ '{MARK}' * 2 }}}}",
    f"x\r\nSet-Cookie: {MARK}=1\r\n\r\n<{MARK}>",
    f"//{MARK}.example.org/",
    f"/\\{MARK}.example.org",
)
_ODD = (
    "",
    " ",
    "0",
    "-1",
    "1e309",
    "NaN",
    "٣",
    "²",
    "99999999999999999999",
    "2026-02-30",
    "32",
    "true",
    "[]",
    "null",
    "..",
)
_TEXT = st.one_of(
    st.sampled_from(_BREAKERS),
    st.sampled_from(_ODD),
    st.sampled_from(TEXTS),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=40),
    st.decimals().map(str),
    st.dates().map(str),
)
_FILES = (b"", b"\xff\xd8\xff<script>", b"%PDF-1.7\n%%EOF", b"<svg onload=cpx9()>", b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
_TIMES = st.sampled_from((1, 1, 1, 1, 0, 2))
_DEEP_LOOKS = 12  # of how many pages one is read as a browser does


@dataclass
class Report:
    """What came of an attack."""

    cases: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    by_role: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)  # good enough to be written, by role
    forms: set[tuple[str, str, str]] = field(default_factory=set)
    followed: int = 0
    wrong: list[str] = field(default_factory=list)


def attack(town: Town, forms: Sequence[Form], cases: int, number: int) -> Report:
    """Send ``cases`` hostile forms, to each of ``forms`` its share; the first of each is as good as can be chosen.

    :param number: with which everything begins; the same number sends the same again.
    :returns: also what fell over or came back as markup, the first of each form.
    """
    report = Report()
    share, over = divmod(cases, len(forms))
    for place, form in enumerate(forms):
        if most := share + (place < over):
            try:
                _attack_one(town, form, most, number + place, report)
            except Exception as error:  # whatever it is, the other forms have their turn
                report.wrong.append(f"{form.role} {form.method} {form.action}: {type(error).__name__}: {error}")
    return report


def _attack_one(town: Town, form: Form, most: int, number: int, report: Report) -> None:
    @seed(number)
    @settings(
        max_examples=most,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),  # what was sent is told as it was: making it small takes longer than the attack
        report_multiple_bugs=False,
    )
    @given(st.data())
    def case(data: st.DataObject) -> None:
        _send(town, form, data, report)

    case()


def _send(town: Town, form: Form, data: st.DataObject, report: Report) -> None:
    sent: list[tuple[str, str]] = []
    for name in form.fields:
        known = form.choices.get(name, ())
        value = data.draw(st.one_of(st.sampled_from(known), _TEXT) if known else _TEXT, label=name)
        sent += [(name, value)] * data.draw(_TIMES)
    # and what no page offers, under the names of other forms
    sent += data.draw(st.lists(st.tuples(st.sampled_from(NAMES), _TEXT), max_size=3), label="more")
    body: dict[str, object] = {}
    for name, value in sent:
        body.setdefault(name, []).append(value)
    for name in form.files:
        content = data.draw(st.sampled_from(_FILES), label=name)
        body[name] = (io.BytesIO(content), data.draw(st.sampled_from(("a.jpg", f"<{MARK}>.pdf", "../x", "é" * 90))))
    outer = town.connection.begin_nested()
    try:
        kind = {"data": body} if form.method == "POST" else {"query_string": body}
        answer = town.ask(form.method, form.action, role=form.role, undone=False, **kind)
        _look(answer, form, sent, report)
        target = urlsplit(answer.location or "")
        if answer.status_code == 303:
            assert target.netloc in {"", "localhost"}, f"{form} leads to {answer.location}"
            # what holds only when a transaction ends holds now
            town.connection.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))
            report.kept[form.role] += form.method == "POST"
            # what was kept is shown as words
            page = town.ask("GET", f"{target.path}?{target.query}".rstrip("?"), role=form.role, undone=False)
            report.followed += 1
            _look(page, form, sent, report)
    finally:
        db.session.close()
        outer.rollback()
    report.cases += 1
    report.by_role[form.role] += 1
    report.forms.add((form.role, form.method, form.action))


def _look(answer: object, form: Form, sent: list[tuple[str, str]], report: Report) -> None:
    report.answers[answer.status_code] += 1
    told = f"{form.role} {form.method} {form.action} with {sent}"
    headers = answer.headers
    assert not any(MARK in name or "\n" in value for name, value in headers.items()), told
    assert not any(MARK in value for value in headers.getlist("Set-Cookie")), told
    if answer.mimetype != "text/html":
        return
    text = answer.text
    assert f"<{MARK}" not in text, told
    assert f'" on{MARK}' not in text, told
    assert f"' on{MARK}" not in text, told
    assert MARK * 2 not in text, told
    if sum(report.answers.values()) % _DEEP_LOOKS == 0:
        assert not harm(text), told
