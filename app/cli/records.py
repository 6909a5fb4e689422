"""``flask records tidy``: what is past its time goes."""

from __future__ import annotations

import sys
from collections import Counter
from uuid import UUID

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import select

from app.core.db import allow_long_statements, db
from app.core.words import tidy_ref
from app.identity.models import Commissioner
from app.identity.rules import Actor
from app.records import files, tidying

group = AppGroup("records", help="What is held on people.")


@group.command("tidy")
@click.option("--dry-run", is_flag=True, help="Only say what would go: everything is done, and taken back.")
@click.option("--commissioner", metavar="REFERENCE", help="Only this one's people; everything when left out.")
def tidy(dry_run: bool, commissioner: str | None) -> None:
    """Remove what is past its time and say how much of each kind it was.

    The workers do the same every night. Each batch is kept as it is done, so that a run that is cut off loses nothing;
    run it again and it goes on. A rehearsal says the same figures and changes nothing.
    """
    allow_long_statements()
    places = select(Commissioner.id, Commissioner.name).order_by(Commissioner.name)
    if commissioner:
        places = places.where(Commissioner.ref == tidy_ref(commissioner))
    found: list[tuple[UUID | None, str]] = [(key, name) for key, name in db.session.execute(places)]
    if commissioner and not found:
        click.echo(f"There is no commissioner with the reference {commissioner}.", err=True)
        sys.exit(1)
    total = Counter[str]()
    for place, name in found if commissioner else [*found, (None, "Sign-ins and files")]:
        counts = _tidy_one(place, dry_run)
        total += counts
        click.echo(f"{name}: {sum(counts.values()):,}")
        for kind, count in sorted(counts.items()):
            click.echo(f"  {kind:<24}{count:>10,}")
    if dry_run:
        db.session.rollback()
    click.echo(f"{sum(total.values()):,} {'would go. Nothing was changed.' if dry_run else 'gone.'}")


def _tidy_one(place: UUID | None, dry_run: bool) -> Counter[str]:
    actor, counts = Actor.system(tidying.WHO), Counter[str]()
    run = tidying.begin_run(actor, place)
    if not dry_run:
        db.session.commit()
    for removed in tidying.tidy(actor, run):
        counts += removed.counts
        if not dry_run:
            db.session.commit()
            files.remove_files(removed.files)
    if not dry_run:
        tidying.end_run(actor, run)
        db.session.commit()
    return counts


def register(app: Flask) -> None:
    app.cli.add_command(group)
