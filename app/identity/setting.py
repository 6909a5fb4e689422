"""Changing a commissioner's settings: within their bounds, with a reason, and written down."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from app.audit import service as audit
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError
from app.core.words import storable
from app.identity.models import Commissioner
from app.identity.rules import Actor
from app.identity.setting_rules import parse, say
from app.identity.settings import CommissionerSettings

_LONGEST_WHY = 500


def change_settings(actor: Actor, commissioner: Commissioner, wanted: Mapping[str, str], why: str) -> list[str]:
    """Set some of a commissioner's settings. All of them are changed, or none.

    :param wanted: what was typed, by the setting's name.
    :param why: the reason, as the audit keeps it.
    :returns: a sentence for each that is different now.
    :raises NotAllowedError: when an account asks; only whoever runs the installation may so far.
    :raises InvalidError: when a name is unknown, something is out of its bounds, or there is no reason.
    """
    if not actor.is_system:
        raise NotAllowedError("Settings are changed by whoever runs the installation.")
    reason = storable(why)
    if not reason or len(reason) > _LONGEST_WHY:
        raise InvalidError({"why": f"Say why, in {_LONGEST_WHY} characters or fewer"})
    values = {name: parse(name, typed) for name, typed in wanted.items()}
    row = db.session.scalars(
        select(Commissioner)
        .where(Commissioner.id == commissioner.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    before = CommissionerSettings.read(row.settings)
    changed = {
        name: value for name, value in values.items() if name not in row.settings or row.settings[name] != value
    }
    row.settings = {**row.settings, **changed}
    said = [
        f"Set {name} to {say(value) or 'nothing'}; it was {say(getattr(before, name)) or 'nothing'}"
        for name, value in changed.items()
    ]
    for name, sentence in zip(changed, said, strict=True):
        audit.record(
            actor,
            "identity.change_setting",
            sentence,
            subject_kind="commissioner",
            subject_id=row.id,
            commissioner_id=row.id,
            why=reason,
            details={"setting": name},
        )
    db.session.flush()
    return said
