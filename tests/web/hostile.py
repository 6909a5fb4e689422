"""What somebody who means no good, or a cat on a keyboard, can send; and how to see that it did no harm."""

from __future__ import annotations

import re
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

import html5lib
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule
from werkzeug.test import TestResponse
from werkzeug.utils import cached_property

from app.core.db import db
from app.identity.models import StaffPost
from app.marketplace import service as marketplace
from app.marketplace.rules import Category, Unit
from app.marketplace.service import NewListing, NewProvider
from app.messages.models import Notice
from app.purchases import basket
from app.purchases import service as purchases
from app.purchases.rules import LineInput
from app.web.security import CleanRequest
from tests import factories as make
from tests.web.test_routes_by_role import ROLES, build, table

SCRIPTS = (
    "<script>alert('cp')</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus='alert(1)",
    "</textarea></title></option><svg/onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}<b>x</b>",
    "javascript:alert(1)//",
)
#: Every way out of an element at once, then what is read as a number, a date, a pattern or a command.
TEXTS = (
    "'\"></textarea></title></option></svg>" + "".join(SCRIPTS),
    "a\0b \ufeff\u200b\u202egnirts\u2066 \\ud800 👩‍👩‍👧‍👦 نص z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L\r\nSet-Cookie: x=1",
    "٣.٥",
    "９９９",
    "-1",
    "9" * 400,
    "1e309",
    "NaN",
    "' OR 1=1; -- %_\\% %s {0} ../../etc/passwd",
    "x" * 10_000,
    "2026-13-45",
)
#: What no form sends, but anybody can type after a question mark: not UTF-8, halves of letters, cut escapes.
RAW = ("%00", "%ED%A0%80", "%FF%FE%C0%AE", "%", "%zz&%&=&&==", "+" * 3_000)
#: Every name that any address or form of ours understands.
_NAMES = (
    "how_often up_to use_credit "
    "access actor amount answer before bought_on-day bought_on-month bought_on-year budget category check "
    "csrf_token day description email exact family_member form_id gender how how_else how_many in kind language "
    "listing message miles month near needed_from-day needed_from-month needed_from-year needed_until-day new next "
    "note old on outcome page paid_on-day paid_on-month paid_on-year passphrase payee_name period price q quantity "
    "question rating reason reason_code regular scope show sort state step taking then time to where why words "
    "code error restore kept_action kept_page kept_files "
    "accessibility address area day-day day-month day-year employment ends_on-day from_day-day from_day-month "
    "from_day-year languages location miles name phone postcode starts_on-day starts_on-month starts_on-year "
    "summary takes_new_people times title unit ways website "
    "does regulated stars sure valid_until-day valid_until-month valid_until-year wanted_from-day wanted_from-month "
    "wanted_from-year what "
    "by due family first first_on-day first_on-month first_on-year from_on-day from_on-month from_on-year line on-day "
    "on-month on-year posted_by purchase rhythm until until-day until-month until-year until_on-day until_on-month "
    "until_on-year "
    "back hours items l nights provider sessions visits "
    "again code passkey why with "
    "action after at_basket at_card at_outside at_statement beside duplicate_days exceptions_in exceptions_out "
    "item_threshold_pence low_price_percent months next_step price_tolerance_percent put_in rule seen sentence "
    "similar_percent slips split_days starts_on-day starts_on-month starts_on-year still summary take_out try_amount "
    "try_door try_text version "
    "agree_over buy_limit evidence look_again_on-day look_again_on-month look_again_on-year missing month_limit "
    "outcomes paper registration_number sees_messages which ends_on-month ends_on-year "
    "called choice date_of_birth-day date_of_birth-month date_of_birth-year family_name given given_name words "
    "about account cover every_month files from most outcome_words refs source target to topic use "
    "assessed_by assessed_on-day assessed_on-month assessed_on-year decision finding given_on-day given_on-month "
    "given_on-year go meanwhile sends_plan wish "
    "agreed colleague delay_why key look_from-day look_from-month look_from-year look_until-day look_until-month "
    "look_until-year next_on-day next_on-month next_on-year outcome risk safeguards second tell_on-day tell_on-month "
    "tell_on-year telling told_outcome told_words "
    "gets gets_amount gets_from gets_what "
    "as_read needed_until-month needed_until-year second_look"
)
NAMES = _NAMES.split()
_OURS = re.compile(r"/assets/(?:carepurse|passkeys)\.[0-9a-f]+\.js")
_NEVER = {"img", "iframe", "object", "embed", "style", "base", "audio", "video", "math", "frame", "applet", "b"}


def everywhere(text: str) -> dict[str, str]:
    """A text in every field and every parameter at once."""
    return dict.fromkeys(NAMES, text)


def address(path: str, text: str) -> str:
    return f"{path}?{urlencode(everywhere(text), errors='surrogatepass')}"


def harm(html: str) -> list[str]:
    """What a browser would make of a page that none of our templates wrote."""
    found = []
    for element in html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False).iter():
        tag = str(element.tag).rpartition("}")[2]
        if tag in _NEVER or (tag == "script" and (element.text or not _OURS.fullmatch(element.get("src", "")))):
            found.append(f"<{tag} {dict(element.attrib)}>{element.text}")
        for name, value in element.attrib.items():
            scheme = str(value).strip().lower().partition(":")[0]
            leads = name in {"href", "src", "action", "formaction"} and scheme in {"javascript", "data", "vbscript"}
            if str(name).startswith("on") or name == "style" or leads:
                found.append(f"<{tag} {name}={value!r}>")
    return found


