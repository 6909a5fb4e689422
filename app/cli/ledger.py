"""``flask ledger verify``: the proof that the money is right."""

from __future__ import annotations

import sys

import click
from flask import Flask
from flask.cli import AppGroup

from app.core.db import allow_long_statements
from app.core.money import format_pounds
from app.ledger import proof

group = AppGroup("ledger", help="The ledger.")


@group.command("verify")
@click.option("--most", default=20, show_default=True, help="How many rows of each problem to name.")
def verify(most: int) -> None:
    """Replay every transfer and compare. Prints accounts, transfers and totals; exit 1 on any difference."""
    allow_long_statements()
    found = proof.verify(most)
    click.echo(f"accounts   {found.accounts:>12,}")
    click.echo(f"transfers  {found.transfers:>12,}")
    click.echo(f"money in   {format_pounds(found.money_in_pence):>12}")
    click.echo(f"spent      {format_pounds(found.spent_pence):>12}")
    click.echo(f"promised   {format_pounds(found.promised_pence):>12}")
    click.echo(f"available  {format_pounds(found.available_pence):>12}")
    for problem in found.problems:
        click.echo(problem, err=True)
    if found.problems:
        sys.exit(1)
    click.echo("The ledger is right.")


def register(app: Flask) -> None:
    app.cli.add_command(group)
