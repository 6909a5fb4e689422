"""Keeping receipts."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select
from werkzeug.datastructures import FileStorage

from app.audit import service as audit
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError, StateError
from app.core.words import tidy_ref
from app.evidence import bounds, files, store
from app.evidence.models import Receipt
from app.evidence.rules import MAX_A_PURCHASE, MAX_BYTES, NO_FILE, TOO_MANY, RefusedError, clean_filename
from app.identity.rules import Actor, Permission
from app.purchases.changing import is_private, require, write
from app.purchases.models import Purchase
from app.purchases.rules import State

_CHANGEABLE = (State.DRAFT, State.BLOCKED)
_CLOSED = (State.CANCELLED, State.DECLINED)


def attach(actor: Actor, purchase: Purchase, file: FileStorage | None) -> Receipt:
    """Keep a receipt of a purchase.

    :param file: as it was sent; its name and declared kind are not believed.
    :raises InvalidError: field ``receipt``, saying kindly what is wrong with the file.
    :raises StateError: when the purchase was declined or taken back, or has changed at the same moment.
    """
    require(actor, Permission.PREPARE_PURCHASE, purchase)
    if purchase.state in _CLOSED:
        raise StateError(f"No receipt is needed any more. It says now: {purchase.state_words}.")
    if actor.account_id is None:
        raise NotFoundError
    if file is None or not file.filename:
        raise InvalidError({"receipt": NO_FILE})
    count = db.session.scalar(select(func.count()).select_from(Receipt).where(*_of(purchase)))
    if int(count or 0) >= MAX_A_PURCHASE:
        raise InvalidError({"receipt": TOO_MANY})
    bounds.check_day(actor, "receipt")
    try:
        found = files.clean(file.stream.read(MAX_BYTES + 1))
    except RefusedError as error:
        raise InvalidError({"receipt": str(error)}) from None
    name = clean_filename(file.filename, found.kind)
    write(purchase, receipt_count=purchase.receipt_count + 1)
    receipt = Receipt(
        commissioner_id=purchase.commissioner_id,
        purchase_id=purchase.id,
        pages=found.pages,
        uploaded_by_name=actor.name,
        **store.keep_clean(actor, name, found),
    )
    db.session.add(receipt)
    db.session.flush()
    _record(actor, purchase, receipt, "attach", "Added a receipt to")
    return receipt


def detach(actor: Actor, purchase: Purchase, receipt_ref: str) -> None:
    """Take a receipt out again, before the purchase is sent. The file goes with the next tidying, not now.

    :raises StateError: when it was sent: what somebody decided on stays.
    :raises NotFoundError: when there is no such receipt.
    """
    require(actor, Permission.PREPARE_PURCHASE, purchase)
    if purchase.state not in _CHANGEABLE:
        raise StateError("This was sent with the receipt, so it stays.")
    receipt = db.session.scalar(select(Receipt).where(*_of(purchase), Receipt.ref == tidy_ref(receipt_ref)))
    if receipt is None:
        raise NotFoundError
    write(purchase, receipt_count=purchase.receipt_count - 1)
    db.session.delete(receipt)
    db.session.flush()
    _record(actor, purchase, receipt, "detach", "Took a receipt out of")


def _of(purchase: Purchase) -> tuple[ColumnElement[bool], ...]:
    return (Receipt.commissioner_id == purchase.commissioner_id, Receipt.purchase_id == purchase.id)


def _record(actor: Actor, purchase: Purchase, receipt: Receipt, verb: str, doing: str) -> None:
    audit.record(
        actor,
        f"evidence.{verb}",
        f"{doing} {'something not sent yet' if is_private(purchase) else purchase.title}",
        subject_kind="receipt",
        subject_id=receipt.id,
        person_id=purchase.person_id,
        commissioner_id=purchase.commissioner_id,
        details={"sha256": receipt.sha256, "bytes": receipt.size_bytes},
    )
