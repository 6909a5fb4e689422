"""Receipts: adding one to a purchase, and looking at one."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, flash, redirect, send_file, url_for
from flask.typing import ResponseReturnValue

from app.core.errors import InvalidError
from app.evidence import queries, service
from app.identity.rules import Permission
from app.purchases import queries as purchases
from app.stewardship.gate_rules import Sight
from app.web.buying_forms import ReceiptForm
from app.web.context import current_actor, current_person
from app.web.forms import show as show_form
from app.web.looking import note_one
from app.web.marks import requires

bp = Blueprint("receipts", __name__)

#: A receipt is somebody's file, not a page of ours: it may run nothing, load nothing, and be framed by nobody.
_STRICT = "default-src 'none'; frame-ancestors 'none'; sandbox"


@bp.route("/p/<person_ref>/purchases/<purchase_ref>/receipt", methods=["GET", "POST"])
@requires(Permission.PREPARE_PURCHASE)
def add(purchase_ref: str) -> ResponseReturnValue:
    """Add a receipt to a purchase."""
    purchase = purchases.purchase_for(current_actor(), current_person(), purchase_ref)
    form = ReceiptForm()
    if form.validate_on_submit():
        try:
            service.attach(current_actor(), purchase, form.receipt.data)
        except InvalidError as error:
            form.take(error)
        else:
            flash("The receipt is added.")
            return redirect(url_for("purchases.show", purchase_ref=purchase.ref), 303)
    return show_form("receipts/add.jinja", form, purchase=purchase)


@bp.get("/receipts/<receipt_ref>")
@requires(Permission.SIGNED_IN)
def show(receipt_ref: str) -> ResponseReturnValue:
    """The file itself."""
    found = queries.receipt_for(current_actor(), receipt_ref)
    note_one(found.purchase, Sight.RECEIPT, f"a receipt of {found.purchase.title}", found.receipt.id)
    return send_strictly(found.path, found.content_type, found.download_name)


def send_strictly(path: Path, content_type: str, name: str) -> Response:
    """Somebody's file: pictures in the browser, anything else to keep or open outside it."""
    response = send_file(
        path,
        mimetype=content_type,
        as_attachment=not content_type.startswith("image/"),
        download_name=name,
        etag=False,
        max_age=None,
    )
    response.headers["Content-Security-Policy"] = _STRICT
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
