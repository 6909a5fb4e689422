"""For the person's side: turning sixteen, choosing a nominee, and what changed in a life."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField

from app.core import clock
from app.core.errors import CarePurseError, NotFoundError
from app.identity import queries as identity
from app.identity.rules import AuthorityKind, Permission
from app.stewardship.capacity_rules import FINDING_WORDS, stands
from app.stewardship.changes_follows import by_area, kept_by_area, kept_in_full
from app.stewardship.changes_models import CapacityRecord
from app.stewardship.changes_queries import capacity_records, changes_for_side, is_anything_recorded
from app.stewardship.changes_rules import ChangeKind
from app.stewardship.openings import is_own_side
from app.stewardship.second_person import areas_to_themself
from app.stewardship.sixteen_nominee import NOBODY, choose_nominee
from app.stewardship.sixteen_queries import has_passed_on, is_told_at_home, page_for_side
from app.stewardship.sixteen_rules import birthday
from app.web.context import acting_grant, current_actor, current_person
from app.web.forms import Form, Required, choices, show
from app.web.marks import requires

bp = Blueprint("changes", __name__)
#: How long home says that something was recorded which keeps nobody from buying.
_IS_NEW = timedelta(days=30)


class ChooseForm(Form):
    """Who manages the money."""

    account = RadioField("Who manages your money?", [Required("Choose who manages your money")])


@dataclass(frozen=True, slots=True)
class Banner:
    """One line on the home page, with a way to read more."""

    words: str
    href: str
    link: str
    quiet: bool = False  # nothing on the page asks anybody to buy


@bp.app_template_global()
def life_banner() -> Banner | None:
    """What home says of a change in a life: a death or a move first, then a sixteenth birthday. Read once a request."""
    if "life_banner" not in g:
        g.life_banner = _banner()
    return g.life_banner  # type: ignore[no-any-return]  # what was just put there


def _banner() -> Banner | None:
    person = current_person()
    if is_anything_recorded(person.id) and (recorded := _what_was_recorded()):
        return recorded
    if not is_told_at_home(person):
        return None
    day, own = birthday(person.date_of_birth), _is_own()
    who, decides = ("You", "you decide") if own else (person.given_name, "they decide")
    if day > clock.today():
        words = f"{who} will be sixteen on {clock.say_day(day, year=day.year != clock.today().year)}. Then {decides}."
    else:
        words = f"{who} {'are' if own else 'is'} sixteen now."
        if has_passed_on(person.id):
            words = f"{words} Who decides has changed."
    return Banner(words, url_for("changes.sixteen"), "What changes")


def _what_was_recorded() -> Banner | None:
    """A death or a move; else that something was found about how the person decides."""
    actor, person = current_actor(), current_person()
    found = changes_for_side(actor, person)
    if found:
        change = found[0]
        said = clock.say_day(change.happens_on, year=change.happens_on.year != clock.today().year)
        words = f"{person.given_name} died on {said}. We are sorry."
        if change.kind is ChangeKind.MOVE:
            verb = "moves" if change.done_on is None else "moved"
            words = f"{person.given_name} {verb} to {change.words} on {said}."
        return Banner(words, url_for("changes.index"), "What happens now", change.kind is ChangeKind.DEATH)
    return _how_they_decide()


def _how_they_decide() -> Banner | None:
    """That something was written down about how the person decides: while it keeps them from buying, or is new."""
    person = current_person()
    newest = next((one for one in capacity_records(current_actor(), person) if one.about_money), None)
    if newest is None:
        return None
    written = clock.london(newest.written_at).date()
    if not stands(newest.finding) and written < clock.today() - _IS_NEW:
        return None
    words = f"{newest.by_name} recorded on {clock.say_day(written, year=written.year != clock.today().year)} {_how()}."
    return Banner(words, url_for("changes.index"), "Read it, and say if it is wrong")


def _how() -> str:
    return "how you decide about your money" if _is_own() else f"how {current_person().given_name} decides about money"


def _is_own() -> bool:
    grant = acting_grant()
    return grant is not None and grant.kind is AuthorityKind.SELF


@bp.get("/p/<person_ref>/changes")
@requires(Permission.VIEW_BUDGET)
def index() -> ResponseReturnValue:
    """What changed, what follows from it, and how to say that it is wrong."""
    actor, person = current_actor(), current_person()
    found = changes_for_side(actor, person)
    # a broker knows only their own work: no payee, no sum
    kept = kept_in_full if is_own_side(actor, person) else kept_by_area
    return render_template(
        "changes/side.jinja",
        changes=[(change, kept(change.said)) for change in found],
        records=[(record, _said(record)) for record in capacity_records(actor, person)],
        how=_how(),
        words=FINDING_WORDS,
        coordinator=identity.coordinator_of(person.id),
        help=identity.settings_of(person.commissioner_id),
    )


def _said(record: CapacityRecord) -> list[tuple[str, list[str]]]:
    """What followed, as it was kept; to the person themself it says "you"."""
    areas, person = kept_by_area(record.said), current_person()
    return areas_to_themself(areas, current_actor().name, person.given_name) if _is_own() else areas


@bp.get("/p/<person_ref>/sixteen")
@requires(Permission.VIEW_BUDGET)
def sixteen() -> ResponseReturnValue:
    """What changes at sixteen, what to do now, and who can help."""
    actor, person = current_actor(), current_person()
    page = page_for_side(actor, person)
    grant = acting_grant()
    return render_template(
        "changes/sixteen.jinja",
        page=page,
        areas=by_area(page.follows),
        own=grant is not None and grant.kind is AuthorityKind.SELF,
        coordinator=identity.coordinator_of(person.id),
        help=identity.settings_of(person.commissioner_id),
    )


@bp.route("/p/<person_ref>/sixteen/nominee", methods=["GET", "POST"])
@requires(Permission.VIEW_BUDGET, fresh=True)
def nominee() -> ResponseReturnValue:
    """The young person chooses who manages the money. Nobody else can.

    :raises NotFoundError: for whoever is not the young person.
    """
    actor, person = current_actor(), current_person()
    grant = acting_grant()
    if grant is None or grant.kind is not AuthorityKind.SELF:
        raise NotFoundError
    page = page_for_side(actor, person)
    now = str(page.choice.account_id or NOBODY) if page.choice else None
    form = ChooseForm(data={"account": now})
    form.account.choices = choices(
        [*((str(item.account_id), item.name) for item in page.can_be_nominee), (NOBODY, "Nobody. I decide myself")]
    )
    if form.validate_on_submit():
        try:
            choose_nominee(actor, person, form.account.data or "")
        except CarePurseError as error:
            form.take(error)
        else:
            flash("Kept. You can change it at any time.")
            return redirect(url_for("changes.sixteen"), 303)
    return show("changes/nominee.jinja", form, page=page)
