"""Who acts for a person, as they and their own side see it: everybody's reach, ending it, changing it, own papers."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.acting import inviting, settling
from app.acting import queries as acting
from app.acting.models import Invitation
from app.audit.models import AuditEntry
from app.budgets.regular_models import RegularPayment
from app.core import clock
from app.core.errors import InvalidError, NotFoundError, StateError
from app.evidence import papers
from app.identity import authority_queries
from app.identity.authority_rules import may_settle
from app.identity.limits import Beyond
from app.identity.models import Authority, Person
from app.identity.rules import AuthorityKind, Permission, PersonSubject, may
from app.plans import queries as plans
from app.purchases.alone import asked_to_say_yes, has_another, say_beyond, sent_together
from app.purchases.models import Purchase
from app.purchases.own_answers import own_answers_about, own_answers_of
from app.purchases.saying_yes import answerers_of
from app.web.acting_forms import EndForm, InviteForm, PaperForm, TermsForm
from app.web.acting_words import EVIDENCE, MEANS, QUALITY, SCOPES, reach_words
from app.web.context import acting_grant, current_actor, current_person
from app.web.forms import show
from app.web.marks import requires
from app.web.receipts import send_strictly
from app.web.words import QUALITIES

bp = Blueprint("acting", __name__)
_BASE = "/p/<person_ref>/acting"
_ONE = f"{_BASE}/<authority_ref>"
_NAMED = 2  # more names than these make no button
_ACTS_FOR = ("representative", "nominee", "broker")


@bp.get(_BASE)
@requires(Permission.VIEW_BUDGET)
def index() -> ResponseReturnValue:
    """Everybody who can act, how far, since when, and who was asked."""
    actor, person = current_actor(), current_person()
    grant = acting_grant()
    own_side = grant is not None and grant.kind is not AuthorityKind.BROKER
    rows = authority_queries.acting_for(actor, person)
    return render_template(
        "acting/index.jinja",
        rows=rows,
        ended=authority_queries.acted_for(actor, person) if own_side else [],
        invitations=acting.invitations_of(actor, person) if own_side else [],
        outcomes={item.id: item.words for item in plans.outcomes_to_give(actor, person)},
        settles=[row.id for row in rows if _settles(row)],
        may_invite=may(actor, Permission.INVITE_BROKER, PersonSubject(person.id)),
        **words(),
    )


@bp.route(f"{_BASE}/invite", methods=["GET", "POST"])
@requires(Permission.INVITE_BROKER, fresh=True)
def invite() -> ResponseReturnValue:
    """Ask somebody by e-mail."""
    actor, person = current_actor(), current_person()
    outcomes = plans.outcomes_to_give(actor, person)
    kinds = [AuthorityKind.BROKER]
    if may(actor, Permission.INVITE_NOMINEE, PersonSubject(person.id)):
        kinds.insert(0, AuthorityKind.NOMINEE)
    form = InviteForm(data={"scope": "prepare", "which": "all"})
    form.offer(outcomes)
    form.offer_kinds(kinds)
    if form.validate_on_submit():
        try:
            terms = form.terms(outcomes)
            invitation = inviting.invite(actor, person, form.email.data or "", AuthorityKind(form.kind.data), terms)
        except (InvalidError, StateError) as error:
            form.take(error)
        else:
            flash(f"We have sent an e-mail to {invitation.email}. The link in it works once, for seven days.")
            return redirect(url_for("acting.index"), 303)
    return show("acting/invite.jinja", form, kinds=kinds, outcomes=outcomes, means=MEANS, scopes=SCOPES, evidence=False)


@bp.post(f"{_BASE}/invitations/<invitation_ref>/again")
@requires(Permission.INVITE_BROKER, fresh=True)
def send_again(invitation_ref: str) -> ResponseReturnValue:
    """Send an invitation once more, with a new link."""
    invitation = inviting.send_again(current_actor(), current_person(), invitation_ref)
    flash(f"We have sent another e-mail to {invitation.email}. The link in the one before does not work any more.")
    return redirect(url_for("acting.index"), 303)


@bp.post(f"{_BASE}/invitations/<invitation_ref>/take-back")
@requires(Permission.INVITE_BROKER, fresh=True)
def take_back(invitation_ref: str) -> ResponseReturnValue:
    """Take an invitation back."""
    invitation = inviting.take_back(current_actor(), current_person(), invitation_ref)
    flash(f"Taken back. The link we sent to {invitation.email} does not work any more.")
    return redirect(url_for("acting.index"), 303)


@bp.route(f"{_ONE}/end", methods=["GET", "POST"])
@requires(Permission.VIEW_BUDGET, fresh=True)
def end(authority_ref: str) -> ResponseReturnValue:
    """End it at once, after one look at what that means. Everybody may give up their own."""
    actor, person = current_actor(), current_person()
    authority = authority_queries.authority_for(actor, person, authority_ref)
    own = authority.account_id == actor.account_id
    if authority.ended_at is not None or not (own or _settles(authority)) or authority.kind is AuthorityKind.SELF:
        raise NotFoundError
    form = EndForm()
    if form.validate_on_submit():
        settling.end(actor, authority, form.why.data or "")
        flash("You do not act for them any more." if own else f"{authority.account.name} cannot act any more.")
        return redirect(url_for("people.start" if own else "acting.index"), 303)
    return show("acting/end.jinja", form, authority=authority, own=own, quality=QUALITY)


@bp.route(f"{_ONE}/change", methods=["GET", "POST"])
@requires(Permission.INVITE_BROKER, fresh=True)
def change(authority_ref: str) -> ResponseReturnValue:
    """Change how far a nominee or a broker may act."""
    actor, person = current_actor(), current_person()
    authority = authority_queries.authority_for(actor, person, authority_ref)
    if authority.ended_at is not None or not _settles(authority):
        raise NotFoundError
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
            return redirect(url_for("acting.index"), 303)
    return show("acting/change.jinja", form, authority=authority, outcomes=outcomes, scopes=SCOPES)


@bp.route(f"{_BASE}/papers", methods=["GET", "POST"])
@requires(Permission.VIEW_BUDGET)
def own_papers() -> ResponseReturnValue:
    """One's own papers: what was sent, what is still wanted, and a way to send more."""
    actor, person = current_actor(), current_person()
    authority = authority_queries.own_authority(actor, person)
    if authority.kind is AuthorityKind.SELF:
        raise NotFoundError
    form = PaperForm()
    if form.validate_on_submit():
        try:
            papers.add_paper(actor, authority, form.paper.data)
        except InvalidError as error:
            form.take(error)
        else:
            flash("The paper is sent.")
            return redirect(url_for("acting.own_papers"), 303)
    return show(
        "acting/papers.jinja",
        form,
        authority=authority,
        papers=papers.papers_of(actor, authority),
        who=settling.checker_name(person.id, authority),
        evidence_words=EVIDENCE,
    )


