"""Who may do what: pure, without a database.

:func:`may` is the one place where a right is decided. Default is no.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class AuthorityKind(StrEnum):
    """In what quality an account acts in a person's affairs (DESIGN, section 2)."""

    SELF = "self"
    REPRESENTATIVE = "representative"
    NOMINEE = "nominee"
    BROKER = "broker"


class Scope(StrEnum):
    """How far an authority reaches: each includes the ones before it."""

    VIEW = "view"
    PREPARE = "prepare"
    BUY = "buy"


class EvidenceKind(StrEnum):
    """What shows that somebody may act for another: the paper behind an authority."""

    PARENTAL_RESPONSIBILITY = "parental_responsibility"
    LPA_PROPERTY = "lpa_property"  # lasting power of attorney for property and financial affairs
    LPA_HEALTH = "lpa_health"  # the same for health and welfare
    DEPUTYSHIP = "deputyship"  # an order of the Court of Protection
    APPOINTEE = "appointee"
    CONSENT = "consent"  # the person said so themself: a form, or their own invitation


class StaffRole(StrEnum):
    """A role within one commissioner."""

    COORDINATOR = "coordinator"
    FINANCE = "finance"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """What a page or a verb asks for."""

    # about one person (subject: PersonSubject)
    VIEW_BUDGET = "view_budget"  # home, spending, plan, purchases, who did what
    PREPARE_PURCHASE = "prepare_purchase"  # draft, attach receipts, ask for it to be bought
    BUY = "buy"  # submit, pay, cancel, confirm delivery
    CONFIRM_PURCHASE = "confirm_purchase"  # say yes to what a broker prepared
    READ_MESSAGES = "read_messages"  # what others wrote for them; what one began oneself is always one's own
    INVITE_NOMINEE = "invite_nominee"  # say who manages the money, and end it: the person alone
    INVITE_BROKER = "invite_broker"  # ask somebody to find support, and end it
    OWN_RECORDS = "own_records"  # download what is held, put it right, say what may be shared: not brokers
    READ_MONEY = "read_money"  # transactions and plan: whoever may view the budget, and staff with a key in their hand
    # about one commissioner's work (subject: CommissionerSubject)
    DECIDE = "decide"  # the coordinator's queue and decisions
    CHECK_AUTHORITY = "check_authority"  # who acts for whom, on what papers
    SEE_ANSWER_TIMES = "see_answer_times"  # how long people waited, month by month: counts only
    SEE_BUDGET_HEALTH = "see_budget_health"  # that a budget is healthy or not, no transactions
    PAY_ALLOCATIONS = "pay_allocations"
    READ_LEDGER = "read_ledger"
    READ_POLICY = "read_policy"
    CHANGE_POLICY = "change_policy"  # draft the policy, try it, publish what somebody else drafted
    MANAGE_STAFF = "manage_staff"  # see who holds which role
    READ_AUDIT = "read_audit"
    SEE_RETENTION = "see_retention"  # how long records are kept, and what was removed: counts only
    LOOK_AT_MONEY = "look_at_money"  # the pages behind the privacy gate; what opens there takes a key
    HOLD_REVIEWS = "hold_reviews"  # announce reviews of money and plan, and write down what was agreed
    RECORD_CONCERNS = "record_concerns"
    READ_CONCERNS = "read_concerns"  # those one has a part in; an auditor all
    DELAY_TELLING = "delay_telling"  # a safeguarding lead: when a person is told of a concern
    NAME_SAFEGUARDING = "name_safeguarding"  # who the safeguarding leads are
    RESET_COLLEAGUE = "reset_colleague"  # take away a second step that a colleague has lost
    LOOK_AFTER_MARKET = "look_after_market"  # reviews that need a look, providers that somebody missed
    # about one provider (subject: ProviderSubject)
    KEEP_LISTINGS = "keep_listings"  # own profile, listings and orders
    # about oneself
    SIGNED_IN = "signed_in"


@dataclass(frozen=True, slots=True)
class PersonSubject:
    """A person with a budget, as a subject of a right."""

    person_id: UUID


@dataclass(frozen=True, slots=True)
class CommissionerSubject:
    """A commissioner, as a subject of a right."""

    commissioner_id: UUID


@dataclass(frozen=True, slots=True)
class ProviderSubject:
    """A provider or PA of the marketplace, as a subject of a right."""

    provider_id: UUID


Subject = PersonSubject | CommissionerSubject | ProviderSubject | None


