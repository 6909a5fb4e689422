"""A copy of everything and something to put right, by the names that addresses use."""

from __future__ import annotations

from app.core.db import db
from app.identity.models import Account, Person
from app.records import correcting, downloads
from app.records.rules import CorrectionKind
from tests import factories as make


def make_records(account: Account, person: Person) -> dict[str, str]:
    """What a person asked of what is held on them."""
    actor = make.actor_for(account)
    copy = downloads.ask(actor, person)
    downloads.make(str(copy.id))
    wrong = correcting.ask_correction(actor, person, CorrectionKind.OTHER, {}, "I never lived there.")
    db.session.flush()
    return {"download_ref": copy.ref, "correction_ref": wrong.ref}
