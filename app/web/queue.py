"""The coordinator's queue, and the one page on which a request is decided.

Whoever opens a request is written down, however they opened it: a form that is shown again, with nothing decided,
keeps that entry (``keep_writes``).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, TextAreaField

from app.approvals.rules import SUBJECT_WORDS, Answer, SubjectKind, WithColleagueError
from app.core import clock
from app.core.errors import InvalidError, StateError
from app.evidence import queries as evidence
from app.identity import absences
from app.identity.rules import Permission, may
from app.purchases import queue, service
from app.purchases.alike import alike_of
from app.purchases.benefit_queries import statements_of
from app.purchases.queue import DecisionView, Scope
from app.web import words
from app.web.auditing import can_change, reader_of
from app.web.context import current_actor
from app.web.forms import Form, NotTooLong, Required, choices, show
from app.web.looking import note_request
from app.web.marks import requires
from app.web.paging import page_number
from app.web.reasons import kept_ready, words_kept
from app.web.writes import keep_writes

E = TypeVar("E", bound=StrEnum)
D = TypeVar("D")

bp = Blueprint("queue", __name__)
_ONE = "/staff/requests/<request_ref>"


class ApproveForm(Form):
    """Yes, with a word to the person for those who like to say one."""

    why = TextAreaField("A word to go with your yes (you can leave this empty)", [NotTooLong(2000)])


class AskForm(Form):
    """A question to the person."""

    question = TextAreaField("Your question", [Required("Write your question"), NotTooLong(4000)])


class DeclineForm(Form):
    """No, with the reason."""

    reason_code = RadioField("Why?", [Required("Choose a reason")])
    reason = TextAreaField(
        "In your own words", [Required("Say why in your own words: the person will read it"), NotTooLong(2000)]
    )


class HandOverForm(Form):
    """To whom it goes."""

    to = RadioField("Who should answer it?", [Required("Choose a colleague")])


class MessageForm(Form):
    """A message to the person."""

    message = TextAreaField("Your message", [Required("Write your message"), NotTooLong(4000)])


@bp.get("/staff/queue")
@requires(Permission.DECIDE, audited=True)
def index() -> ResponseReturnValue:
    """What waits for an answer: one's own, the whole team's, or what is late, by the day it is due."""
    actor, kind = current_actor(), _chosen(SubjectKind, "kind", None)
    decides = may(actor, Permission.DECIDE)
    scope = _chosen(Scope, "scope", Scope.MINE if decides else Scope.TEAM)
    return render_template(
        "queue/index.jinja",
        scope=scope,
        decides=decides,
        kind=kind,
        page=queue.queue_for(actor, scope, page_number(request.args), kind),
        counts=queue.counts_for(actor),
        kinds=queue.kinds_in(actor, scope),
        kind_words=SUBJECT_WORDS,
        alike=alike_of(actor) if scope is Scope.MINE else [],
        covered=absences.covered_by(actor.account_id) if actor.account_id else [],
    )


def _chosen(values: type[E], name: str, otherwise: D) -> E | D:
    """What the address chooses of an enumeration; something else for what it does not know."""
    try:
        return values(request.args.get(name, ""))
    except ValueError:
        return otherwise


@bp.get(_ONE, endpoint="show")
@requires(Permission.DECIDE, audited=True)
def decide(request_ref: str) -> ResponseReturnValue:
    """All that is needed to decide, on one page. Opening it is written down for the person to read."""
    try:
        return _page(_open(request_ref, reading=True)), 200
    except WithColleagueError as error:
        return render_template("queue/with_colleague.jinja", error=error, request_ref=request_ref)


def _open(request_ref: str, *, reading: bool = False) -> DecisionView:
    """Open a request; both the audit and the person's "Who has looked" keep that."""
    view = queue.request_for(current_actor(), request_ref, reading=reading)
    note_request(view.request)
    return view


def _page(view: DecisionView, approve: ApproveForm | None = None, message: MessageForm | None = None) -> str:
    return render_template(
        "queue/show.jinja",
        view=view,
        form=approve or message,
        approve_form=approve or ApproveForm(formdata=None, data={"why": words_kept()}),
        ready=kept_ready(view.request.commissioner_id, Answer.YES) if view.can_decide else [],
        message_form=message or MessageForm(formdata=None),
        receipts=evidence.receipts_of(reader_of(view.request.person), view.purchase) if view.purchase else [],
        can_change=can_change(Permission.DECIDE, view.request.commissioner_id),
        statements=statements_of(view.purchase) if view.purchase else [],
        qualities=words.QUALITIES,
        late=view.request.due_on < clock.today(),
        mine=view.request.assigned_to == current_actor().account_id,
    )


