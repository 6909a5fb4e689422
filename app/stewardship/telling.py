"""When a person is told of a concern: a named safeguarding lead's decision, in writing.

Whoever recorded a concern never decides this. What was decided is kept as it was; a new decision stands beside it.
"""

from __future__ import annotations

from datetime import date

from app.core import clock
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.core.words import storable
from app.identity import queries as identity
from app.identity.rules import Actor, Permission
from app.stewardship import concerns
from app.stewardship.being_told import is_somebody_there
from app.stewardship.concern_rules import MAX_WORDS, latest_telling
from app.stewardship.gate_models import Concern, TellingDecision
from app.stewardship.gate_rules import ConcernState


def decide(actor: Actor, concern: Concern, tell_on: date | None, why: str) -> TellingDecision:
    """Decide when the person's side is told. A concern that waited for this opens now.

    :param tell_on: the day; None tells them at once.
    :raises NotFoundError: when the actor is no safeguarding lead there, recorded it, or acts for the person.
    :raises InvalidError: fields ``tell_on why``.
    :raises StateError: when they were told already.
    """
    check_decides(actor, concern)
    concern = concerns.lock(concern)
    if concern.told_at is not None:
        raise StateError("They were told of this concern already.")
    today = clock.today()
    text, wrong = storable(why), dict[str, str]()
    if not text:
        wrong["why"] = "Write down why: it is kept with the concern"
    elif len(text) > MAX_WORDS:
        wrong["why"] = f"Write it in {MAX_WORDS:,} characters or fewer"
    if tell_on is not None:
        latest = latest_day(concern)
        if tell_on <= today:
            wrong["tell_on"] = "Enter a day that is to come, or tell them now"
        elif tell_on > latest:
            wrong["tell_on"] = f"Enter {latest.day} {latest:%B %Y} or earlier. You can decide again before it comes"
    if wrong:
        raise InvalidError(wrong)
    decision = TellingDecision(
        concern_id=concern.id,
        decided_by=actor.account_id,
        decided_by_name=actor.name,
        tell_on=tell_on or today,
        why=text,
    )
    db.session.add(decision)
    concern.tell_on = tell_on or today
    if concern.state is ConcernState.WAITING:
        concerns.open_it(concern)
    said = "Decided that they are told now" if tell_on is None else f"Decided that they are told on {tell_on:%-d %B %Y}"
    concerns.note(actor, concern, "decide_telling", said)
    told = tell_on is None and tell_now(actor, concern)
    when = "now" if tell_on is None else f"on {clock.say_day(tell_on)}"
    title = f"{actor.name} decided: {concern.person.name} is told of the concern {when}."
    if tell_on is None and not told:
        title = f"{title} {nobody_to_tell(concern)}"
    concerns.tell_staff(actor, concern, [concern.recorded_by, concern.second_id], title)
    return decision


def tell_now(actor: Actor, concern: Concern) -> bool:
    """Tell the person's side of a concern; what was done under it shows from now on, with its own dates.

    :returns: False when nobody acts for the person here: then nothing is told, and whoever comes is told later.
    """
    if not is_somebody_there(concern.person_id):
        return False
    concern.told_at = clock.now()
    db.session.flush()
    concerns.note(actor, concern, "tell", "Told them of a concern")
    concerns.tell_person(actor, concern)
    return True


def nobody_to_tell(concern: Concern) -> str:
    """What staff do when the day has come and nobody acts for the person here."""
    return f"Nobody acts for {concern.person.given_name} here: tell them by letter or on a visit."


def is_put_off(concern: Concern) -> bool:
    """Whether their telling waits for a decision, or for the day that was decided. Where nobody could be told it does
    not: the day has come, and nobody was there.
    """
    return concern.told_at is None and (concern.tell_on is None or concern.tell_on > clock.today())


def latest_day(concern: Concern) -> date:
    """The last day to which the telling can be put off by a decision of today."""
    recorded = clock.london(concern.recorded_at).date()
    return latest_telling(identity.settings_of(concern.commissioner_id), recorded, clock.today())


def decides(viewer: Actor, concern: Concern) -> bool:
    """Whether it is the viewer who may decide when this person is told."""
    return any(one.id == viewer.account_id for one in concerns.leads_for(concern.recorded_by, concern.person))


def check_decides(actor: Actor, concern: Concern) -> None:
    """Stop whoever does not decide when this person is told.

    :raises NotFoundError: then.
    """
    identity.person_of_commissioner(actor, concern.person.ref, Permission.DELAY_TELLING)
    if not decides(actor, concern):
        raise NotFoundError
