"""Everything lost, the phone and the codes: somebody who knows the person takes the second step away.

For a colleague an administrator does so at once. For somebody who acts for a person the coordinator asks for it, for a
provider's people whoever else keeps its page, or an administrator (``purchases.lost_steps``): they are told at once,
and it happens three days later unless they stop it. Signing in still needs the passphrase.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app.audit import service as audit
from app.audit.queries import newest_by
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from app.core.ids import new_id, new_ref
from app.core.jobs import task
from app.core.words import storable
from app.identity import queries as identity
from app.identity import sessions
from app.identity.models import Account, Person, StaffPost
from app.identity.rules import Actor, Permission, StaffRole
from app.messages import service as messages
from app.messages.rules import About, NoticeKind
from app.signing_in import links, standing
from app.signing_in.models import Authenticator, Passkey, StepReset
from app.signing_in.rules import RESET_DELAY, LinkKind
from app.signing_in.telling import US, tell

_MOST = 500  # letters of a reason
_ASKED = "signing_in.ask_reset"


def reset_colleague(actor: Actor, commissioner_id: UUID, account_ref: str, why: str) -> Account:
    """Take a colleague's second step away now. They are told, signed out, and set up another when they come back.

    :raises NotFoundError: when they do not work there, or the actor is no administrator there.
    :raises NotAllowedError: when it is the actor's own: a second person does this.
    :raises InvalidError: field ``why``, without a reason.
    """
    account = colleague(actor, commissioner_id, account_ref)
    if account.id == actor.account_id:
        raise NotAllowedError("Another administrator has to do this for you.")
    reason = _reason(why)
    _take_away(account)
    audit.record(
        actor,
        "signing_in.reset_colleague",
        f"Took away the second step of {account.name}",
        subject_kind="account",
        subject_id=account.id,
        commissioner_id=commissioner_id,
        why=reason,
    )
    tell(account, f"{actor.name} took away your second step for signing in. Set up another one when you sign in.")
    return account


def colleague(actor: Actor, commissioner_id: UUID, account_ref: str) -> Account:
    """Somebody who works in a commissioner today, for an administrator there.

    :raises NotFoundError: when they do not, or the actor is no administrator there.
    """
    if commissioner_id not in actor.posts_with(StaffRole.ADMIN):
        raise NotFoundError
    there = _posts_today().where(StaffPost.commissioner_id == commissioner_id)
    account = db.session.scalar(select(Account).where(Account.ref == account_ref, Account.id.in_(there)))
    if account is None:
        raise NotFoundError
    return account


def ask(actor: Actor, person_ref: str, account_ref: str, why: str) -> StepReset:
    """Ask that the second step of somebody who acts for a person is taken away in three days.

    :raises NotFoundError: when the actor coordinates no such person, or this account does not act for them.
    :raises NotAllowedError: when the account is a colleague's: their administrator does that.
    :raises InvalidError: field ``why``, without a reason.
    :raises StateError: when it was asked for already, or there is nothing to take away.
    """
    person, account = acting_account(actor, person_ref, account_ref)
    return ask_for(actor, account, why, person_id=person.id, commissioner_id=person.commissioner_id)


def ask_for(
    actor: Actor,
    account: Account,
    why: str,
    *,
    person_id: UUID | None = None,
    commissioner_id: UUID | None = None,
) -> StepReset:
    """Ask for it, tell them, and mail the link that stops it. The caller has checked that the actor may.

    :param person_id: for whom the account acts, and who reads of it in "Who did what".
    :raises NotAllowedError: when the account is a colleague's: their administrator does that.
    :raises InvalidError: field ``why``, without a reason.
    :raises StateError: when it was asked for already, or there is nothing to take away.
    """
    if db.session.scalar(_posts_today().where(StaffPost.account_id == account.id).limit(1)):
        raise NotAllowedError("This is a colleague’s sign-in. Their administrator can take the second step away.")
    reason = _reason(why)
    if not account.has_second_step:
        raise StateError(f"{account.name} signs in without a second step.")
    moment = clock.now()
    found: StepReset | None = db.session.scalar(
        insert(StepReset)
        .values(
            id=new_id(), ref=new_ref(), account_id=account.id, asked_by_id=actor.account_id,
            asked_by_name=actor.name, why=reason, written_at=moment, due_at=moment + RESET_DELAY,
        )
        .on_conflict_do_nothing()
        .returning(StepReset)
    )  # fmt: skip
    if found is None:
        raise StateError(f"This was asked for already. {account.name} is told.")
    links.mail(account, LinkKind.KEEP_STEP, account.email)
    audit.record(
        actor,
        _ASKED,
        f"Asked to take away the second step of {account.name} in three days",
        subject_kind="account",
        subject_id=account.id,
        person_id=person_id,
        commissioner_id=commissioner_id,
        why=reason,
    )
    day = clock.say_day(clock.london(found.due_at).date())
    tell(
        account,
        f"{actor.name} will take away your second step for signing in on {day}.",
        "They were told that you lost it. If you did not ask for this, follow the link in our e-mail to stop it.",
    )
    return found


def acting_account(actor: Actor, person_ref: str, account_ref: str) -> tuple[Person, Account]:
    """A person whom the actor's team looks after, and somebody who acts for them today.

    :raises NotFoundError: when there is no such pair for this actor.
    """
    person = identity.person_of_commissioner(actor, person_ref, Permission.DECIDE)
    for account, _ in identity.acting_accounts(person.id):
        if account.ref == account_ref:
            return person, account
    raise NotFoundError


def stop(token: str) -> None:
    """Whoever reads the account's e-mail says that nothing was lost. Whoever asked for it is told.

    :raises StateError: when the link no longer works.
    """
    link = links.use_link(LinkKind.KEEP_STEP, token)
    found = db.session.scalar(
        update(StepReset)
        .where(StepReset.account_id == link.account_id, StepReset.done_at.is_(None), StepReset.stopped_at.is_(None))
        .values(stopped_at=clock.now())
        .returning(StepReset)
    )
    account = db.session.get_one(Account, link.account_id)
    person_id = _record(identity.load_actor(account), "stop_reset", "Kept the second step", account, found)
    if found is None:
        return
    messages.notify(
        US,
        [found.asked_by_id],
        NoticeKind.ACCOUNT,
        f"{account.name} did not lose their second step for signing in. It stays.",
        "They stopped it. Speak to them in a way that you know: somebody may have pretended to be them.",
        about=About.LOST_STEP,
        person_id=person_id,
    )


@task("signing_in.reset_steps", cron="25 * * * *")
def reset_steps(timestamp: int = 0) -> None:
    """Take away what is due. Each is marked in the statement that finds it, so a second run does nothing."""
    due = db.session.scalars(
        update(StepReset)
        .where(StepReset.due_at <= clock.now(), StepReset.done_at.is_(None), StepReset.stopped_at.is_(None))
        .values(done_at=clock.now())
        .returning(StepReset)
    ).all()
    for found in due:
        account = db.session.get_one(Account, found.account_id)
        _take_away(account)
        _record(Actor.system("Second steps"), "reset", f"Took away the second step of {account.name}", account, found)
        tell(account, "Your second step for signing in was taken away. You can add another one under Your account.")


def _record(actor: Actor, verb: str, sentence: str, account: Account, found: StepReset | None) -> UUID | None:
    """Write down what became of it, where the asking was written down. Says for whom the account acts."""
    asked = newest_by(found.asked_by_id, _ASKED, account.id) if found is not None else None
    person_id = asked.person_id if asked else None
    audit.record(
        actor,
        f"signing_in.{verb}",
        sentence,
        subject_kind="account",
        subject_id=account.id,
        person_id=person_id,
        commissioner_id=asked.commissioner_id if asked else None,
    )
    return person_id


def _posts_today() -> Select[UUID]:
    today = clock.today()
    return select(StaffPost.account_id).where(
        StaffPost.starts_on <= today, or_(StaffPost.ends_on.is_(None), StaffPost.ends_on >= today)
    )


def _take_away(account: Account) -> None:
    for table in (Passkey, Authenticator):
        db.session.execute(delete(table).where(table.account_id == account.id))
    standing.note(account)
    sessions.end_all(account)


def _reason(typed: str) -> str:
    reason = storable(typed)
    if not reason:
        raise InvalidError({"why": "Say how you know that it is really them who asked"})
    if len(reason) > _MOST:
        raise InvalidError({"why": f"Write it in {_MOST} characters or fewer"})
    return reason
