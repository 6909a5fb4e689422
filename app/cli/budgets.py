"""``flask budgets pay-month``: the monthly money. ``flask budgets post-regular``: what comes round."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import date

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError
from tqdm import tqdm

from app.budgets import allocations
from app.core import clock
from app.core.db import allow_long_statements, db
from app.core.errors import CarePurseError
from app.core.money import format_pounds
from app.identity.rules import Actor
from app.purchases import regular
from app.purchases.regular import Posted

group = AppGroup("budgets", help="Budgets.")


class Month(click.ParamType[date]):
    """A month written as 2026-11."""

    name = "YYYY-MM"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return clock.parse_period(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


@group.command("pay-month")
@click.argument("period", type=Month(), metavar="YYYY-MM")
def pay_month(period: date) -> None:
    """Pay a month's money into every budget that runs in it.

    Run it as often as you like: each budget is paid once, all of it or none. A budget that cannot be paid is named,
    the others are paid all the same, and the exit code is 1.
    """
    allow_long_statements()
    actor = Actor.system("Monthly payments")
    ids = allocations.budgets_to_pay(period)
    paid, failed = allocations.Paid(), []
    with tqdm(total=len(ids), unit=" budgets", desc=f"Paying {period:%B %Y}") as bar:
        for batch in allocations.batches(ids):
            try:
                paid += allocations.pay_month(actor, period, batch)
                db.session.commit()
            except (SQLAlchemyError, CarePurseError):
                db.session.rollback()
                # one of them stands in the way: pay the rest one by one
                for budget_id in batch:
                    try:
                        paid += allocations.pay_month(actor, period, [budget_id])
                        db.session.commit()
                    except (SQLAlchemyError, CarePurseError) as error:
                        db.session.rollback()
                        failed.append(f"budget {budget_id}: {str(error).splitlines()[0]}")
            db.session.expunge_all()
            bar.update(len(batch))
    click.echo(
        f"{paid.budgets:,} budgets paid {format_pounds(paid.pence)} in {paid.transfers:,} payments; "
        f"{paid.already:,} had nothing due or had it already; {len(failed):,} failed."
    )
    for line in failed:
        click.echo(line, err=True)
    if failed:
        sys.exit(1)


class Day(click.ParamType[date]):
    """A day written as 2026-11-24."""

    name = "YYYY-MM-DD"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail("Write the day like 2026-11-24", param, ctx)


@group.command("post-regular")
@click.option("--on", "day", type=Day(), metavar="YYYY-MM-DD", help="Up to this day; today when left out.")
def post_regular(day: date | None) -> None:
    """Write down every regular purchase that fell due and is not taken care of, those of missed days too.

    The workers do the same each morning. Run it as often as you like: each occurrence is written down once. One that
    does not go through stays due, and the person's side is told why.
    """
    allow_long_statements()
    actor = Actor.system("Regular purchases")
    due = list(regular.due_days(min(day or clock.today(), clock.today())))
    counts, failed = Counter[Posted](), []
    for payment_id, due_on in tqdm(due, unit=" occurrences", desc="Regular purchases"):
        try:
            counts[regular.post_occurrence(actor, payment_id, due_on)] += 1
            db.session.commit()
        except (SQLAlchemyError, CarePurseError) as error:
            db.session.rollback()
            failed.append(f"regular purchase {payment_id} of {due_on}: {str(error).splitlines()[0]}")
        db.session.expunge_all()
    click.echo(
        f"{counts[Posted.POSTED]:,} written down, {counts[Posted.ASKED]:,} sent to a coordinator first, "
        f"{counts[Posted.HINDERED]:,} did not go through, {counts[Posted.ALREADY]:,} had been taken care of; "
        f"{len(failed):,} failed."
    )
    for line in failed:
        click.echo(line, err=True)
    if failed:
        sys.exit(1)


def register(app: Flask) -> None:
    app.cli.add_command(group)
