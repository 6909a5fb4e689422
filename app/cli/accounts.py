"""``flask accounts``: what whoever runs the installation does about somebody's sign-in."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import func, select

from app.core.db import db
from app.identity.ending import end_sign_ins
from app.identity.models import Account
from app.identity.rules import Actor

accounts = AppGroup("accounts", help="Sign-ins.")


@accounts.command("sign-out")
@click.argument("email", required=False)
@click.option("--everyone", is_flag=True, help="Everybody's, on every device.")
def sign_out(email: str | None, everyone: bool) -> None:
    """End every sign-in of the account at EMAIL, or of everybody: a stolen telephone, a colleague who left."""
    if bool(email) == everyone:
        raise click.UsageError("Give one address, or --everyone.")
    account = None
    if email:
        account = db.session.scalar(select(Account).where(func.lower(Account.email) == email.strip().lower()))
        if account is None:
            raise click.ClickException(f"There is no account at {email}.")
    count = end_sign_ins(Actor.system("flask accounts sign-out"), account)
    db.session.commit()
    click.echo(f"Ended {count} {'sign-in' if count == 1 else 'sign-ins'}.")


def register(app: Flask) -> None:
    """Add ``flask accounts``."""
    app.cli.add_command(accounts)