@dataclass(frozen=True, slots=True)
class Grant:
    """An authority that is in force today.

    What it reaches is :attr:`scope`; ``promised_scope`` is what it will reach once its papers are checked.
    """

    person_id: UUID
    person_ref: str
    person_name: str
    date_of_birth: date
    commissioner_id: UUID
    kind: AuthorityKind
    promised_scope: Scope
    buy_limit_pence: int | None  # for one purchase; None with scope buy: no limit
    month_limit_pence: int | None = None  # for all that this account sends in a month
    outcome_ids: frozenset[UUID] | None = None  # None: all; those of a plan that is over are nobody's any more
    sees_messages: bool = True
    checked: bool = True
    look_again_on: date | None = None
    agree_over_pence: int | None = None  # over this sum two representatives agree
    authority_id: UUID | None = None
    authority_ref: str = ""

    @property
    def scope(self) -> Scope:
        """How far it reaches today: no further than looking until somebody has checked its papers."""
        return self.promised_scope if self.checked or self.kind is AuthorityKind.SELF else Scope.VIEW


@dataclass(frozen=True, slots=True)
class Post:
    """A staff role that is in force today."""

    commissioner_id: UUID
    commissioner_name: str
    role: StaffRole
    safeguards: bool = False  # a named safeguarding lead


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever reads (``viewer``) or writes (``actor``), with every right in force, loaded once a request."""

    account_id: UUID | None
    name: str
    email: str = ""
    grants: tuple[Grant, ...] = ()
    posts: tuple[Post, ...] = ()
    provider_ids: tuple[UUID, ...] = ()
    #: People whose money a key has opened for reading, while one page is made (``stewardship.keys``).
    opened: frozenset[UUID] = frozenset()

    @classmethod
    def system(cls, name: str) -> Actor:
        """The software itself, acting by a job or a command: ``Actor.system("Monthly payments")``."""
        return cls(account_id=None, name=name)

    @property
    def is_system(self) -> bool:
        return self.account_id is None

    @property
    def only_audits(self) -> bool:
        """Whether this account is here as an auditor and for nothing else: it reads, and changes nothing."""
        audits = bool(self.posts) and all(post.role is StaffRole.AUDITOR for post in self.posts)
        return audits and not self.grants and not self.provider_ids

    def grant_for(self, person_id: UUID) -> Grant | None:
        """The authority over this person, if there is one."""
        return next((grant for grant in self.grants if grant.person_id == person_id), None)

    def brokers_for(self, person_id: UUID) -> bool:
        """Whether they act for this person as a broker: of what is begun there they know only their own."""
        grant = self.grant_for(person_id)
        return grant is not None and grant.kind is AuthorityKind.BROKER

    def posts_with(self, role: StaffRole) -> tuple[UUID, ...]:
        """The commissioners in which this role is held."""
        return tuple(post.commissioner_id for post in self.posts if post.role is role)

    def posts_reading(self, role: StaffRole) -> tuple[UUID, ...]:
        """The commissioners whose work of this role they read: where they hold it, and where they audit."""
        return tuple(dict.fromkeys((*self.posts_with(role), *self.posts_with(StaffRole.AUDITOR))))

    def quality_for(self, person_id: UUID | None, commissioner_id: UUID | None) -> str:
        """In what quality this actor acts here, for the audit."""
        if self.is_system:
            return "system"
        grant = self.grant_for(person_id) if person_id else None
        if grant:
            return grant.kind.value
        for post in self.posts:
            if commissioner_id in (None, post.commissioner_id):
                return post.role.value
        return "provider" if self.provider_ids else "account"


def is_at_work(actor: Actor) -> bool:
    """Whether somebody comes here for their work: they see other people's affairs, on desks that others pass."""
    brokering = any(grant.kind is AuthorityKind.BROKER for grant in actor.grants)
    return bool(actor.posts or actor.provider_ids) or brokering


