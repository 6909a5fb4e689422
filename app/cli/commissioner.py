"""``flask commissioner settings``: what a commissioner has set for itself, and changing it."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import select

from app.core.db import db
from app.core.errors import InvalidError
from app.core.words import tidy_ref
from app.identity.models import Commissioner
from app.identity.rules import Actor
from app.identity.setting import change_settings
from app.identity.setting_rules import BOUNDS, say
from app.identity.settings import CommissionerSettings

group = AppGroup("commissioner", help="A commissioner's own settings.")


@group.command("settings")
@click.option("--commissioner", "called", metavar="NAME", default="", help="Which, where there are several.")
@click.option("--why", default="", help="The reason for a change: the audit keeps it.")
@click.argument("wanted", nargs=-1, metavar="[NAME=VALUE]...")
def settings(called: str, why: str, wanted: tuple[str, ...]) -> None:
    """Show every setting with its bounds and value, or set NAME to VALUE.

    All that is given is changed, or nothing. Each change stands in the audit, with the reason.
    """
    commissioner = _find(called)
    if not wanted:
        _show(commissioner)
        return
    actor = Actor.system("flask commissioner settings")
    try:
        said = change_settings(actor, commissioner, _pairs(wanted), why)
    except InvalidError as error:
        for sentence in error.errors.values():
            click.echo(f"{sentence}.", err=True)
        sys.exit(1)
    db.session.commit()
    for sentence in said:
        click.echo(f"{sentence}.")
    if not said:
        click.echo("Nothing is different.")


def _find(called: str) -> Commissioner:
    everyone: Sequence[Commissioner] = db.session.scalars(select(Commissioner).order_by(Commissioner.name)).all()
    chosen = [one for one in everyone if not called or called == one.name or tidy_ref(called) == one.ref]
    if len(chosen) == 1:
        return chosen[0]
    names = "".join(f"\n  {one.ref}  {one.name}" for one in everyone) or " none"
    why = "There is no commissioner of that name" if called and not chosen else "Say which with --commissioner"
    raise click.UsageError(f"{why}. There are:{names}")


def _show(commissioner: Commissioner) -> None:
    click.echo(f"{commissioner.name} ({commissioner.ref})")
    values = CommissionerSettings.read(commissioner.settings)
    for name, bound in BOUNDS.items():
        usual = "" if name in commissioner.settings else " (as usual)"
        click.echo(f"{name} = {say(getattr(values, name))}{usual}\n    {bound.about}: {bound.range}")


def _pairs(wanted: Sequence[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in wanted]
    wrong = [name for name, equals, _ in pairs if not equals]
    if wrong:
        raise click.UsageError(f"Write NAME=VALUE, not {wrong[0]}.")
    return {name.strip(): value for name, _, value in pairs}


def register(app: Flask) -> None:
    """Add ``flask commissioner``."""
    app.cli.add_command(group)
