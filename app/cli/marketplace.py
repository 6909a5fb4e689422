"""``flask marketplace``: fill the marketplace from the care register and the list of outcodes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup
from tqdm import tqdm

from app.core.db import db
from app.core.errors import InvalidError
from app.identity.rules import Actor
from app.marketplace import outcodes, register_import
from app.marketplace.records import Reject, write_rejects

marketplace_commands = AppGroup("marketplace", help="Providers, places and listings.")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_rejects_option = click.option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write the lines that could not be used; in this folder, named after FILE, when left out.",
)


def register(app: Flask) -> None:
    """Add ``flask marketplace``."""
    app.cli.add_command(marketplace_commands)


@marketplace_commands.command("import-cqc")
@click.argument("file", type=_FILE)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day on which the register said so.")
@_rejects_option
def import_cqc(file: Path, as_of: datetime | None, rejects: Path | None) -> None:
    """Read a register file of the Care Quality Commission: its directory, or the extract with coordinates.

    FILE may be packed with gzip. Reading the same file again changes nothing.
    """
    with tqdm(total=file.stat().st_size, unit="B", unit_scale=True, desc="Reading the register") as bar:
        try:
            counts = register_import.import_register(
                Actor.system("Register import"),
                file,
                as_of=as_of.date() if as_of else None,
                progress=bar.update,
            )
        except InvalidError as error:
            db.session.rollback()
            raise click.ClickException(error.sentence) from error
    db.session.commit()
    _tell("Places", counts.new, counts.changed, counts.unchanged)
    click.echo(f"  of these not registered any more: {counts.deregistered:,}")
    click.echo(f"Providers: {counts.providers_new:,} new, {counts.providers_changed:,} changed")
    click.echo(f"Listings:  {counts.listings_new:,} new, {counts.listings_changed:,} changed")
    if counts.as_of:
        click.echo(f"The register as of {counts.as_of:%d %B %Y}.")
    _keep(counts.rejects, file, rejects)


@marketplace_commands.command("import-outcodes")
@click.argument("file", type=_FILE)
@_rejects_option
def import_outcodes(file: Path, rejects: Path | None) -> None:
    """Read where outcodes are: a CSV with postcode, latitude, longitude and town."""
    with tqdm(unit=" lines", desc="Reading outcodes") as bar:
        try:
            counts = outcodes.import_outcodes(Actor.system("Outcode import"), file, progress=bar.update)
        except InvalidError as error:
            db.session.rollback()
            raise click.ClickException(error.sentence) from error
    db.session.commit()
    _tell("Outcodes", counts.new, counts.changed, counts.unchanged)
    _keep(counts.rejects, file, rejects)


def _tell(what: str, *figures: Any) -> None:
    new, changed, unchanged = figures
    click.echo(f"{what}: {new:,} new, {changed:,} changed, {unchanged:,} unchanged")


def _keep(rejects: list[Reject], file: Path, where: Path | None) -> None:
    if not rejects:
        click.echo("Rejected: 0")
        return
    where = where or Path(f"{file.name.removesuffix('.gz').removesuffix('.csv')}.rejects.csv")
    write_rejects(where, rejects)
    click.echo(f"Rejected: {len(rejects):,}, each with its reason in {where}")
