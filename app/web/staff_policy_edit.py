"""Changing a draft of the policy: figures, rules, words, each with a box to try it in before it is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField

from app.core.errors import InvalidError, NotFoundError, StateError
from app.core.words import tidy_ref
from app.identity.rules import Permission
from app.policy import drafts
from app.policy import queries as policies
from app.policy.changing import RuleChange, WordsChange, with_figures, with_rule, with_words
from app.policy.comparing import ANSWERS, DOORS, Difference, compare, is_law_given
from app.policy.document import PolicyDocument, Rule
from app.policy.engine import describe
from app.policy.figures import FIGURES
from app.policy.models import PolicyDraft
from app.policy.rules import Action, Door
from app.policy.service import MOST_LETTERS
from app.policy.wording import LONGEST, figures_of
from app.web.context import current_actor
from app.web.forms import NotTooLong, Required, choices
from app.web.marks import requires
from app.web.staff_policy_shared import TryForm, Verdicts, seen_in, told

_FIRST = "alcohol"  # the rule that is shown when the address names none
bp = Blueprint("policy_edit", __name__)
_ONE = "/staff/policy/drafts/<draft_ref>"
_ACTIONS = {action.value: words[0].upper() + words[1:] for action, words in ANSWERS.items()}
_AS_RULE = {"": "As everywhere", **_ACTIONS}
_LIST_LETTERS = 6000


class ChangeForm(TryForm):
    """What every change has: a reason where it lets more through."""

    reason = TextAreaField("Why? (needed where it lets more through)", [NotTooLong(MOST_LETTERS)])


class FiguresForm(ChangeForm):
    """The thresholds, as a person writes them."""

    item_threshold_pence = StringField(FIGURES["item_threshold_pence"].meaning)
    price_tolerance_percent = StringField(FIGURES["price_tolerance_percent"].meaning)
    low_price_percent = StringField(FIGURES["low_price_percent"].meaning)
    duplicate_days = StringField(FIGURES["duplicate_days"].meaning)
    split_days = StringField(FIGURES["split_days"].meaning)
    similar_percent = StringField(FIGURES["similar_percent"].meaning)


class RuleForm(ChangeForm):
    """What a rule does, everywhere and at each door, and what people read."""

    action = RadioField("What does it do?", [Required("Choose what it does")], choices=choices(_ACTIONS))
    at_basket = SelectField(f"When it is {DOORS[Door.BASKET]}", choices=choices(_AS_RULE))
    at_outside = SelectField(f"When it is {DOORS[Door.OUTSIDE]}", choices=choices(_AS_RULE))
    at_card = SelectField(f"When it is {DOORS[Door.CARD]}", choices=choices(_AS_RULE))
    at_statement = SelectField(f"When it is {DOORS[Door.STATEMENT]}", choices=choices(_AS_RULE))
    sentence = TextAreaField("What the person reads", [NotTooLong(LONGEST)])
    next_step = TextAreaField("What they can do next", [NotTooLong(LONGEST)])


class WordsForm(ChangeForm):
    """Words of a rule, in and out."""

    put_in = TextAreaField("Words to put in", [NotTooLong(_LIST_LETTERS)])
    slips = BooleanField("Also with one letter wrong")
    beside = TextAreaField("Only when one of these words is there too (you can leave this empty)", [NotTooLong(2000)])
    take_out = TextAreaField("Words to take out", [NotTooLong(_LIST_LETTERS)])
    exceptions_in = TextAreaField("Phrases in which its words mean nothing, to put in", [NotTooLong(_LIST_LETTERS)])
    exceptions_out = TextAreaField("Phrases to take out again", [NotTooLong(_LIST_LETTERS)])


@bp.get(f"{_ONE}/change")
@requires(Permission.CHANGE_POLICY)
def choose(draft_ref: str) -> ResponseReturnValue:
    """What there is to change: the figures, and every rule with its words."""
    draft = _draft(draft_ref)
    return render_template(
        "policy/choose.jinja", draft=draft, sections=describe(policies.draft_document(draft)), changed=_changed(draft)
    )


@bp.route(f"{_ONE}/figures", methods=["GET", "POST"])
@requires(Permission.CHANGE_POLICY, fresh=True)
def figures(draft_ref: str) -> ResponseReturnValue:
    """The thresholds."""
    draft = _draft(draft_ref)
    mine = policies.draft_document(draft)
    said = {name: figure.say(getattr(mine.thresholds, name)) for name, figure in FIGURES.items()}
    form = FiguresForm(data=said)

    def changed() -> PolicyDocument:
        return with_figures(mine, {name: form[name].data or "" for name in FIGURES})

    return _edit(draft, form, changed, "policy/figures.jinja", names=list(FIGURES))


@bp.route(f"{_ONE}/rule", methods=["GET", "POST"])
@requires(Permission.CHANGE_POLICY, fresh=True)
def rule(draft_ref: str) -> ResponseReturnValue:
    """What a rule does and says."""
    draft = _draft(draft_ref)
    mine = policies.draft_document(draft)
    one = _rule(mine)
    at = {f"at_{door.value}": action.value for door, action in one.at}
    form = RuleForm(data={"action": one.action.value, "sentence": one.sentence, "next_step": one.next_step, **at})

    def changed() -> PolicyDocument:
        own = {door: form[f"at_{door.value}"].data for door in Door}
        doors = {door: Action(action) for door, action in own.items() if action in set(Action)}
        sentence, next_step = (" ".join((field.data or "").split()) for field in (form.sentence, form.next_step))
        return with_rule(mine, one.code, RuleChange(Action(form.action.data), doors, sentence, next_step))

    return _edit(
        draft,
        form,
        changed,
        "policy/edit_rule.jinja",
        rule=one,
        law=is_law_given(one),
        filled=sorted(figures_of(one)),
        doors=[f"at_{door.value}" for door in Door],
    )


@bp.route(f"{_ONE}/words", methods=["GET", "POST"])
@requires(Permission.CHANGE_POLICY, fresh=True)
def words(draft_ref: str) -> ResponseReturnValue:
    """Words of a rule, put in and taken out."""
    draft = _draft(draft_ref)
    mine = policies.draft_document(draft)
    one = _rule(mine)
    form = WordsForm()

    def changed() -> PolicyDocument:
        texts = {name: form[name].data or "" for name in _LISTS}
        return with_words(mine, one.code, WordsChange(slips=bool(form.slips.data), **texts))

    return _edit(draft, form, changed, "policy/edit_words.jinja", rule=one, law=is_law_given(one))


_LISTS = ("put_in", "beside", "take_out", "exceptions_in", "exceptions_out")


def _edit(
    draft: PolicyDraft, form: ChangeForm, changed: Callable[[], PolicyDocument], template: str, **values: Any
) -> ResponseReturnValue:
    """A page that changes a draft: try what is typed, or keep it. What cannot be is shown with what was typed."""
    verdicts: Verdicts | None = None
    status = 200
    if request.method == "POST":
        status = 400
        if form.validate():
            try:
                document = changed()
                if request.form.get("step") == "try":
                    status, verdicts = 200, _try(draft, form, document)
                else:
                    return _keep(draft, form, document)
            except (InvalidError, StateError) as error:
                form.take(error)
    page = render_template(
        template, form=form, draft=draft, verdicts=verdicts, mine=told(_here(draft, values), _changes(draft)), **values
    )
    return page, status


def _try(draft: PolicyDraft, form: ChangeForm, document: PolicyDocument) -> Verdicts | None:
    if not form.try_text.data:
        raise InvalidError({"try_text": "Write something to try"})
    return form.verdicts(policies.policy_in_force(draft.commissioner_id), document)


def _keep(draft: PolicyDraft, form: ChangeForm, document: PolicyDocument) -> ResponseReturnValue:
    found = drafts.change(current_actor(), draft.ref, seen_in(), document, form.reason.data or "")
    if found:
        flash("Kept in the draft." if len(found) == 1 else f"Kept in the draft: {len(found)} changes.")
    else:
        flash("That is what the draft says already.", "note")
    return redirect(url_for("policy_drafts.show", draft_ref=draft.ref), 303)


def _draft(ref: str) -> PolicyDraft:
    """The draft, while it can be changed.

    :raises StateError: when it is with a second person, or done with. What was typed until then is not thrown away:
        keeping it says the same, beside it.
    """
    draft = policies.draft_for(current_actor(), tidy_ref(ref))
    if draft.state != "open" and request.method == "GET":
        raise StateError("This draft cannot be changed now. Its own page says why.")
    return draft


def _rule(policy: PolicyDocument) -> Rule:
    one = policy.rules.get(request.args.get("rule", _FIRST))
    if one is None:
        raise NotFoundError
    return one


def _here(draft: PolicyDraft, values: dict[str, Any]) -> list[Difference]:
    """What the draft changes already about the thing of this page."""
    about: Rule | None = values.get("rule")
    found = compare(policies.base_of(draft), policies.draft_document(draft))
    if about is None:
        return [item for item in found if item.path.startswith("thresholds.")]
    return [item for item in found if about.code in item.path.split(".")[1:3]]


def _changed(draft: PolicyDraft) -> set[str]:
    """The codes of the rules that the draft changes."""
    return {part for item in policies.differences_of(draft) for part in item.path.split(".")[1:3]}


def _changes(draft: PolicyDraft) -> list[Any]:
    return policies.changes_of(draft.id)