_SCOPE_RANK = {Scope.VIEW: 0, Scope.PREPARE: 1, Scope.BUY: 2}
_PERSON_SCOPE = {
    Permission.VIEW_BUDGET: Scope.VIEW,
    Permission.PREPARE_PURCHASE: Scope.PREPARE,
    Permission.BUY: Scope.BUY,
    Permission.CONFIRM_PURCHASE: Scope.BUY,
    Permission.READ_MONEY: Scope.VIEW,
    Permission.READ_MESSAGES: Scope.VIEW,
    Permission.OWN_RECORDS: Scope.VIEW,
    Permission.INVITE_NOMINEE: Scope.BUY,
    Permission.INVITE_BROKER: Scope.BUY,
}
_OWN_SIDE = frozenset(AuthorityKind) - {AuthorityKind.BROKER}
#: Where the quality matters as well as the scope. What a broker prepared is confirmed by the person's own side.
_PERSON_KINDS: dict[Permission, frozenset[AuthorityKind]] = {
    Permission.CONFIRM_PURCHASE: _OWN_SIDE,
    Permission.OWN_RECORDS: _OWN_SIDE,
    Permission.INVITE_NOMINEE: frozenset({AuthorityKind.SELF}),
    Permission.INVITE_BROKER: frozenset({AuthorityKind.SELF, AuthorityKind.REPRESENTATIVE}),
}
_STAFF_ROLES: dict[Permission, frozenset[StaffRole]] = {
    Permission.DECIDE: frozenset({StaffRole.COORDINATOR}),
    Permission.CHECK_AUTHORITY: frozenset({StaffRole.COORDINATOR}),
    Permission.SEE_ANSWER_TIMES: frozenset(StaffRole),
    Permission.SEE_BUDGET_HEALTH: frozenset({StaffRole.COORDINATOR, StaffRole.FINANCE, StaffRole.AUDITOR}),
    Permission.PAY_ALLOCATIONS: frozenset({StaffRole.FINANCE}),
    Permission.READ_LEDGER: frozenset({StaffRole.FINANCE, StaffRole.AUDITOR}),
    Permission.READ_POLICY: frozenset(StaffRole),
    Permission.CHANGE_POLICY: frozenset({StaffRole.ADMIN}),
    Permission.MANAGE_STAFF: frozenset({StaffRole.ADMIN, StaffRole.AUDITOR}),
    Permission.READ_AUDIT: frozenset({StaffRole.AUDITOR}),
    Permission.SEE_RETENTION: frozenset({StaffRole.ADMIN, StaffRole.AUDITOR}),
    Permission.LOOK_AT_MONEY: frozenset({StaffRole.COORDINATOR, StaffRole.FINANCE, StaffRole.AUDITOR}),
    Permission.HOLD_REVIEWS: frozenset({StaffRole.COORDINATOR}),
    Permission.RECORD_CONCERNS: frozenset({StaffRole.COORDINATOR}),
    Permission.READ_CONCERNS: frozenset({StaffRole.COORDINATOR, StaffRole.ADMIN, StaffRole.AUDITOR}),
    Permission.DELAY_TELLING: frozenset({StaffRole.COORDINATOR, StaffRole.ADMIN}),
    Permission.NAME_SAFEGUARDING: frozenset({StaffRole.ADMIN}),
    Permission.RESET_COLLEAGUE: frozenset({StaffRole.ADMIN}),
    Permission.LOOK_AFTER_MARKET: frozenset({StaffRole.COORDINATOR, StaffRole.ADMIN}),
}


def may(actor: Actor, permission: Permission, subject: Subject = None) -> bool:
    """Whether ``actor`` has this right over ``subject``.

    With no subject the question is whether they have it over anything at all (may they see the way in?).
    """
    if permission is Permission.SIGNED_IN:
        return actor.account_id is not None
    if permission is Permission.READ_MONEY and isinstance(subject, PersonSubject) and subject.person_id in actor.opened:
        return True
    if permission in _PERSON_SCOPE:
        return any(
            _grant_allows(grant, permission)
            for grant in actor.grants
            if subject is None or subject == PersonSubject(grant.person_id)
        )
    if permission in _STAFF_ROLES:
        return any(
            post.role in _STAFF_ROLES[permission] and (post.safeguards or permission is not Permission.DELAY_TELLING)
            for post in actor.posts
            if subject is None or subject == CommissionerSubject(post.commissioner_id)
        )
    if permission is Permission.KEEP_LISTINGS:
        return any(subject is None or subject == ProviderSubject(key) for key in actor.provider_ids)
    return False


def may_read(actor: Actor, permission: Permission, subject: Subject = None) -> bool:
    """Whether they may see what a staff right works with: an auditor may too, who changes nothing. No verb asks it."""
    audited = permission in _STAFF_ROLES and may(actor, Permission.READ_AUDIT, subject)
    return audited or may(actor, permission, subject)


def _grant_allows(grant: Grant, permission: Permission) -> bool:
    if permission is Permission.READ_MESSAGES and not grant.sees_messages:
        return False
    if permission is Permission.OWN_RECORDS and not (grant.checked or grant.kind is AuthorityKind.SELF):
        return False  # a whole life in one file is more than a look
    if grant.kind not in _PERSON_KINDS.get(permission, frozenset(AuthorityKind)):
        return False
    return _SCOPE_RANK[grant.scope] >= _SCOPE_RANK[_PERSON_SCOPE[permission]]
