"""A draft of the policy: begun, looked at whole, sent to a second person, published or sent back by them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField

from app.core import clock
from app.core.errors import InvalidError, NotFoundError, StateError
from app.core.words import tidy_ref
from app.identity.rules import Permission
from app.policy import drafts, handing
from app.policy import queries as policies
from app.policy.models import DraftState, PolicyDraft, PolicyVersion
from app.policy.service import MOST_LETTERS
from app.purchases import policy_news
from app.web.auditing import can_change
from app.web.context import current_actor
from app.web.forms import DateField, Form, NotTooLong, Required
from app.web.forms import show as show_form
from app.web.marks import requires
from app.web.staff_policy_shared import TryForm, seen_in, told
from app.web.staff_scope import scope_of

bp = Blueprint("policy_drafts", __name__)
_ONE = "/staff/policy/drafts/<draft_ref>"
_WHY = [NotTooLong(MOST_LETTERS)]


class AskForm(Form):
    """What it is for, and from when."""

    summary = TextAreaField("What does it change, and why?", [Required("Say what it changes, and why"), *_WHY])
    starts_on = DateField("From when?", [Required("Enter the day from which it is in force")], it="The day it begins")


class PublishForm(Form):
    """From when."""

    starts_on = DateField("From when?", [Required("Enter the day from which it is in force")], it="The day it begins")


class ReturnForm(Form):
    """What should be different."""

    words = TextAreaField("What should be different?", [Required("Say what should be different"), *_WHY])


class ReasonForm(Form):
    """Why something lets more through."""

    reason = TextAreaField("Why?", [Required("Say why, in a sentence: it stays in the history"), *_WHY])


class WithdrawForm(Form):
    """Why a version is taken back."""

    why = TextAreaField("Why do you take it back?", [Required("Say why, in a sentence"), *_WHY])


@bp.post("/staff/policy/drafts")
@requires(Permission.CHANGE_POLICY, fresh=True)
def start() -> ResponseReturnValue:
    """Begin a draft from the last version."""
    draft = drafts.start(current_actor(), scope_of(Permission.CHANGE_POLICY).place.id)
    flash("This is your draft. Nothing changes for anybody until a second person publishes it.")
    return redirect(url_for("policy_drafts.show", draft_ref=draft.ref), 303)


@bp.get(_ONE)
@requires(Permission.CHANGE_POLICY, audited=True)
def show(draft_ref: str) -> ResponseReturnValue:
    """A draft whole: what it changes and why, what it would have done, and the next step."""
    return _page(policies.draft_for(current_actor(), tidy_ref(draft_ref), reading=True))


def _page(draft: PolicyDraft, form: Form | None = None, **forms: Form) -> ResponseReturnValue:
    """The draft's page, with a form that needs another look where there is one."""
    actor = current_actor()
    today, mine = policies.policy_in_force(draft.commissioner_id), policies.draft_document(draft)
    trying = TryForm(request.args, prefix="") if request.method == "GET" else TryForm(formdata=None)
    trial = policies.last_simulation(draft.id)
    open_ = draft.state is DraftState.OPEN
    hands = policies.editors_of(draft)
    values: dict[str, Any] = {
        "draft": draft,
        "base": policies.base_of(draft),
        "told": told(policies.differences_of(draft), policies.changes_of(draft.id), open_=open_),
        "wanting": policies.wanting_reasons(draft) if open_ else [],
        "can_change": can_change(Permission.CHANGE_POLICY, draft.commissioner_id),
        "is_behind": open_ and policies.is_behind(draft),
        "has_hand": actor.account_id in hands,
        "others": policies.others_who_publish(draft),
        "trying": trying,
        "verdicts": trying.verdicts(today, mine),
        "trial": trial,
        "fresh": trial is not None and trial.digest == draft.digest and trial.base_digest == today.rules_digest,
        "ask_form": AskForm(formdata=None, data={"summary": draft.summary, "starts_on": draft.starts_on}),
        "publish_form": PublishForm(formdata=None, data={"starts_on": _sensible(draft)}),
        "return_form": ReturnForm(formdata=None),
        "reason_form": ReasonForm(formdata=None),
        **forms,
    }
    return show_form("policy/draft.jinja", form, **values)


def _sensible(draft: PolicyDraft) -> Any:
    return max(draft.starts_on, clock.today()) if draft.starts_on else clock.today()


def _draft(ref: str) -> PolicyDraft:
    return policies.draft_for(current_actor(), tidy_ref(ref))


def _step(draft: PolicyDraft, name: str, form: Form, act: Callable[[], object], words: str) -> ResponseReturnValue:
    """Send a form of the draft's page: do it, or show the page again with what was typed."""
    if form.validate_on_submit():
        try:
            act()
        except (InvalidError, StateError) as error:
            form.take(error)
        else:
            flash(words)
            return redirect(url_for("policy_drafts.show", draft_ref=draft.ref), 303)
    return _page(draft, form, **{name: form})


