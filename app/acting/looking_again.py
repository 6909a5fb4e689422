"""Papers that are to be looked at again: a reminder on the day, a second one to the team's lead two weeks later.

How far the authority reaches stays as it is: cutting a child's mother off because staff are late would hurt the person,
not the staff. A coordinator lowers it where they doubt it.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import and_, or_, select, update

from app.acting.telling import tell_look_again, who_checks
from app.core import clock
from app.core.db import db
from app.core.jobs import task
from app.identity import queries as identity
from app.identity.models import Authority, Person
from app.identity.rules import Actor

LATE_AFTER = timedelta(days=14)
_REMINDERS = Actor.system("Reminders")


@task("acting.look_again", cron="25 6 * * *")
def look_again_today(timestamp: int) -> None:
    """Every morning.

    :param timestamp: when the run was due, in Unix seconds; it is about today all the same.
    """
    remind()


def remind() -> int:
    """Remind of what is to be looked at again. A run repeated reminds nobody twice.

    :returns: how many authorities somebody was reminded of.
    """
    today = clock.today()
    late_since = Authority.look_again_on + LATE_AFTER
    due = (
        update(Authority)
        .where(
            Authority.ended_at.is_(None),
            Authority.person_id.in_(select(Person.id).where(Person.closed_on.is_(None))),
            or_(Authority.ends_on.is_(None), Authority.ends_on >= today),
            Authority.look_again_on <= today,
            or_(
                Authority.reminded_on.is_(None),
                and_(late_since <= today, Authority.reminded_on < late_since),
            ),
        )
        .values(reminded_on=today)
        .returning(Authority.id)
    )
    keys = list(db.session.scalars(due))
    rows = db.session.scalars(select(Authority).where(Authority.id.in_(keys)).order_by(Authority.id))
    for authority in rows:
        _tell(authority)
    return len(keys)


def _tell(authority: Authority) -> None:
    assert authority.look_again_on is not None  # the query asks for it
    person, name = authority.person, authority.account.name
    if authority.look_again_on + LATE_AFTER <= clock.today():
        title = f"Late: the papers of {name} for {person.name} were to be looked at again by now."
        leads = [key for key in identity.team_leads(person.commissioner_id) if key != authority.account_id]
        tell_look_again(authority, leads or who_checks(person), title, _REMINDERS)
    else:
        title = f"Look again at the papers of {name}, who acts for {person.name}."
        tell_look_again(authority, who_checks(person), title, _REMINDERS)