@bp.get(f"{_BASE}/papers/<paper_ref>")
@requires(Permission.VIEW_BUDGET)
def paper(paper_ref: str) -> Response:
    """The file itself."""
    authority = authority_queries.own_authority(current_actor(), current_person())
    found, path = papers.paper_for(current_actor(), authority, paper_ref)
    return send_strictly(path, found.content_type, found.filename)


@bp.app_template_global()
def who_checks_papers() -> str:
    """Whose look is awaited before whoever is signed in may do more than look; nothing when nobody's."""
    grant, person = acting_grant(), current_person()
    if grant is None or grant.checked:
        return ""
    authority = authority_queries.own_authority(current_actor(), person)
    return settling.checker_name(person.id, authority)


@bp.app_template_global()
def why_link_fails(invitation: Invitation) -> str:
    """Why the link of an invitation that waits opens nothing; nothing where it does."""
    return acting.why_it_fails(invitation)


@bp.app_template_global()
def why_a_yes(found: Beyond | None) -> str:
    """Why somebody else says yes before what is sent from this page goes on."""
    return say_beyond(current_person(), found)


@bp.app_template_global()
def asked_for_a_yes(found: Beyond | None) -> str:
    """Who is asked, by name; where they are many or nobody, the person's own side."""
    person = current_person()
    names = asked_to_say_yes(current_actor(), person, found)
    return " and ".join(names) if 0 < len(names) <= _NAMED else f"{person.given_name}\u2019s own side"


@bp.app_template_global()
def second_yes(purchase: Purchase) -> str:
    """Who has said yes to something on which two representatives agree, and whether there is anybody for the other."""
    person = current_person()
    over = person.agree_over_pence is not None and sent_together(purchase) > person.agree_over_pence
    if not over or purchase.requested_as not in ("representative", "broker"):
        return ""
    said = [say_beyond(person, Beyond.SECOND)]
    if purchase.agreed_by_name:
        said.append(f"{purchase.agreed_by_name} has said yes.")
    if not has_another(person.id, (purchase.requested_by, purchase.agreed_by)):
        said.append("There is no other representative today who can say yes. The coordinator knows.")
    return " ".join(said)


@bp.app_template_global()
def own_answers(item: Purchase | RegularPayment, person: Person) -> list[tuple[str, str]]:
    """Who of the person's own side said yes or no to what was prepared: the answer, and by whom, for whom, when."""
    entries = own_answers_of(item) if isinstance(item, Purchase) else own_answers_about(item, person)
    return [
        ("Said no" if entry.verb.endswith("turn_down") else "Said yes", by_for(entry, person)) for entry in entries
    ]


def by_for(entry: AuditEntry, person: Person) -> str:
    """``Karim Rahman, representative, for Amira, Tuesday 24 November``."""
    quality = QUALITIES.get(entry.actor_role, entry.actor_role)
    whom = f", {quality}, for {person.given_name}" if entry.actor_role in _ACTS_FOR else ""
    return f"{entry.actor_name}{whom}, {clock.say_day(clock.london(entry.written_at).date())}"


@bp.app_template_global()
def before_a_yes(purchase: Purchase, until: str = "that") -> str:
    """What does not happen before somebody says yes: of what was bought already, only that it does not count yet.

    :param until: what has to happen, like *you say yes*.
    """
    if purchase.way.is_paid_already and purchase.bought_on is not None:
        bought = clock.say_day(purchase.bought_on)
        return f"It was bought already, on {bought}. It does not count in the budget before {until}."
    return f"Nothing is bought before {until}."


@bp.app_template_global()
def who_says_yes(purchase: Purchase) -> str:
    """For whoever is not asked: who is. A broker does not read who else acts."""
    person = current_person()
    said = [f"{person.given_name}'s own side was asked to say yes."]
    if not current_actor().brokers_for(person.id):
        said.append(answerers_of(current_actor(), purchase).sentence(person.given_name))
    return " ".join([*filter(None, said), before_a_yes(purchase)])


def words() -> dict[str, object]:
    """What the lists of who acts say things with."""
    return {"quality": QUALITY, "evidence": EVIDENCE, "reach_words": reach_words}


def _settles(authority: Authority) -> bool:
    person = current_person()
    not_self = authority.kind is not AuthorityKind.SELF
    return not_self and may_settle(current_actor(), authority.kind, person.id, person.commissioner_id)
