"""What people ask their coordinators about anything, and the answers."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField

from app.core import clock
from app.core.errors import InvalidError, StateError
from app.identity.rules import Permission, may
from app.messages import conversations, gate, inbox
from app.messages.models import Conversation
from app.messages.rules import CONVERSATION_WORDS
from app.stewardship.gate_rules import Sight
from app.web.auditing import note_audit
from app.web.context import current_actor
from app.web.forms import Form, Required, choices, show
from app.web.marks import requires
from app.web.messages import WriteForm, shown, write_on
from app.web.paging import page_number
from app.web.writes import keep_writes

bp = Blueprint("staff_messages", __name__)
_ONE = "/staff/messages/<conversation_ref>"
_SCOPES = ("mine", "team")


class HandOverForm(Form):
    """To whom it goes."""

    to = RadioField("Who should answer it?", [Required("Choose a colleague")])


@bp.get("/staff/messages")
@requires(Permission.DECIDE, audited=True)
def index() -> ResponseReturnValue:
    """What waits for an answer: one's own, or the whole team's, by the day it was promised for."""
    decides = may(current_actor(), Permission.DECIDE)
    scope = request.args.get("scope", "mine")
    scope = scope if scope in _SCOPES and decides else "mine" if decides else "team"
    return render_template(
        "staff_messages/index.jinja",
        scope=scope,
        page=inbox.conversations_for_staff(current_actor(), scope, page_number(request.args)),
        counts=inbox.counts_for_staff(current_actor()),
        words=CONVERSATION_WORDS,
        decides=decides,
        opens=lambda item: gate.helps(current_actor(), item),
    )


@bp.route(_ONE, methods=["GET", "POST"], endpoint="show")
@requires(Permission.DECIDE, audited=True)
def talk(conversation_ref: str) -> ResponseReturnValue:
    """One conversation, and the way to answer. Opening it is written down for the person to read."""
    if request.method == "GET" and (read := conversations.open_to_audit(current_actor(), conversation_ref)):
        return _read(read)
    try:
        conversation = conversations.open_for_staff(current_actor(), conversation_ref)
    except StateError as error:
        return _with_colleague(error, conversation_ref), 409 if request.method == "POST" else 200
    form = WriteForm()
    if request.method == "POST" and write_on(conversation, form):
        flash(f"Your answer went to {conversation.person.given_name}.")
        return redirect(url_for("staff_messages.index"), 303)
    if request.method == "POST":
        keep_writes()
    return _page(conversation, form)


def _read(conversation: Conversation) -> ResponseReturnValue:
    """As an auditor reads it; the person reads that they did."""
    note_audit(conversation.person, Sight.CONVERSATION, f"the conversation “{conversation.topic}”", conversation.id)
    return _page(conversation, WriteForm(formdata=None))


def _page(conversation: Conversation, form: WriteForm) -> ResponseReturnValue:
    return show(
        "staff_messages/show.jinja",
        form,
        today=clock.today(),
        mine=_mine(conversation),
        can_change=gate.helps(current_actor(), conversation),
        **shown(conversation),
    )


def _mine(conversation: Conversation) -> bool:
    return conversation.assigned_to == current_actor().account_id


@bp.post(f"{_ONE}/take")
@requires(Permission.DECIDE)
def take(conversation_ref: str) -> ResponseReturnValue:
    """Answer it instead of a colleague, or of nobody."""
    conversation = conversations.take(current_actor(), conversation_ref)
    flash("It is yours now.")
    return redirect(url_for("staff_messages.show", conversation_ref=conversation.ref), 303)


@bp.post(f"{_ONE}/close")
@requires(Permission.DECIDE)
def close(conversation_ref: str) -> ResponseReturnValue:
    """Nothing more has to be said."""
    conversation = conversations.open_for_staff(current_actor(), conversation_ref)
    conversations.close(current_actor(), conversation)
    flash(f"Finished: {conversation.topic}.")
    return redirect(url_for("staff_messages.index"), 303)


@bp.route(f"{_ONE}/hand-over", methods=["GET", "POST"])
@requires(Permission.DECIDE)
def hand_over(conversation_ref: str) -> ResponseReturnValue:
    """Give it to a colleague."""
    conversation, form = conversations.open_for_staff(current_actor(), conversation_ref), HandOverForm()
    colleagues = gate.colleagues_for(current_actor(), conversation)
    form.to.choices = choices((account.ref, account.name) for account in colleagues)
    if form.validate_on_submit():
        try:
            conversations.hand_over(current_actor(), conversation, form.to.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            flash("It is handed over. Both of them are told.")
            return redirect(url_for("staff_messages.index"), 303)
    else:
        keep_writes()
    return show("staff_messages/hand_over.jinja", form, conversation=conversation)


@bp.errorhandler(StateError)
def changed(error: StateError) -> ResponseReturnValue:
    """Somebody was faster, or it cannot be done now: say which."""
    return _with_colleague(error, (request.view_args or {}).get("conversation_ref", "")), 409


def _with_colleague(error: StateError, ref: str) -> str:
    """What happened, and what was typed: nobody writes a long answer twice."""
    return render_template(
        "staff_messages/with_colleague.jinja",
        sentence=error.sentence,
        conversation_ref=ref,
        unsent=request.form.get("message", "")[:8000],
    )
