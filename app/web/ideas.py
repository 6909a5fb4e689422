"""Ideas: "Could I use my budget for…", asked before there is anything to buy."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, StringField, TextAreaField

from app.approvals import queries as approval_queries
from app.approvals import service as approvals
from app.approvals.models import ApprovalRequest
from app.approvals.rules import DECLINE_REASONS, RequestState, SubjectKind
from app.core import clock
from app.core.errors import InvalidError, StateError
from app.identity import queries as identity
from app.identity.rules import Permission
from app.messages import queries as messages
from app.messages import service as message_service
from app.messages.rules import About
from app.plans import queries as plans
from app.plans.models import Outcome
from app.policy import queries as policies
from app.policy.rules import Action
from app.purchases import ideas, queries, queue, service
from app.purchases.idea_cover import left_of
from app.purchases.idea_models import Idea
from app.purchases.idea_queries import AgreedIdea, agreed_ideas, idea_for, ideas_of
from app.purchases.idea_rules import MAX_IDEA, OFTEN_WORDS, IdeaInput
from app.purchases.models import Purchase
from app.purchases.rule_titles import rule_titles
from app.purchases.rules import State
from app.web.context import current_actor, current_person
from app.web.errors import page as error_page
from app.web.forms import DateField, Form, NotTooLong, PoundsField, Required, choices
from app.web.forms import show as show_form
from app.web.marks import requires
from app.web.purchases import AnswerForm, MessageForm

bp = Blueprint("ideas", __name__)
_ALL = "/p/<person_ref>/ideas"
_ONE = f"{_ALL}/<idea_ref>"


class IdeaForm(Form):
    """An idea."""

    words = StringField(
        "What do you have in mind?",
        [Required("Enter what you have in mind, like a pottery class"), NotTooLong(MAX_IDEA)],
    )
    outcome = RadioField("What would it help with?", [Required("Choose what it would help with")])
    amount = PoundsField("About how much is it?", [Required("Enter about how much it costs, like 12")])
    how_often = RadioField(
        "How often?",
        [Required("Choose how often")],
        choices=choices((key.value, words) for key, words in OFTEN_WORDS.items()),
    )
    why = TextAreaField("How would it help? (you can leave this empty)", [NotTooLong(2000)])

    def read(self) -> IdeaInput:
        """What was typed."""
        return IdeaInput(
            self.words.data or "",
            self.outcome.data or "",
            self.amount.data,
            self.how_often.data or "",
            self.why.data or "",
        )


class TermsForm(Form):
    """Until when, and up to how much."""

    until = DateField("Until which day?", [Required("Enter the last day")], it="The last day")
    up_to = PoundsField("Up to how much in all?", [Required("Enter how much in all")])


@bp.app_template_global()
def good_ideas() -> list[AgreedIdea]:
    """What is agreed for the person the page is about, and still good."""
    return agreed_ideas(current_actor(), current_person())


@bp.app_template_global()
def ideas_for_draft(purchase: Purchase) -> list[AgreedIdea]:
    """Agreed ideas that a draft which does not belong to one yet could be for."""
    if purchase.idea_id is not None or purchase.state is not State.DRAFT:
        return []
    outcomes = {line.outcome_id for line in purchase.lines}
    return [item for item in good_ideas() if item.idea.outcome_id in outcomes]


@bp.get(_ALL)
@requires(Permission.VIEW_BUDGET)
def index() -> ResponseReturnValue:
    """All ideas of a person, and the way to a new one."""
    return render_template("ideas/index.jinja", ideas=ideas_of(current_actor(), current_person()))


@bp.route(f"{_ALL}/new", methods=["GET", "POST"])
@requires(Permission.PREPARE_PURCHASE)
def new() -> ResponseReturnValue:
    """Ask: the idea first, then what the rules say at once, then it goes to a person."""
    actor, person, form = current_actor(), current_person(), IdeaForm(data={"words": request.args.get("words", "")})
    form.outcome.choices = choices((item.ref, item.words) for item in _outcomes())
    if form.validate_on_submit():
        step = request.form.get("step", "look")
        try:
            outcome = ideas.check_idea_of(actor, person, form.read())
            said = ideas.quick_word(person, form.words.data or "", form.amount.data)
            if step == "change":
                return show_form("ideas/new.jinja", form)
            if step != "send":
                return _look(form, outcome, said.action is Action.BLOCK)
            idea = service.ask_idea(actor, person, form.read(), all_the_same=True)
        except InvalidError as error:
            form.take(error)
        else:
            flash("Your idea is sent.")
            return redirect(url_for("ideas.show", idea_ref=idea.ref), 303)
    return show_form("ideas/new.jinja", form)


def _look(form: IdeaForm, outcome: Outcome, blocked: bool) -> ResponseReturnValue:
    """What the rules say at once, and who would answer. Nothing is sent yet."""
    actor, person = current_actor(), current_person()
    asked_by = actor.account_id
    who = approval_queries.coordinator_for(person.id, person.commissioner_id, asked_by) if asked_by else None
    page = render_template(
        "ideas/look.jinja",
        form=form,
        outcome=outcome,
        said=ideas.quick_word(person, form.words.data or "", form.amount.data),
        often=OFTEN_WORDS,
        blocked=blocked,
        who=who,
        by=approvals.due_day(person.commissioner_id, SubjectKind.IDEA),
    )
    return page, 200


def _outcomes() -> list[Outcome]:
    plan = plans.plan_in_force(current_actor(), current_person())
    today = clock.today()
    return [item for item in plan.outcomes if item.ended_on is None or item.ended_on >= today] if plan else []


def _load(ref: str) -> Idea:
    return idea_for(current_actor(), current_person(), ref)


@bp.get(_ONE)
@requires(Permission.VIEW_BUDGET)
def show(idea_ref: str) -> ResponseReturnValue:
    """One idea: how it stands, what was written about it, and what can be done with it."""
    return _page(_load(idea_ref)), 200


def _page(idea: Idea, answer: AnswerForm | None = None, message: MessageForm | None = None) -> str:
    approval = approval_queries.latest_for(idea.id)
    return render_template(
        "ideas/show.jinja",
        idea=idea,
        form=answer or message,
        answer_form=answer or AnswerForm(formdata=None),
        message_form=message or MessageForm(formdata=None),
        approval=approval,
        late=approval is not None and approval.state is RequestState.WAITING and approval.due_on < clock.today(),
        reason=_reason(approval),
        often=OFTEN_WORDS[idea.how_often],
        left_pence=left_of(idea, clock.today()),
        thread=messages.thread(About.IDEA, idea.id),
    )


def _reason(approval: ApprovalRequest | None) -> str:
    if approval is None or approval.reason_code is None:
        return ""
    titles = rule_titles(policies.policy_in_force(approval.commissioner_id), [approval.reason_code])
    return DECLINE_REASONS.get(approval.reason_code) or titles.get(approval.reason_code, "")


@bp.post(f"{_ONE}/answer")
@requires(Permission.PREPARE_PURCHASE)
def answer(idea_ref: str) -> ResponseReturnValue:
    """Answer a coordinator's question."""
    idea, form = _load(idea_ref), AnswerForm()
    if form.validate():
        service.answer(current_actor(), _open_request(idea, RequestState.ASKED), form.answer.data or "")
        flash("Your answer is sent.")
        return _back(idea)
    return _page(idea, answer=form), 400


