"""Reading receipts: for those who may see their purchase, and nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from app.audit import service as audit
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.words import tidy_ref
from app.evidence import store
from app.evidence.models import Receipt
from app.identity.rules import Actor, Permission, PersonSubject, may
from app.purchases.models import Purchase
from app.purchases.queries import seen_until


@dataclass(frozen=True, slots=True)
class ReceiptFile:
    """A receipt to send: serve it with exactly this type, ``nosniff``, and never as part of a page of ours."""

    receipt: Receipt
    purchase: Purchase
    path: Path
    content_type: str
    download_name: str


def receipts_of(viewer: Actor, purchase: Purchase) -> list[Receipt]:
    """The receipts of a purchase, first to last.

    :raises NotFoundError: when the purchase is not the viewer's to see.
    """
    query = select(Receipt).where(
        Receipt.commissioner_id == purchase.commissioner_id, Receipt.purchase_id == purchase.id
    )
    if (until := seen_until(viewer, purchase)) is not None:
        query = query.where(Receipt.uploaded_at <= until)
    return list(db.session.scalars(query.order_by(Receipt.id)))


def receipt_for(viewer: Actor, receipt_ref: str) -> ReceiptFile:
    """One receipt with its file: for the person's side, and for a coordinator asked to decide that purchase.

    A coordinator's opening is written down for the person to read, so the caller commits.

    :raises NotFoundError: for everybody else, and when there is none.
    """
    found = db.session.execute(
        select(Receipt, Purchase)
        .join(Purchase, Purchase.id == Receipt.purchase_id)
        .where(Receipt.ref == tidy_ref(receipt_ref))
    ).one_or_none()
    if found is None:
        raise NotFoundError
    receipt, purchase = found
    until = seen_until(viewer, purchase)
    if until is not None and receipt.uploaded_at > until:
        raise NotFoundError
    if not may(viewer, Permission.READ_MONEY, PersonSubject(purchase.person_id)):  # else whoever gave the key notes it
        audit.record(
            viewer,
            "evidence.open",
            f"Opened a receipt of {purchase.title}",
            subject_kind="receipt",
            subject_id=receipt.id,
            person_id=purchase.person_id,
            commissioner_id=purchase.commissioner_id,
        )
        db.session.flush()
    return ReceiptFile(receipt, purchase, store.path_of(receipt.stored_name), receipt.content_type, receipt.filename)
