"""The start: whose budget, which work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.money import format_pounds
from app.identity import authority_queries, kept_forms
from app.identity.rules import Actor, AuthorityKind, Grant, Permission, Scope
from app.marketplace import queries as marketplace
from app.web.context import actor_or_none, current_actor
from app.web.marks import public, requires
from app.web.templating import age

bp = Blueprint("people", __name__)

_KINDS = {
    AuthorityKind.REPRESENTATIVE: "You act as their representative",
    AuthorityKind.NOMINEE: "You look after the money for them",
    AuthorityKind.BROKER: "You help them to find support",
}
_ROLES = {
    "coordinator": "Care coordinator",
    "finance": "Finance officer",
    "admin": "Administrator",
    "auditor": "Auditor",
}


@dataclass(frozen=True, slots=True)
class Door:
    """One place to go to from the start."""

    title: str
    words: str
    href: str


@bp.get("/")
@public
def start() -> ResponseReturnValue:
    """Straight to the one place somebody has; to a choice when there are several."""
    actor = actor_or_none()
    if actor is None:
        return redirect(url_for("account.sign_in"), 303)
    if kept_forms.newest_of(actor):
        return redirect(url_for("kept_forms.show"), 303)
    doors = [door for _, group in _doors(actor) for door in group]
    return redirect(doors[0].href if len(doors) == 1 else url_for("people.choose"), 303)


@bp.get("/people")
@requires(Permission.SIGNED_IN)
def choose() -> ResponseReturnValue:
    """Everyone one acts for, and one's work."""
    return render_template("people/choose.jinja", groups=_doors(current_actor()))


def _doors(actor: Actor) -> list[tuple[str, list[Door]]]:
    """Every place this actor may go to, in groups with a heading; empty groups left out."""
    own = [grant for grant in actor.grants if grant.kind is AuthorityKind.SELF]
    others = [grant for grant in actor.grants if grant.kind is not AuthorityKind.SELF]
    groups = [
        ("Your budget", _own(actor, own)),
        ("People you act for", [_person(grant) for grant in others]),
        ("Your work", [*_broker(actor), *_staff(actor)]),
        ("What you offer", _providers(actor)),
    ]
    return [(title, doors) for title, doors in groups if doors]


def _own(actor: Actor, grants: Sequence[Grant]) -> list[Door]:
    """One's own budgets: whoever moved has one with each of two organisations, told apart by their names."""
    doors = [_person(grant) for grant in grants]
    if len(grants) < 2:
        return doors
    names = authority_queries.places_of(actor)
    said = [f"Your own budget with {names[grant.commissioner_id]}. {_reach(grant, own=True)}" for grant in grants]
    return [replace(door, words=words) for door, words in zip(doors, said, strict=True)]


def _person(grant: Grant) -> Door:
    href = url_for("home.show", person_ref=grant.person_ref)
    if grant.kind is AuthorityKind.SELF:
        return Door(grant.person_name, "Your own budget", href)
    years = age(grant.date_of_birth)
    return Door(
        f"{grant.person_name}, aged {years}" if years < 18 else grant.person_name,
        f"{_KINDS[grant.kind]}. {_reach(grant)}",
        href,
    )


def _reach(grant: Grant, *, own: bool = False) -> str:
    if own:
        return "You can look, not buy." if grant.scope is Scope.VIEW else "You can buy."
    if not grant.checked:
        return "You can only look until your papers are checked."
    if grant.scope is Scope.VIEW:
        return "You can look, not buy."
    if grant.scope is Scope.PREPARE:
        return "You can prepare purchases; they say yes or no."
    if grant.buy_limit_pence is None:
        return "You can buy for them."
    return f"You can buy up to {format_pounds(grant.buy_limit_pence, whole=True)} at a time."


def _broker(actor: Actor) -> list[Door]:
    """One page of all clients, for whoever has more than one."""
    clients = sum(grant.kind is AuthorityKind.BROKER for grant in actor.grants)
    if clients < 2:
        return []
    return [Door("The people you help", f"What waits for whom, for all {clients} of them", url_for("broker.show"))]


def _staff(actor: Actor) -> list[Door]:
    if not actor.posts or "staff.home" not in current_app.view_functions:
        return []
    posts = sorted({f"{_ROLES[post.role.value]}, {post.commissioner_name}" for post in actor.posts})
    return [Door("Your work today", "; ".join(posts), url_for("staff.home"))]


def _providers(actor: Actor) -> list[Door]:
    if actor.account_id is None or not actor.provider_ids:
        return []
    return [
        Door(provider.name, "Your page, services and orders", url_for("provider_home.show", provider_ref=provider.ref))
        for provider in marketplace.providers_of(actor.account_id)
    ]
