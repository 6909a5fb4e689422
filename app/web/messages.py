"""Asking a person about anything: from every page, with files, answered by somebody with a name by a promised day."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import FileStorage
from wtforms import StringField, TextAreaField

from app.core.errors import InvalidError, NotFoundError, StateError
from app.core.words import one_line
from app.evidence import attachments
from app.identity import queries as identity
from app.identity.rules import Permission
from app.messages import conversations, gate, inbox
from app.messages import queries as threads
from app.messages import service as notices
from app.messages.models import Conversation
from app.messages.rules import MAX_TOPIC, About
from app.purchases import queries as purchases
from app.stewardship.gate_rules import Sight
from app.web.auditing import note_audit
from app.web.context import current_actor, current_person
from app.web.forms import Form, NotTooLong, Required, show
from app.web.looking import note_file
from app.web.marks import requires
from app.web.paging import page_number
from app.web.receipts import send_strictly

bp = Blueprint("messages", __name__)


#: Made before the other fields: problems are listed in the order of the page.
_TOPIC = StringField("What is it about?", [Required("Say what it is about"), NotTooLong(MAX_TOPIC)])


class WriteForm(Form):
    """A message, with files for those who have some."""

    message = TextAreaField("Your message", [Required("Write your message"), NotTooLong(4000)])
    files = MultipleFileField("Photos or PDFs (you can leave this empty)")

    @property
    def chosen(self) -> list[FileStorage]:
        return [file for file in self.files.data or [] if isinstance(file, FileStorage)]


class BeginForm(WriteForm):
    """The first message says what it is about."""

    topic = _TOPIC


@bp.get("/ask")
@requires(Permission.SIGNED_IN)
def start() -> ResponseReturnValue:
    """From a page that is about nobody: whose coordinator is meant?"""
    grants = current_actor().grants
    if len(grants) == 1:
        return redirect(url_for("messages.new", person_ref=grants[0].person_ref), 303)
    return render_template("messages/start.jinja", grants=grants)


@bp.get("/p/<person_ref>/messages")
@requires(Permission.VIEW_BUDGET)
def index() -> ResponseReturnValue:
    """Everything that was talked about, what moved last first."""
    page = inbox.conversations_of(current_actor(), current_person(), page_number(request.args))
    return render_template("messages/index.jinja", page=page, **_coordinator())


@bp.route("/p/<person_ref>/messages/new", methods=["GET", "POST"])
@requires(Permission.VIEW_BUDGET)
def new() -> ResponseReturnValue:
    """Ask a person something new."""
    form = BeginForm(data={"topic": _topic(request.args.get("about", ""))})
    if form.validate_on_submit():
        try:
            found = attachments.look_through(current_actor(), form.chosen)
            conversation, message = conversations.begin(
                current_actor(), current_person(), form.topic.data or "", form.message.data or ""
            )
            attachments.attach_to(current_actor(), conversation, message, found)
        except InvalidError as error:
            form.take(error)
        else:
            flash(f"Your message is sent. {conversation.assigned_name} will answer.")
            return redirect(url_for("messages.talk", conversation_ref=conversation.ref), 303)
    return show("messages/new.jinja", form, **_coordinator())


def _topic(about: str) -> str:
    """What the page was about from which somebody asks: one of their own purchases, by its reference."""
    if not about:
        return ""
    try:
        return purchases.purchase_for(current_actor(), current_person(), one_line(about)).title[:MAX_TOPIC]
    except NotFoundError:
        return ""


def _coordinator() -> dict[str, object]:
    person = current_person()
    return {
        "coordinator": gate.who_reads_new(person),
        "settings": identity.settings_of(person.commissioner_id),
        "answer_by": identity.answer_day(person.commissioner_id),
    }


@bp.route("/p/<person_ref>/messages/<conversation_ref>", methods=["GET", "POST"])
@requires(Permission.VIEW_BUDGET)
def talk(conversation_ref: str) -> ResponseReturnValue:
    """One conversation, and the way to write on."""
    conversation = gate.conversation_for(current_actor(), current_person(), conversation_ref)
    form = WriteForm()
    if request.method == "POST" and write_on(conversation, form):
        flash("Your message is sent.")
        return redirect(url_for("messages.talk", conversation_ref=conversation.ref), 303)
    if request.method == "GET":
        notices.mark_read_about(current_actor(), About.CONVERSATION, conversation.ref)
    return show("messages/talk.jinja", form, **shown(conversation))


def write_on(conversation: Conversation, form: WriteForm) -> bool:
    """Send what was typed, with its files, from either side.

    :returns: False when something has to be put right, or it cannot be sent any more: the form says what.
    """
    if not form.validate():
        return False
    try:
        found = attachments.look_through(current_actor(), form.chosen)
        message = conversations.reply(current_actor(), conversation, form.message.data or "")
        attachments.attach_to(current_actor(), conversation, message, found)
    except (InvalidError, StateError) as error:
        form.take(error)
        return False
    return True


def shown(conversation: Conversation) -> dict[str, object]:
    """What the page of a conversation shows, on either side."""
    return {
        "conversation": conversation,
        "thread": threads.thread(About.CONVERSATION, conversation.id),
        "files": attachments.attachments_of(current_actor(), conversation),
    }


@bp.post("/p/<person_ref>/messages/<conversation_ref>/close")
@requires(Permission.VIEW_BUDGET)
def close(conversation_ref: str) -> ResponseReturnValue:
    """Nothing more has to be said."""
    conversation = gate.conversation_for(current_actor(), current_person(), conversation_ref)
    conversations.close(current_actor(), conversation)
    flash(f"Finished: {conversation.topic}.")
    return redirect(url_for("messages.index"), 303)


@bp.get("/attachments/<attachment_ref>")
@requires(Permission.SIGNED_IN)
def attachment(attachment_ref: str) -> ResponseReturnValue:
    """A file that came with a message."""
    item, path = attachments.attachment_for(current_actor(), attachment_ref)
    talk = item.conversation
    if gate.helps(current_actor(), talk):
        note_file(talk, item)
    elif not gate.is_own_side(current_actor(), talk):
        note_audit(talk.person, Sight.FILE, f"the file {item.filename} in the conversation “{talk.topic}”", item.id)
    return send_strictly(path, item.content_type, item.filename)
