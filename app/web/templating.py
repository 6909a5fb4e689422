"""Templates: where they lie, what they may call, how figures and dates are written."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Flask, g, request, url_for
from jinja2 import ChainableUndefined, ChoiceLoader, FileSystemLoader, PackageLoader, UndefinedError
from markupsafe import Markup
from werkzeug.local import LocalProxy

from app.config import ROOT
from app.core import clock
from app.core.money import format_pounds
from app.marketplace.places import say_miles
from app.messages import queries as messages
from app.web import context, navigation, typed
from app.web.access import idle_time, time_left
from app.web.assets import asset
from app.web.forms import errors_of
from app.web.security import form_guard


class LoudUndefined(ChainableUndefined):
    """For tests: a name that does not exist may be asked about, as the NHS macros do, but never printed."""

    def __str__(self) -> str:
        raise UndefinedError(f"{self._undefined_name!r} is printed but not defined")

    __html__ = __str__


def init_app(app: Flask) -> None:
    """Set up Jinja."""
    # Flask escapes by itself only in .html files; ours and the NHS macros' are .jinja
    app.jinja_options = {
        "autoescape": True,
        "undefined": LoudUndefined if app.testing else ChainableUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "extensions": ["jinja2.ext.do"],
    }
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(ROOT / "templates"), PackageLoader("nhsuk_frontend_jinja", "templates")]
    )
    app.jinja_env.globals.update(
        asset=asset,
        back_link=back_link,
        errors_of=errors_of,
        form_guard=form_guard,
        idle_seconds=lambda: int(idle_time().total_seconds()),
        menu=navigation.menu,
        nhs_login_offered=_nhs_login_offered,
        nhs_login_on=lambda: app.config["SETTINGS"].nhs_login is not None,
        seconds_left=lambda: int(time_left().total_seconds()),
        sign_out_at=sign_out_at,
        now=clock.now,
        today=clock.today,
        typed_back=lambda: g.get("typed"),
        typed_sentences=typed.sentences,
        unread_notices=unread_notices,
        url_for_person=url_for_person,
        url_with=url_with,
        # proxies, so that macros imported without the page's context see them too
        acting_grant=LocalProxy(context.acting_grant),
        current_actor=LocalProxy(context.actor_or_none),
        current_person=LocalProxy(context.person_or_none),
    )
    app.jinja_env.filters.update(
        age=age,
        day=say_day,
        miles=say_miles,
        month=clock.say_month,
        pounds=format_pounds,
        pounds_short=pounds_whole,
        pounds_whole=pounds_whole,
        short_day=short_day,
        time=say_time,
    )


def _nhs_login_offered() -> bool:
    from app.web.nhs_login import offered  # its pages are made of these templates

    return offered()


def pounds_whole(pence: int) -> str:
    """``£18`` when it is whole, ``£18.40`` when it is not."""
    return format_pounds(pence, whole=True)


def _date(value: date | datetime) -> date:
    return clock.london(value).date() if isinstance(value, datetime) else value


def say_day(value: date | datetime) -> str:
    """``Tuesday 24 November``, with the year when it is not this one."""
    day = _date(value)
    return clock.say_day(day, year=day.year != clock.today().year)


def short_day(value: date | datetime) -> str:
    """``24 November``, for tables; with the year when it is not this one."""
    day = _date(value)
    return f"{day.day} {day:%B}" + ("" if day.year == clock.today().year else f" {day.year}")


def say_time(value: datetime) -> str:
    """``3.40pm`` on a London clock."""
    moment = clock.london(value)
    return f"{moment.hour % 12 or 12}.{moment:%M}{'am' if moment.hour < 12 else 'pm'}"


def age(born: date) -> int:
    """Whole years today."""
    day = clock.today()
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def back_link(href: str, text: str = "Back") -> Markup:
    """The way back, above the page's heading."""
    return Markup('<nav aria-label="Back"><a class="nhsuk-back-link" href="{}">{}</a></nav>').format(href, text)


def url_for_person(endpoint: str, **values: Any) -> str:
    """An address about the person this page is about."""
    return url_for(endpoint, person_ref=context.current_person().ref, **values)


def url_with(**changes: Any) -> str:
    """This address with some parts of its query changed; None takes one out."""
    query: dict[str, Any] = {**request.args.to_dict(flat=False), **changes}
    return url_for(
        request.endpoint or "people.start",
        **{**(request.view_args or {}), **{name: value for name, value in query.items() if value is not None}},
    )


def unread_notices() -> int:
    """How many notices the reader has not read, once a request. Error pages do not ask."""
    actor = context.actor_or_none()
    if actor is None or g.get("plain_header"):
        return 0
    if "unread" not in g:
        g.unread = messages.unread_count(actor)
    return int(g.unread)


def sign_out_at() -> datetime:
    """When this sign-in ends if nothing else is asked for."""
    return clock.now() + time_left()
