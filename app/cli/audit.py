"""``flask audit``: sealing the audit, and the proof that nobody touched it."""

from __future__ import annotations

import sys
from datetime import datetime

import click
from flask import Flask
from flask.cli import AppGroup

from app.audit import proof, sealing
from app.core.db import allow_long_statements, db

group = AppGroup("audit", help="The audit.")


@group.command("seal")
def seal() -> None:
    """Seal every day that is over. The worker does it every night; prints the heads."""
    allow_long_statements()
    try:
        sealed = sealing.seal_due()
    except sealing.StillWritingError as error:
        raise click.ClickException(f"{error}. Try again in a minute.") from error
    db.session.commit()
    for head in sealed:
        click.echo(f"{head.day}  {head.entries:>9,} entries  {head.head}")
    if not sealed:
        click.echo("Every day that is over is sealed.")


@group.command("verify")
@click.option("--most", default=20, show_default=True, help="How many entries of each problem to name.")
@click.option("--head", default="", help="A head as it was published; give its day with --on.")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day of --head.")
def verify(most: int, head: str, day: datetime | None) -> None:
    """Work out every digest again and compare; exit 1 and what was changed, is missing or was added."""
    if bool(head) != bool(day):
        raise click.UsageError("--head and --on belong together.")
    allow_long_statements()
    found = proof.verify(most, (day.date(), head.strip().lower()) if day else None)
    click.echo(f"days     {found.days:>12,}")
    click.echo(f"entries  {found.entries:>12,}")
    click.echo(f"removed  {found.removed:>12,}")
    click.echo(f"sealed until {found.until or 'never'}, head {found.head}")
    for problem in found.problems:
        click.echo(problem, err=True)
    if found.problems:
        sys.exit(1)
    click.echo("The audit is as it was sealed.")


def register(app: Flask) -> None:
    app.cli.add_command(group)