@bp.post(f"{_ONE}/message")
@requires(Permission.PREPARE_PURCHASE)
def message(idea_ref: str) -> ResponseReturnValue:
    """Write to whoever looks at it."""
    idea, form = _load(idea_ref), MessageForm()
    if form.validate():
        service.add_message(current_actor(), _open_request(idea, None), form.message.data or "")
        flash("Your message is sent.")
        return _back(idea)
    return _page(idea, message=form), 400


def _open_request(idea: Idea, state: RequestState | None) -> ApprovalRequest:
    found = approval_queries.latest_for(idea.id)
    if found is None or (state is not None and found.state is not state):
        raise StateError(f"This has moved on. It says now: {idea.state_words}.")
    return found


@bp.post(f"{_ONE}/take-back")
@requires(Permission.PREPARE_PURCHASE)
def take_back(idea_ref: str) -> ResponseReturnValue:
    """Take it back."""
    idea = _load(idea_ref)
    service.take_back_idea(current_actor(), idea)
    flash("You took your idea back.")
    return _back(idea)


@bp.post(f"{_ONE}/buy")
@requires(Permission.PREPARE_PURCHASE)
def buy(idea_ref: str) -> ResponseReturnValue:
    """Begin a purchase of what was agreed."""
    purchase = service.start_from_idea(current_actor(), current_person(), _load(idea_ref))
    return redirect(url_for("buying.line", purchase_ref=purchase.ref, line_ref=purchase.lines[0].ref), 303)


@bp.post(f"{_ONE}/use/<purchase_ref>")
@requires(Permission.PREPARE_PURCHASE)
def use(idea_ref: str, purchase_ref: str) -> ResponseReturnValue:
    """Say that a draft is for this idea."""
    purchase = queries.purchase_for(current_actor(), current_person(), purchase_ref)
    service.use_idea(current_actor(), current_person(), purchase, idea_ref)
    return redirect(url_for("buying.check", purchase_ref=purchase.ref), 303)


def _back(idea: Idea) -> ResponseReturnValue:
    message_service.mark_read_about(current_actor(), About.IDEA, idea.ref)
    return redirect(url_for("ideas.show", idea_ref=idea.ref), 303)


@bp.route("/staff/requests/<request_ref>/terms", methods=["GET", "POST"])
@requires(Permission.DECIDE)
def terms(request_ref: str) -> ResponseReturnValue:
    """Until when and up to how much the coordinator would say yes."""
    view = queue.request_for(current_actor(), request_ref)
    idea = ideas.idea_of(view.request)
    if not view.can_decide:
        return redirect(url_for("queue.show", request_ref=request_ref), 303)
    form = TermsForm(data={"until": idea.until, "up_to": idea.up_to_pence})
    if form.validate_on_submit():
        try:
            service.set_terms(current_actor(), request_ref, form.until.data, form.up_to.data)
        except InvalidError as error:
            form.take(error)
        else:
            flash("A yes now means that.")
            return redirect(url_for("queue.show", request_ref=request_ref), 303)
    return show_form("ideas/terms.jinja", form, view=view, coordinator=identity.coordinator_of(idea.person_id))


@bp.errorhandler(StateError)
def changed(error: StateError) -> ResponseReturnValue:
    """Somebody, or another tab, was faster: say what happened, and how it stands now."""
    ref = (request.view_args or {}).get("idea_ref", "")
    if not ref:
        return error_page(409, error.sentence)
    return render_template("ideas/changed.jinja", idea=_load(ref), sentence=error.sentence), 409
