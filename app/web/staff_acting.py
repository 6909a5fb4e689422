"""Who acts for a person, as their coordinator sees it: the same list, and the papers behind it."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.acting import inviting, settling
from app.acting import queries as acting
from app.acting.inviting import Terms
from app.core.errors import InvalidError, NotFoundError, StateError
from app.core.money import format_pounds
from app.evidence import papers
from app.identity import authorities, authority_queries
from app.identity import queries as identity
from app.identity.authority_rules import EVIDENCE_FOR, odd_about_number
from app.identity.models import Authority, Person
from app.identity.rules import AuthorityKind, EvidenceKind, Permission
from app.plans import queries as plans
from app.stewardship import checking_papers
from app.stewardship.gate_rules import Sight
from app.stewardship.sixteen_queries import their_scope
from app.web.acting import words
from app.web.acting_forms import CheckForm, EndForm, InviteForm, MissingForm, PaperForm, TermsForm, TogetherForm
from app.web.acting_words import EVIDENCE, MEANS, QUALITY, SCOPES
from app.web.auditing import can_change, note_audit, person_to_read
from app.web.context import current_actor
from app.web.forms import choices, show
from app.web.marks import requires
from app.web.receipts import send_strictly
from app.web.staff_scope import scope_of

bp = Blueprint("staff_acting", __name__)
_BASE = "/staff/people/<person_ref>/acting"
_ONE = f"{_BASE}/<authority_ref>"
_P = Permission.CHECK_AUTHORITY


@bp.get("/staff/papers")
@requires(_P, audited=True)
def waiting() -> ResponseReturnValue:
    """Whose papers wait to be looked at, and whose are to be looked at again."""
    actor, scope = current_actor(), scope_of(_P, reading=True)
    rows = authority_queries.unchecked(actor, scope.place.id)
    return render_template(
        "staff_acting/waiting.jinja",
        scope=scope,
        rows=rows,
        again=authority_queries.to_look_at_again(actor, scope.place.id),
        counts=papers.count_papers([row.id for row in rows]),
        quality=QUALITY,
    )


@bp.get(_BASE)
@requires(_P, audited=True)
def index(person_ref: str) -> ResponseReturnValue:
    """Everybody who acts for this person, on what papers."""
    actor, person = current_actor(), person_to_read(person_ref, _P)
    rows = authority_queries.acting_for(actor, person)
    note_audit(person, Sight.ACTING, "the list of who acts")
    return render_template(
        "staff_acting/index.jinja",
        person=person,
        rows=rows,
        ended=authority_queries.acted_for(actor, person),
        invitations=acting.invitations_of(actor, person),
        outcomes={item.id: item.words for item in plans.outcomes_to_give(actor, person)},
        representatives=len(authority_queries.representatives_of(person.id)),
        can_change=can_change(_P, person.commissioner_id),
        **words(),
    )


@bp.route(f"{_BASE}/invite", methods=["GET", "POST"])
@requires(_P, fresh=True)
def invite(person_ref: str) -> ResponseReturnValue:
    """Ask somebody by e-mail: also the person themself, where they have no sign-in yet."""
    actor, person = current_actor(), _person(person_ref)
    outcomes = plans.outcomes_to_give(actor, person)
    kinds = [kind for kind in AuthorityKind if kind is not AuthorityKind.SELF or inviting.may_have_own(person)]
    form = InviteForm(data={"scope": "buy", "which": "all", "sees_messages": True})
    form.offer(outcomes)
    form.offer_kinds(kinds)
    if form.validate_on_submit():
        try:
            kind = AuthorityKind(form.kind.data)
            terms = form.terms(outcomes) if kind is not AuthorityKind.SELF else Terms(their_scope(person))
            invitation = inviting.invite(
                actor, person, form.email.data or "", kind, terms, evidence=form.evidence_kind()
            )
        except (InvalidError, StateError) as error:
            form.take(error)
        else:
            flash(f"We have sent an e-mail to {invitation.email}. The link in it works once, for seven days.")
            return _back(person)
    return show(
        "staff_acting/invite.jinja", form, person=person, kinds=kinds, outcomes=outcomes, means=MEANS, scopes=SCOPES
    )


@bp.post(f"{_BASE}/invitations/<invitation_ref>/again")
@requires(_P, fresh=True)
def send_again(person_ref: str, invitation_ref: str) -> ResponseReturnValue:
    """Send an invitation once more, with a new link."""
    person = _person(person_ref)
    invitation = inviting.send_again(current_actor(), person, invitation_ref)
    flash(f"We have sent another e-mail to {invitation.email}. The link in the one before does not work any more.")
    return _back(person)


@bp.post(f"{_BASE}/invitations/<invitation_ref>/take-back")
@requires(_P, fresh=True)
def take_back(person_ref: str, invitation_ref: str) -> ResponseReturnValue:
    """Take an invitation back."""
    person = _person(person_ref)
    invitation = inviting.take_back(current_actor(), person, invitation_ref)
    flash(f"Taken back. The link we sent to {invitation.email} does not work any more.")
    return _back(person)


@bp.route(f"{_BASE}/together", methods=["GET", "POST"])
@requires(_P, fresh=True)
def together(person_ref: str) -> ResponseReturnValue:
    """The sum over which two representatives agree."""
    person = _person(person_ref)
    form = TogetherForm(data={"agree_over": person.agree_over_pence})
    if form.validate_on_submit():
        try:
            authorities.agree_together_over(current_actor(), person, form.agree_over.data)
        except InvalidError as error:
            form.take(error)
        else:
            pence = person.agree_over_pence
            flash(
                f"Two representatives agree over {format_pounds(pence)}." if pence else "One representative is enough."
            )
            return _back(person)
    count = len(authority_queries.representatives_of(person.id))
    return show("staff_acting/together.jinja", form, person=person, representatives=count)


@bp.route(_ONE, methods=["GET", "POST"])
@requires(_P, fresh=True, audited=True)
def check(person_ref: str, authority_ref: str) -> ResponseReturnValue:
    """The papers of one authority: open them, and say that they are in order."""
    if request.method == "GET":
        return _read(person_to_read(person_ref, _P), authority_ref)
    person = _person(person_ref)
    authority = _authority(person, authority_ref)
    form = _check_form(authority)
    if form.validate_on_submit():
        try:
            checking_papers.check_papers(
                current_actor(),
                authority,
                evidence=EvidenceKind(form.evidence.data),
                registration_number=form.registration_number.data or "",
                look_again_on=form.look_again_on.data,
            )
        except (InvalidError, StateError) as error:
            form.take(error)
        else:
            odd = odd_about_number(authority.evidence, authority.registration_number)
            flash(f"Noted. {authority.account.name} can act for {person.given_name}.{f' {odd}' if odd else ''}")
            return _back(person)
    return _page(authority, form)


@bp.post(f"{_ONE}/missing")
@requires(_P)
def missing(person_ref: str, authority_ref: str) -> ResponseReturnValue:
    """Say what is still wanted."""
    person = _person(person_ref)
    authority = _authority(person, authority_ref)
    form = MissingForm()
    if form.validate_on_submit():
        try:
            checking_papers.say_missing(current_actor(), authority, form.missing.data or "")
        except InvalidError as error:
            form.take(error)
        else:
            flash(f"{authority.account.name} is told what is still wanted.")
            return _back(person)
    return _page(authority, form)


@bp.post(f"{_ONE}/papers")
@requires(_P)
def add_paper(person_ref: str, authority_ref: str) -> ResponseReturnValue:
    """Keep a paper that was handed over."""
    authority = _authority(_person(person_ref), authority_ref)
    form = PaperForm()
    if form.validate_on_submit():
        try:
            papers.add_paper(current_actor(), authority, form.paper.data)
        except InvalidError as error:
            form.take(error)
        else:
            flash("The paper is kept.")
            return redirect(url_for("staff_acting.check", person_ref=person_ref, authority_ref=authority.ref), 303)
    return _page(authority, form)


@bp.get(f"{_ONE}/papers/<paper_ref>")
@requires(_P, audited=True)
def paper(person_ref: str, authority_ref: str, paper_ref: str) -> Response:
    """The file itself. Its opening is written down for the person to read."""
    person = person_to_read(person_ref, _P)
    authority = _authority(person, authority_ref, ended=True)
    found, path = papers.paper_for(current_actor(), authority, paper_ref)
    note_audit(person, Sight.PAPER, f"a paper of {authority.account.name}, who acts: {found.filename}", found.id)
    return send_strictly(path, found.content_type, found.filename)


@bp.route(f"{_ONE}/change", methods=["GET", "POST"])
@requires(_P, fresh=True)
def change(person_ref: str, authority_ref: str) -> ResponseReturnValue:
    """Change how far somebody may act."""
    actor, person = current_actor(), _person(person_ref)
    authority = _authority(person, authority_ref)
    outcomes = plans.outcomes_to_give(actor, person)
    form = TermsForm(data=TermsForm.filled(authority, outcomes))
    form.offer(outcomes)
    if form.validate_on_submit():
        try:
            settling.change(actor, authority, form.terms(outcomes))
        except (InvalidError, StateError) as error:
            form.take(error)
        else:
            flash(f"What {authority.account.name} may do is changed. It holds from now on.")
            return _back(person)
    return show("staff_acting/change.jinja", form, person=person, authority=authority, outcomes=outcomes, scopes=SCOPES)


@bp.route(f"{_ONE}/end", methods=["GET", "POST"])
@requires(_P, fresh=True)
def end(person_ref: str, authority_ref: str) -> ResponseReturnValue:
    """End it at once."""
    person = _person(person_ref)
    authority = _authority(person, authority_ref)
    form = EndForm()
    if form.validate_on_submit():
        settling.end(current_actor(), authority, form.why.data or "")
        flash(f"{authority.account.name} cannot act for {person.given_name} any more.")
        return _back(person)
    return show("staff_acting/end.jinja", form, person=person, authority=authority, quality=QUALITY)


def _person(ref: str) -> Person:
    return identity.person_of_commissioner(current_actor(), ref, _P)


def _authority(person: Person, ref: str, *, ended: bool = False) -> Authority:
    found = authority_queries.authority_for(current_actor(), person, ref)
    if found.kind is AuthorityKind.SELF or (found.ended_at is not None and not ended):
        raise NotFoundError
    return found


def _read(person: Person, authority_ref: str) -> ResponseReturnValue:
    """The page before anything is said of the papers. Who acted once is for auditors alone: nothing is left to do."""
    audits = not can_change(_P, person.commissioner_id)
    authority = _authority(person, authority_ref, ended=audits)
    note_audit(person, Sight.ACTING, f"how {authority.account.name} came to act, and the list of papers", authority.id)
    return _page(authority, _check_form(authority))


def _check_form(authority: Authority) -> CheckForm:
    evidence = authority.evidence.value if authority.evidence else ""
    form = CheckForm(data={"evidence": evidence, "registration_number": authority.registration_number})
    pairs = [("", "Choose one"), *((kind.value, EVIDENCE[kind]) for kind in EVIDENCE_FOR[authority.kind])]
    form.evidence.choices = choices(pairs)
    return form


def _page(authority: Authority, form: CheckForm | MissingForm | PaperForm) -> ResponseReturnValue:
    """One authority with its papers and what can be said of them; the form that was sent is shown again as it was."""
    actor = current_actor()
    return show(
        "staff_acting/check.jinja",
        form,
        person=authority.person,
        authority=authority,
        papers=papers.papers_of(actor, authority),
        for_a_colleague=not authority.is_checked and checking_papers.leaves_to_a_colleague(actor, authority),
        check_form=form if isinstance(form, CheckForm) else _check_form(authority),
        missing_form=form if isinstance(form, MissingForm) else MissingForm(formdata=None),
        paper_form=form if isinstance(form, PaperForm) else PaperForm(formdata=None),
        can_change=can_change(_P, authority.person.commissioner_id),
        odd=odd_about_number(authority.evidence, authority.registration_number),
        quality=QUALITY,
        outcomes={item.id: item.words for item in plans.outcomes_to_give(actor, authority.person)},
        reach_words=words()["reach_words"],
    )


def _back(person: Person) -> ResponseReturnValue:
    return redirect(url_for("staff_acting.index", person_ref=person.ref), 303)