@bp.post(f"{_ONE}/reason")
@requires(Permission.CHANGE_POLICY, fresh=True)
def reason(draft_ref: str) -> ResponseReturnValue:
    """Say why everything that has no reason yet lets more through."""
    draft, form = _draft(draft_ref), ReasonForm()
    paths = [item.path for item in policies.wanting_reasons(draft)]

    def act() -> None:
        drafts.give_reason(current_actor(), draft.ref, seen_in(), paths, form.reason.data or "")

    return _step(draft, "reason_form", form, act, "The reason is kept with these changes.")


@bp.post(f"{_ONE}/ask")
@requires(Permission.CHANGE_POLICY, fresh=True)
def ask(draft_ref: str) -> ResponseReturnValue:
    """Ask a second person to publish it."""
    draft, form = _draft(draft_ref), AskForm()

    def act() -> None:
        policy_news.ask(current_actor(), draft.ref, seen_in(), form.summary.data or "", form.starts_on.data)

    words = "We told the other administrators. One of them publishes it or sends it back."
    return _step(draft, "ask_form", form, act, words)


@bp.post(f"{_ONE}/publish")
@requires(Permission.CHANGE_POLICY, fresh=True)
def publish(draft_ref: str) -> ResponseReturnValue:
    """Publish it from a day, as the second person."""
    draft, form = _draft(draft_ref), PublishForm()
    if form.validate_on_submit():
        try:
            version = policy_news.publish(current_actor(), draft.ref, seen_in(), form.starts_on.data)
        except (InvalidError, StateError) as error:
            form.take(error)
        else:
            begins = clock.say_day(version.in_force_from, year=True)
            flash(f"Version {version.version} is published. It is in force from {begins}.")
            return redirect(url_for("policy.history", **_place(draft)), 303)
    return _page(draft, form, publish_form=form)


@bp.post(f"{_ONE}/send-back")
@requires(Permission.CHANGE_POLICY, fresh=True)
def send_back(draft_ref: str) -> ResponseReturnValue:
    """Send it back with words, as the second person."""
    draft, form = _draft(draft_ref), ReturnForm()

    def act() -> None:
        policy_news.send_back(current_actor(), draft.ref, seen_in(), form.words.data or "")

    return _step(draft, "return_form", form, act, "We sent it back with your words.")


@bp.post(f"{_ONE}/take-back")
@requires(Permission.CHANGE_POLICY, fresh=True)
def take_back(draft_ref: str) -> ResponseReturnValue:
    """Go on changing it."""
    draft = _draft(draft_ref)
    handing.take_back(current_actor(), draft.ref, seen_in())
    flash("You can change the draft again.")
    return redirect(url_for("policy_drafts.show", draft_ref=draft.ref), 303)


@bp.post(f"{_ONE}/bring-up-to-date")
@requires(Permission.CHANGE_POLICY, fresh=True)
def bring_up_to_date(draft_ref: str) -> ResponseReturnValue:
    """Put what was published since under the draft's own changes."""
    draft = _draft(draft_ref)
    clashes = drafts.bring_up_to_date(current_actor(), draft.ref, seen_in())
    places = ", ".join(clash.place for clash in clashes[:6])
    if clashes:
        flash(f"The draft is up to date. Both changed {places}: the draft's own stays.", "note")
    else:
        flash("The draft is up to date.")
    return redirect(url_for("policy_drafts.show", draft_ref=draft.ref), 303)


@bp.post(f"{_ONE}/drop")
@requires(Permission.CHANGE_POLICY, fresh=True)
def drop(draft_ref: str) -> ResponseReturnValue:
    """Give it up."""
    draft = drafts.drop(current_actor(), _draft(draft_ref).ref, seen_in())
    flash("The draft is given up. Nothing changed.")
    return redirect(url_for("policy.show", **_place(draft)), 303)


@bp.route("/staff/policy/withdraw", methods=["GET", "POST"])
@requires(Permission.CHANGE_POLICY, fresh=True)
def withdraw() -> ResponseReturnValue:
    """Take back a version before it begins."""
    scope = scope_of(Permission.CHANGE_POLICY)
    version = _version(scope.place.id)
    form = WithdrawForm()
    if form.validate_on_submit():
        try:
            policy_news.withdraw(current_actor(), scope.place.id, version.version, form.why.data or "")
        except (InvalidError, StateError) as error:
            form.take(error)
        else:
            flash(f"Version {version.version} is taken back. What is in force stays in force.")
            return redirect(url_for("policy.history", **scope.query), 303)
    return show_form("policy/withdraw.jinja", form, scope=scope, version=version)


def _version(commissioner_id: Any) -> PolicyVersion:
    """The version in the address, while it can be taken back.

    :raises NotFoundError: when there is none.
    :raises StateError: when it has begun or was taken back.
    """
    version = policies.version_named(current_actor(), commissioner_id, request.args.get("version", ""))
    if version.withdrawal is not None or version.in_force_from <= clock.today():
        raise StateError("Only a version that has not begun can be taken back.")
    return version


def _place(draft: PolicyDraft) -> dict[str, Any]:
    scope = scope_of(Permission.CHANGE_POLICY)
    place = next((place for place in scope.places if place.id == draft.commissioner_id), None)
    if place is None:
        raise NotFoundError
    return {"in": place.ref} if len(scope.places) > 1 else {}
