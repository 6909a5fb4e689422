"""What somebody had typed when they were signed out, by the name that addresses use."""

from __future__ import annotations

from app.identity import kept_forms
from app.identity.kept_forms import Typed
from app.identity.models import Account, Person


def make_kept_form(account: Account, person: Person) -> dict[str, str]:
    """A message, half written."""
    fields = [("topic", "A lift"), ("message", "Could somebody drive me to the pool?")]
    return {"form_ref": kept_forms.keep(account.id, Typed(f"/p/{person.ref}/messages/new", fields, False)) or ""}
