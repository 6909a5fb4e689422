"""Submits drafts one after the other and commits each, until it is killed. Run by ``test_kills``."""

from __future__ import annotations

import sys
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from app.core.db import db
from app.identity import queries as identity
from app.identity.models import Account
from app.purchases import service as purchases
from app.purchases.models import Purchase
from tests.bench.machine import make_app


def main(url: str, folder: str, account_id: str) -> None:
    """Take what is still a draft, in no order, and say so after each."""
    app = make_app(url, Path(folder), pool_size=1)
    with app.app_context():
        actor = identity.load_actor(db.session.get_one(Account, UUID(account_id)))
        drafts = list(db.session.scalars(select(Purchase.id).where(Purchase.state == "draft")))
        print("ready", flush=True)
        for draft in drafts:
            purchases.submit(actor, db.session.get_one(Purchase, draft))
            db.session.commit()
            print(draft, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