def held_in(html: str) -> dict[str, str]:
    """What each field of the page's forms holds, as a browser would send it."""
    found: dict[str, str] = {}
    for element in html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False).iter():
        if element.tag == "textarea":
            found[element.get("name", "")] = element.text or ""
        elif element.tag == "input" and element.get("type") not in {"radio", "checkbox", "hidden"}:
            found[element.get("name", "")] = element.get("value", "")
    return found


def words_of(html: str) -> str:
    """All that can be read on a page, with single spaces."""
    tree = html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)
    return " ".join("".join(tree.itertext()).split())


class _Noting(ImmutableMultiDict[str, str]):
    """Notes what a page asks for by name. Whoever goes through all of it, like the check against double sending, asks
    for nothing in particular."""

    asked: ClassVar[set[str]] = set()
    #: Asked for by every page: to give back what was typed before signing out, and against double sending.
    _EVERYWHERE = frozenset({"restore", "form_id", "csrf_token"})

    def __getitem__(self, key: str) -> str:
        self._note(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._note(key)
        return super().__contains__(key)

    def get(self, key: str, *rest: Any, **more: Any) -> Any:
        self._note(key)
        return super().get(key, *rest, **more)

    def getlist(self, key: str, *rest: Any, **more: Any) -> Any:
        self._note(key)
        return super().getlist(key, *rest, **more)

    def _note(self, key: object) -> None:
        if key not in self._EVERYWHERE:
            self.asked.add(str(key))


class _NotingRequest(CleanRequest):
    parameter_storage_class = _Noting

    @cached_property
    def args(self) -> _Noting:
        return _Noting(list(super().args.items(multi=True)))


class Town:
    """People with affairs in every state, and everybody who may look at them; each request is undone."""

    def __init__(self, client: FlaskClient, connection: sa.Connection) -> None:
        self.client, self.connection, self.answers = client, connection, table()
        client.application.request_class = _NotingRequest
        accounts, things = build()
        own = things[0]
        listed = purchases.start_draft(
            make.actor_for(accounts["holder"]), own.person, listing_ref=own.refs["listing_ref"]
        )
        other = marketplace.add_provider(make.SYSTEM, NewProvider("Ladywell <Leisure>", lat=51.44, lon=0.0))
        gym = marketplace.add_listing(
            make.SYSTEM, other, NewListing("Gym & pool", Category.ACTIVITIES, Unit.MONTH, 3_200, at_venue=True)
        )
        line = LineInput(listing_ref=gym.ref)
        basket.put_in_basket(make.actor_for(accounts["holder"]), own.person, line, make.clock.today())
        notices = {n.account_id: n.ref for n in db.session.scalars(sa.select(Notice).where(Notice.title == "News"))}
        # an administrator who is a safeguarding lead too: nobody else decides when somebody is told of a concern
        lead = sa.update(StaffPost).where(StaffPost.account_id == accounts["admin"].id)
        db.session.execute(lead.values(safeguards=True))
        self.drafts = own.refs | {"notice_ref": notices[accounts["holder"].id]}
        self.sent = own.refs | own.sent
        self.listed = {**self.drafts, "purchase_ref": listed.ref, "line_ref": listed.lines[0].ref}
        self.tokens = {role: make.signed_in(account) for role, account in accounts.items()}
        db.session.commit()

    def path(self, rule: Rule, refs: dict[str, str] | None = None) -> str:
        """The address of a route, about the first person's things."""
        drafts = "/buy/" in rule.rule or "notice" in rule.rule
        found = {**(self.drafts if drafts else self.sent), "name": "carepurse.css", **(refs or {})}
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda hit: quote(found[hit[1]], safe=""), rule.rule)

    def role(self, path: str) -> str:
        """Who is let in there."""
        if path.startswith("/provider"):
            return "provider"
        if path.startswith("/staff"):
            return self._staff_role(path.partition("?")[0])
        return "nobody" if path.startswith(("/sign", "/help", "/invitation")) else "holder"

    def _staff_role(self, path: str) -> str:
        """Whoever of the staff a page opens to, by the table of routes."""
        try:
            rule, _ = self.client.application.url_map.bind("localhost").match(path, return_rule=True)
        except HTTPException:
            return "coordinator"
        cells = self.answers.get(f"GET {rule.rule}") or self.answers.get(f"POST {rule.rule}") or []
        said = dict(zip(ROLES, cells, strict=False))
        staff = [role for role in ("coordinator", "finance", "admin", "auditor") if said.get(role, "403") != "403"]
        opened = [role for role in staff if said[role].startswith(("yes", "not now"))]
        # a page that refuses every role of the table is a safeguarding lead's: here the administrator is one
        return (opened or staff or ["admin"])[0]

    def reads_nothing(self) -> bool:
        """Whether the last page asked for no parameter by name: whatever is sent to it makes no difference."""
        return not _Noting.asked

    def ask(self, method: str, path: str, *, role: str = "", undone: bool = True, **sent: object) -> TestResponse:
        """One request.

        :param undone: afterwards; otherwise whoever asks does it.
        :raises AssertionError: when the software fell over.
        """
        undo = self.connection.begin_nested() if undone else None
        try:
            with self.client.session_transaction() as cookie:
                cookie.clear()
                token = self.tokens.get(role or self.role(path))
                if token:
                    cookie["token"] = token
            _Noting.asked.clear()
            answer = self.client.open(path, method=method, **sent)
            assert answer.status_code < 500, f"{method} {path[:300]!r} {str(sent)[:300]} answered {answer.status_code}"
            planted = [value for value in answer.headers.getlist("Set-Cookie") if value.startswith("x=")]
            assert not planted, f"{method} {path[:300]!r} set a cookie that was typed"
            return answer
        finally:
            db.session.close()
            if undo:
                undo.rollback()