@bp.post(f"{_ONE}/approve")
@requires(Permission.DECIDE)
def approve(request_ref: str) -> ResponseReturnValue:
    """Say yes."""
    form = ApproveForm()
    if form.validate():
        try:
            asked = service.approve(current_actor(), request_ref, form.why.data or "")
        except InvalidError as error:
            form.take(error, reason="why")
        else:
            flash(f"You approved {asked.title}. {asked.person.given_name} is told.")
            return redirect(url_for("queue.index"), 303)
    else:
        keep_writes()
    return _page(_open(request_ref), approve=form), 400


@bp.route(f"{_ONE}/ask", methods=["GET", "POST"])
@requires(Permission.DECIDE)
def ask(request_ref: str) -> ResponseReturnValue:
    """Ask the person something; the clock stops until they answer."""
    view, form = _to_decide(request_ref), AskForm(data={"question": words_kept()})
    if form.validate_on_submit():
        try:
            service.ask(current_actor(), request_ref, form.question.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            flash(f"Your question went to {view.first_name}. It comes back to you with the answer.")
            return redirect(url_for("queue.index"), 303)
    else:
        keep_writes()
    ready = kept_ready(view.request.commissioner_id, Answer.QUESTION)
    return show("queue/ask.jinja", form, view=view, ready=ready)


@bp.route(f"{_ONE}/decline", methods=["GET", "POST"])
@requires(Permission.DECIDE)
def decline(request_ref: str) -> ResponseReturnValue:
    """Say no: the reason, then the answer as the person will read it, then it goes out."""
    view, form = _to_decide(request_ref), DeclineForm(data={"reason": words_kept()})
    ready = kept_ready(view.request.commissioner_id, Answer.NO)
    form.reason_code.choices = choices(view.decline_reasons)
    step = request.form.get("step", "preview")
    if form.validate_on_submit() and step != "change":
        if step != "send":
            # nothing is decided yet: the same answers come back with "Send"
            keep_writes()
            return render_template("queue/preview.jinja", view=view, form=form), 200
        try:
            code, words = form.reason_code.data or "", form.reason.data or ""
            service.decline(current_actor(), request_ref, code, words)
        except InvalidError as error:
            form.take(error)
        else:
            flash(f"Your answer went to {view.first_name}.")
            return redirect(url_for("queue.index"), 303)
    else:
        keep_writes()
    if step == "change":
        return render_template("queue/decline.jinja", view=view, form=form, ready=ready), 200
    return show("queue/decline.jinja", form, view=view, ready=ready)


@bp.route(f"{_ONE}/hand-over", methods=["GET", "POST"])
@requires(Permission.DECIDE)
def hand_over(request_ref: str) -> ResponseReturnValue:
    """Give it to a colleague."""
    view, form = _open(request_ref), HandOverForm()
    form.to.choices = choices((account.ref, account.name) for account in view.colleagues)
    if form.validate_on_submit():
        try:
            service.hand_over(current_actor(), request_ref, form.to.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            flash("It is handed over. Both of them are told.")
            return redirect(url_for("queue.index"), 303)
    else:
        keep_writes()
    return show("queue/hand_over.jinja", form, view=view)


@bp.post(f"{_ONE}/take")
@requires(Permission.DECIDE)
def take(request_ref: str) -> ResponseReturnValue:
    """Take it from a colleague, or from nobody."""
    service.take(current_actor(), request_ref)
    flash("It is yours now.")
    return redirect(url_for("queue.show", request_ref=request_ref), 303)


@bp.post(f"{_ONE}/message")
@requires(Permission.DECIDE)
def message(request_ref: str) -> ResponseReturnValue:
    """Write to the person without asking anything."""
    view, form = _open(request_ref), MessageForm()
    if form.validate():
        try:
            service.add_message(current_actor(), view.request, form.message.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            flash(f"Your message went to {view.first_name}.")
            return redirect(url_for("queue.show", request_ref=request_ref), 303)
    else:
        keep_writes()
    return _page(view, message=form), 400


def _to_decide(request_ref: str) -> DecisionView:
    """A request that can be decided now by whoever asks.

    :raises StateError: when it was answered, or a question is out.
    """
    view = _open(request_ref)
    if not view.can_decide:
        raise StateError(_already(view))
    return view


def _already(view: DecisionView) -> str:
    asked = view.request
    if asked.decided_by_name:
        return f"{asked.decided_by_name} answered this already: {asked.state_words.lower()}."
    return f"This cannot be decided now. It says: {asked.state_words.lower()}."


@bp.errorhandler(StateError)
def changed(error: StateError) -> ResponseReturnValue:
    """Somebody else was faster, or a colleague has it: say who did what."""
    ref = (request.view_args or {}).get("request_ref", "")
    return changed_page(error, ref), 409


def changed_page(error: StateError, ref: str = "") -> str:
    """What happened, and what was typed: an answer that took thought is not lost with it."""
    typed = (request.form.get(name, "") for name in ("reason", "why", "question", "message"))
    unsent = next(filter(None, typed), "")[:8000]
    return render_template("queue/changed.jinja", sentence=error.sentence, request_ref=ref, unsent=unsent)
