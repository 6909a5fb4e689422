"""As life goes on: rest, leave one out, change from a day, a dearer price, end."""

from __future__ import annotations

from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.budgets import regular_queries
from app.budgets.regular_models import RegularPayment
from app.budgets.regular_rules import PostedBy, RegularState, TermsState
from app.core import clock
from app.core.errors import InvalidError, NotFoundError
from app.identity import queries as identity
from app.identity.rules import Permission
from app.purchases import regular, saying_yes
from app.purchases.regular import ChangeInput, Posted
from app.web.context import current_actor, current_person
from app.web.forms import show
from app.web.marks import requires
from app.web.regular_forms import ChangeForm, EndForm, PauseForm, parse_day, tomorrow_or_later
from app.web.regular_shared import ONE, back_to, load, pages


@pages.route(f"{ONE}/pause", methods=["GET", "POST"])
@requires(Permission.BUY)
def pause(regular_ref: str) -> ResponseReturnValue:
    """Let it rest: a stay in hospital, a holiday."""
    payment, form = load(regular_ref), PauseForm(data={"from_on": clock.today()})
    if payment.state is not RegularState.RUNNING:
        return back_to(payment)
    if form.validate_on_submit() and form.from_on.data:
        try:
            regular.pause(current_actor(), payment, form.from_on.data, form.until_on.data, form.reason.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            flash(f"{payment.words} is paused.")
            return back_to(payment)
    return show("regular/pause.jinja", form, payment=payment)


@pages.post(f"{ONE}/resume")
@requires(Permission.BUY)
def resume(regular_ref: str) -> ResponseReturnValue:
    """Take it up again."""
    payment = load(regular_ref)
    regular.resume(current_actor(), payment)
    flash(f"{payment.words} goes on from today.")
    return back_to(payment)


@pages.post(f"{ONE}/skip")
@requires(Permission.BUY)
def skip(regular_ref: str) -> ResponseReturnValue:
    """Leave one out."""
    payment, day = load(regular_ref), _day()
    regular.skip(current_actor(), payment, day)
    flash(f"{clock.say_day(day)} is left out. The others stay.")
    return back_to(payment)


@pages.post(f"{ONE}/now")
@requires(Permission.BUY)
def now(regular_ref: str) -> ResponseReturnValue:
    """Write down one that did not go through by itself."""
    payment, day = load(regular_ref), _day()
    done = regular.write_down_now(current_actor(), payment, day)
    said = clock.say_day(day)
    if done is Posted.POSTED:
        flash(f"{payment.words} of {said} is written down.")
    elif done is Posted.ASKED:
        flash(f"A person looks at {payment.words} of {said} first.", "note")
    elif done is Posted.HINDERED:
        flash(f"{payment.words} of {said} did not go through. Nothing was written down. The reason is below.", "note")
    else:
        flash(f"{payment.words} of {said} is taken care of already.", "note")
    return back_to(payment)


def _day() -> date:
    day = parse_day(request.form.get("day", ""))
    if day is None:
        raise NotFoundError
    return day


@pages.route(f"{ONE}/change", methods=["GET", "POST"])
@requires(Permission.PREPARE_PURCHASE)
def change(regular_ref: str) -> ResponseReturnValue:
    """Change it from a day on: what it would come to is shown before anything changes."""
    payment = load(regular_ref)
    if payment.state is not RegularState.RUNNING or payment.waiting_terms is not None:
        return back_to(payment)
    form = ChangeForm(data=_now(payment))
    if form.validate_on_submit() and form.from_on.data:
        wanted = ChangeInput(
            form.from_on.data,
            form.rhythm.data,
            form.quantity.data if payment.unit else None,
            None if payment.unit else form.amount.data,
            form.benefit,
        )
        try:
            if request.form.get("step") == "send":
                terms = regular.change(current_actor(), payment, wanted)
                flash(_CHANGED[terms.state])
                return back_to(payment)
            if request.form.get("step") != "again":
                found = regular.check_change(current_actor(), payment, wanted)
                return render_template("regular/change_check.jinja", payment=payment, form=form, found=found), 200
        except InvalidError as error:
            form.take(error)
    if request.form.get("step") == "again":
        return render_template("regular/change.jinja", payment=payment, form=form), 200
    return show("regular/change.jinja", form, payment=payment)


_CHANGED = {
    TermsState.AGREED: "It is changed. What was bought before stays as it was.",
    TermsState.ASKED: "A person looks at the change. Until then it goes on as before.",
    TermsState.PREPARED: "The change waits for a yes from the person's own side.",
    TermsState.RISE: "You said yes. Another representative says yes or no too.",
}


def _now(payment: RegularPayment) -> dict[str, object]:
    terms = payment.terms_on(clock.today())
    tomorrow = tomorrow_or_later(payment.starts_on)
    school = regular_queries.school_for(current_person().commissioner_id, [payment])
    coming = payment.due_in(tomorrow, tomorrow + timedelta(days=62), school)
    return {
        "from_on": coming[0][0] if coming else tomorrow,
        "rhythm": terms.rhythm.value,
        "quantity": terms.quantity_hundredths,
        "amount": terms.amount_pence,
    }


@pages.post(f"{ONE}/change/back")
@requires(Permission.PREPARE_PURCHASE)
def change_back(regular_ref: str) -> ResponseReturnValue:
    """Take back a change that waits."""
    payment = load(regular_ref)
    regular.take_back_change(current_actor(), payment)
    flash("The change is taken back. It goes on as before.")
    return back_to(payment)


@pages.post(f"{ONE}/change/confirm")
@requires(Permission.CONFIRM_PURCHASE)
def change_confirm(regular_ref: str) -> ResponseReturnValue:
    """Yes to a change that somebody prepared."""
    payment = load(regular_ref)
    terms = regular.confirm_change(current_actor(), payment)
    flash(_CHANGED[TermsState.RISE if terms.state is TermsState.PREPARED else terms.state])
    return back_to(payment)


@pages.post(f"{ONE}/change/turn-down")
@requires(Permission.CONFIRM_PURCHASE)
def change_turn_down(regular_ref: str) -> ResponseReturnValue:
    """No to it."""
    payment = load(regular_ref)
    regular.turn_down_change(current_actor(), payment)
    flash("You said no. It goes on as before.")
    return back_to(payment)


@pages.route(f"{ONE}/price", methods=["GET", "POST"])
@requires(Permission.VIEW_BUDGET)
def price(regular_ref: str) -> ResponseReturnValue:
    """A dearer price: say yes, end it, or ask."""
    payment, actor = load(regular_ref), current_actor()
    waiting = payment.waiting_terms
    if waiting is None or waiting.state is not TermsState.RISE:
        return back_to(payment)
    if request.method == "POST":
        if request.form.get("answer") == "no":
            regular.refuse_rise(actor, payment)
            flash(f"{payment.words} ends before the new price begins.")
        else:
            flash(_CHANGED[regular.accept_rise(actor, payment).state])
        return back_to(payment)
    return render_template(
        "regular/price.jinja",
        payment=payment,
        rise=waiting,
        before=payment.terms_on(waiting.from_on),
        weighed=regular.check_rise(actor, payment),
        answerers=saying_yes.answerers_of_regular(actor, payment),
        brokers=actor.brokers_for(current_person().id),
        coordinator=identity.coordinator_of(current_person().id),
    )


@pages.post(f"{ONE}/written")
@requires(Permission.BUY)
def written(regular_ref: str) -> ResponseReturnValue:
    """Who writes each one down."""
    payment = load(regular_ref)
    by = PostedBy.PERSON if request.form.get("by") == PostedBy.PERSON else PostedBy.CAREPURSE
    regular.set_posted_by(current_actor(), payment, by)
    flash("CarePurse writes it down from now on." if by is PostedBy.CAREPURSE else "You write it down from now on.")
    return back_to(payment)


@pages.route(f"{ONE}/end", methods=["GET", "POST"])
@requires(Permission.BUY)
def end(regular_ref: str) -> ResponseReturnValue:
    """End it on a day."""
    payment, form = load(regular_ref), EndForm(data={"on": clock.today()})
    if payment.state is not RegularState.RUNNING:
        return redirect(url_for("regular.show", regular_ref=payment.ref), 303)
    if form.validate_on_submit() and form.on.data:
        try:
            regular.end(current_actor(), payment, form.on.data, form.reason.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            flash(f"{payment.words} ends on {clock.say_day(form.on.data)}.")
            return back_to(payment)
    return show("regular/end.jinja", form, payment=payment)
