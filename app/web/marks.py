"""Markers: every view says who may come in. A view that says nothing lets nobody in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from app.identity.proofs import Step
from app.identity.rules import Permission

View = TypeVar("View", bound=Callable[..., Any])
_MARK, _FRESH, _BEFORE, _AUDITED = "carepurse_mark", "carepurse_fresh", "carepurse_before", "carepurse_audited"


def public(view: View) -> View:
    """Anybody may come, signed in or not."""
    setattr(view, _MARK, None)
    return view


def requires(
    permission: Permission, *, fresh: bool = False, before: frozenset[Step] = frozenset(), audited: bool = False
) -> Callable[[View], View]:
    """Only somebody signed in who has this permission: over the person or provider the address names, or,
    where it names none, over anything at all (the services check the object).

    :param fresh: who it is must have been shown again a short while ago: before payees, authority and policies change.
    :param audited: an auditor may come too, to read: never with anything but GET. The page shows them no form.
    :param before: the steps of signing in that this page is part of: open to whoever still has to take one.
    """

    def mark(view: View) -> View:
        setattr(view, _MARK, permission)
        setattr(view, _FRESH, fresh)
        setattr(view, _BEFORE, before)
        setattr(view, _AUDITED, audited)
        return view

    return mark


def is_marked(view: object) -> bool:
    """Whether the view says who may come in."""
    return hasattr(view, _MARK)


def mark_of(view: object) -> Permission | None:
    """The permission a marked view asks for; None when it is public."""
    mark: Permission | None = getattr(view, _MARK)
    return mark


def is_fresh(view: object) -> bool:
    """Whether a marked view asks who it is once more."""
    return bool(getattr(view, _FRESH, False))


def is_audited(view: object) -> bool:
    """Whether an auditor may read what a marked view shows."""
    return bool(getattr(view, _AUDITED, False))


def opens_before(view: object, step: Step) -> bool:
    """Whether a marked view is open to somebody who still has to take this step."""
    return step in getattr(view, _BEFORE, frozenset())
