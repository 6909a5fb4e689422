"""The forms about who acts for a person: whom to ask, how far it reaches, why it ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField

from app.acting.inviting import Terms
from app.identity.authority_rules import EVIDENCE_FOR
from app.identity.models import Authority
from app.identity.rules import AuthorityKind, EvidenceKind, Scope
from app.plans.models import Outcome
from app.web.acting_words import EVIDENCE, QUALITY, SCOPES
from app.web.forms import DateField, Form, NotTooLong, PoundsField, Required, choices

_ALL, _SOME = "all", "some"
_REASON = 1000


class TermsForm(Form):
    """How far somebody may act."""

    scope = RadioField("What may they do?", [Required("Choose what they may do")])
    buy_limit = PoundsField("The most for one purchase (you can leave this empty)")
    month_limit = PoundsField("The most in one month (you can leave this empty)")
    which = RadioField("Which outcomes may they buy for?", choices=choices({_ALL: "All of them", _SOME: "Only these"}))
    outcomes = SelectMultipleField("The outcomes")
    sees_messages = BooleanField("They may read messages with the coordinator")
    ends_on = DateField("The last day (you can leave this empty)", it="The last day")

    def offer(self, outcomes: Sequence[Outcome]) -> None:
        """Say which outcomes there are to choose from."""
        self.scope.choices = choices((scope.value, words) for scope, (words, _) in SCOPES.items())
        self.outcomes.choices = choices((item.ref, item.words) for item in outcomes)

    def terms(self, outcomes: Sequence[Outcome]) -> Terms:
        """What was typed. Limits of whoever does not buy count for nothing."""
        chosen: list[UUID] | None = None
        if self.which.data == _SOME:
            chosen = [item.id for item in outcomes if item.ref in (self.outcomes.data or [])]
        return Terms(
            scope=Scope(self.scope.data),
            buy_limit_pence=self.buy_limit.data,
            month_limit_pence=self.month_limit.data,
            outcome_ids=chosen,
            sees_messages=bool(self.sees_messages.data),
            ends_on=self.ends_on.data,
        )

    @staticmethod
    def filled(authority: Authority, outcomes: Sequence[Outcome]) -> dict[str, object]:
        """What stands now, to begin with. What was narrow stays narrow, also where nothing of it is left."""
        ids = authority.outcome_ids
        return {
            "scope": authority.scope.value,
            "buy_limit": authority.buy_limit_pence,
            "month_limit": authority.month_limit_pence,
            "which": _ALL if ids is None else _SOME,
            "outcomes": [item.ref for item in outcomes if ids is not None and item.id in ids],
            "sees_messages": authority.sees_messages,
            "ends_on": authority.ends_on,
        }


class InviteForm(TermsForm):
    """Whom to ask, in what quality, and how far."""

    email = StringField("Their e-mail address", [Required("Enter their e-mail address"), NotTooLong(254)])
    kind = RadioField("In what quality?", [Required("Choose in what quality they act")])
    evidence = SelectField("What shows that they may act?", validate_choice=False)

    def offer_kinds(self, kinds: Iterable[AuthorityKind]) -> None:
        """Say which qualities there are to choose from, and what shows each."""
        offered = list(kinds)
        self.kind.choices = choices((kind.value, QUALITY[kind]) for kind in offered)
        papers = dict.fromkeys(one for kind in offered for one in EVIDENCE_FOR[kind])
        pairs = [("", "Choose one"), *((one.value, EVIDENCE[one]) for one in papers)]
        self.evidence.choices = choices(pairs)
        if len(offered) == 1:
            self.kind.data = self.kind.data or offered[0].value

    def evidence_kind(self) -> EvidenceKind | None:
        """What was chosen, if anything that there is."""
        return next((kind for kind in EvidenceKind if kind.value == self.evidence.data), None)


class EndForm(Form):
    """Why it ends."""

    why = TextAreaField("Why? They read this too (you can leave this empty)", [NotTooLong(_REASON)])


class PaperForm(Form):
    """A paper that shows a right to act."""

    paper = FileField("The paper", [Required("Choose a photo or a PDF")])


class CheckForm(Form):
    """The papers are in order."""

    evidence = SelectField("What shows that they may act?", [Required("Choose what shows that they may act")])
    registration_number = StringField("Registration number, where there is one", [NotTooLong(60)])
    look_again_on = DateField("Look again on (you can leave this empty)", it="The day to look again")


class MissingForm(Form):
    """Something is still wanted."""

    missing = TextAreaField("What is still wanted?", [Required("Write what is still wanted"), NotTooLong(_REASON)])


class TogetherForm(Form):
    """The sum over which two representatives agree."""

    agree_over = PoundsField("Two agree over (leave this empty where one is enough)")
