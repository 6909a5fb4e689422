"""What is bought again and again: the list, what comes up, and each one's own page."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.approvals import queries as approvals
from app.approvals.rules import OPEN, RequestState
from app.budgets import queries as budgets
from app.budgets import regular_queries
from app.budgets.regular_models import RegularPayment
from app.budgets.regular_rules import REGULAR_WORDS, RegularState
from app.core import clock
from app.core.errors import InvalidError, NotFoundError, StateError
from app.identity import queries as identity
from app.identity.rules import Permission, PersonSubject, may
from app.policy.rules import Finding
from app.purchases import reaching, regular, regular_reading, saying_yes, service
from app.purchases.benefit_queries import statements_about
from app.purchases.regular_writing import is_own_work
from app.web import regular_change, regular_new
from app.web.context import current_actor, current_person
from app.web.marks import requires
from app.web.regular_forms import AnswerForm, MessageForm
from app.web.regular_shared import ONE, back_to, load
from app.web.regular_shared import pages as bp

#: Their views are on the same blueprint, which has to be whole before it is registered.
PARTS = (regular_new, regular_change)


@bp.get("/p/<person_ref>/regular")
@requires(Permission.VIEW_BUDGET)
def index() -> ResponseReturnValue:
    """Everything that is bought again and again: what runs, what waits, what is over."""
    found = regular_queries.regulars_of(current_actor(), current_person())
    today = clock.today()
    over = [item for item in found if _is_over(item)]
    return render_template(
        "regular/index.jinja",
        running=[item for item in found if item not in over],
        over=over,
        words=REGULAR_WORDS,
        paused=[item.id for item in found if item.paused_on(today)],
    )


def _is_over(payment: RegularPayment) -> bool:
    if payment.state in (RegularState.DECLINED, RegularState.CANCELLED):
        return True
    return payment.ends_on is not None and payment.ends_on < clock.today()


@bp.get("/p/<person_ref>/regular/coming")
@requires(Permission.VIEW_BUDGET)
def coming() -> ResponseReturnValue:
    """The next six weeks, and what of the last ones has not gone through."""
    actor, person = current_actor(), current_person()
    rows = regular.coming_up(actor, person, budgets.budgets_in_force(actor, person))
    weeks: dict[object, list[regular.Coming]] = {}
    for item in rows:
        if not item.late:
            weeks.setdefault(clock.period_of(item.due_on), []).append(item)
    return render_template(
        "regular/coming.jinja", late=[item for item in rows if item.late], months=weeks, rights=_rights()
    )


@bp.get(ONE)
@requires(Permission.VIEW_BUDGET)
def show(regular_ref: str) -> ResponseReturnValue:
    """What it is, when it comes next, what became of it, and what can be done."""
    return _page(load(regular_ref)), 200


def _page(payment: RegularPayment, answer: AnswerForm | None = None, message: MessageForm | None = None) -> str:
    actor, person = current_actor(), current_person()
    budget = budgets.budget_by_id(payment.budget_id)
    running = budget in budgets.budgets_in_force(actor, person)
    today = clock.today()
    approval = approvals.latest_for(payment.id)
    answerers = saying_yes.answerers_of_regular(actor, payment)
    return render_template(
        "regular/show.jinja",
        payment=payment,
        terms=payment.terms_on(max(today, payment.starts_on)),
        later=[terms for terms in payment.agreed_terms if terms.from_on > max(today, payment.starts_on)],
        waiting=regular_reading.change_waiting(actor, person, payment),
        state_words=REGULAR_WORDS[payment.state],
        over=_is_over(payment),
        paused=next((p for p in payment.pauses if p.until_on is None or p.until_on >= today), None),
        coming=regular.coming_up(actor, person, [budget], payment) if running else [],
        past=regular.history_of(actor, person, payment),
        findings=[Finding.from_dict(item) for item in payment.findings],
        approval=approval,
        late=approval is not None and approval.state is RequestState.WAITING and approval.due_on < today,
        thread=regular_reading.thread_of(actor, person, payment),
        form=answer or message,
        answer_form=answer or AnswerForm(formdata=None),
        message_form=message or MessageForm(formdata=None),
        rights=_rights(payment, answerers),
        who_answers="" if answerers is None or actor.brokers_for(person.id) else answerers.sentence(person.given_name),
        statements=statements_about(payment.id),
        budget=budget,
        coordinator=identity.coordinator_of(person.id),
        mine=payment.asked_by == actor.account_id,
    )


def _rights(payment: RegularPayment | None = None, answerers: saying_yes.Answerers | None = None) -> dict[str, bool]:
    """What the reader may do. A broker prepares a change of what the own side has, and does nothing else about it."""
    actor, person_id = current_actor(), current_person().id
    wanted = (Permission.PREPARE_PURCHASE, Permission.BUY, Permission.CONFIRM_PURCHASE)
    found = {right.value: may(actor, right, PersonSubject(person_id)) for right in wanted}
    if payment is not None and not is_own_work(actor, payment, person_id):
        found[Permission.BUY.value] = False
        found[Permission.PREPARE_PURCHASE.value] &= payment.state is RegularState.RUNNING
    if answerers is not None:
        found[Permission.CONFIRM_PURCHASE.value] = answerers.is_reader
    found["set_going"] = found[Permission.BUY.value] and (
        payment is None or reaching.beyond_regular(actor, payment) is None
    )
    return found


@bp.post(f"{ONE}/confirm")
@requires(Permission.CONFIRM_PURCHASE)
def confirm(regular_ref: str) -> ResponseReturnValue:
    """Yes to what somebody prepared."""
    payment = regular.confirm(current_actor(), load(regular_ref))
    if payment.state is RegularState.AWAITING_HOLDER:
        flash("You said yes. Another representative says yes or no too.")
    elif payment.state is not RegularState.STOPPED:
        flash("You said yes.")
    return back_to(payment)


@bp.post(f"{ONE}/turn-down")
@requires(Permission.CONFIRM_PURCHASE)
def turn_down(regular_ref: str) -> ResponseReturnValue:
    """No to what somebody prepared."""
    payment = regular.turn_down(current_actor(), load(regular_ref))
    flash("You said no. Nothing is bought.")
    return back_to(payment)


@bp.post(f"{ONE}/take-back")
@requires(Permission.PREPARE_PURCHASE)
def take_back(regular_ref: str) -> ResponseReturnValue:
    """Take back what does not run yet."""
    payment = regular.take_back(current_actor(), load(regular_ref))
    flash(f"You took {payment.words} back.")
    return redirect(url_for("regular.index"), 303)


@bp.post(f"{ONE}/answer")
@requires(Permission.PREPARE_PURCHASE)
def answer(regular_ref: str) -> ResponseReturnValue:
    """Answer a coordinator's question."""
    payment, form = load(regular_ref), AnswerForm()
    asked = approvals.latest_for(payment.id)
    if asked is None or asked.state is not RequestState.ASKED:
        raise StateError("Nobody is waiting for an answer to this any more.")
    if form.validate():
        try:
            service.answer(current_actor(), asked, form.answer.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            flash("Your answer is sent.")
            return back_to(payment)
    return _page(payment, answer=form), 400


@bp.post(f"{ONE}/message")
@requires(Permission.PREPARE_PURCHASE)
def message(regular_ref: str) -> ResponseReturnValue:
    """Write to whoever looks at it."""
    payment, form = load(regular_ref), MessageForm()
    asked = approvals.latest_for(payment.id)
    if asked is None or asked.state not in OPEN:
        raise StateError("Nobody is looking at this any more.")
    if form.validate():
        try:
            service.add_message(current_actor(), asked, form.message.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            flash("Your message is sent.")
            return back_to(payment)
    return _page(payment, message=form), 400


@bp.errorhandler(StateError)
def changed(error: StateError) -> ResponseReturnValue:
    """Somebody, or another tab, was faster, or the rules stop it: say so, and the way back."""
    ref = (request.view_args or {}).get("regular_ref", "")
    try:
        payment = load(ref) if ref else None
    except NotFoundError:
        payment = None
    return render_template("regular/changed.jinja", payment=payment, sentence=error.sentence), 409
