"""``flask backup`` and ``flask restore``: everything in one file, and back, proven afterwards."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app.audit import proof as audit
from app.core import backup, database
from app.core.db import allow_long_statements
from app.core.errors import CarePurseError
from app.ledger import proof as ledger


@click.command("backup")
@click.argument("target", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def write(target: Path) -> None:
    """Write database and receipts into FILE, while the software runs. FILE is not encrypted: keep it safe."""
    try:
        made = backup.write_backup(current_app.config["DATABASE_URL"], _folder(), target)
    except backup.BackupError as error:
        raise click.ClickException(error.sentence) from error
    click.echo(f"{target}: {made.size_bytes / 1e6:,.1f} MB, {made.files:,} receipts and other files.")
    click.echo("Only you can read it, and it is not encrypted: it holds everything about everybody.")
    for name in made.missing:
        click.echo(f"a row names the file {name}, which is not there", err=True)


@click.command("restore")
@click.argument("source", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Take out what the database holds now.")
@with_appcontext
def restore(source: Path, replace: bool) -> None:
    """Bring back what FILE holds, all of it or nothing, and prove it. Stop the software first."""
    url = current_app.config["DATABASE_URL"]
    owner_url = current_app.config["SETTINGS"].database_owner_url or url
    try:
        manifest = backup.restore_backup(owner_url, _folder(), source, replace=replace)
        database.give_rights()
    except CarePurseError as error:
        raise click.ClickException(error.sentence) from error
    click.echo(f"Restored as of {manifest['made_at']}.")
    allow_long_statements()
    problems = [*ledger.verify().problems, *audit.verify().problems, *backup.wrong_files(url, _folder())]
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        sys.exit(1)
    click.echo("The ledger is right, the audit is as it was sealed, and every receipt has its file.")
    click.echo("Run flask db upgrade if the backup is older than the software.")


def _folder() -> Path:
    folder: Path = current_app.config["SETTINGS"].receipts
    return folder


def register(app: Flask) -> None:
    app.cli.add_command(write)
    app.cli.add_command(restore)
