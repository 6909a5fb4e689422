"""A paper that shows a right to act, kept as if it had been sent."""

from __future__ import annotations

from app.core.db import db
from app.evidence import store
from app.evidence.models import AuthorityPaper
from app.identity.models import Authority


def keep_paper(authority: Authority) -> AuthorityPaper:
    """A paper of whoever acts by this authority."""
    paper = AuthorityPaper(
        commissioner_id=authority.person.commissioner_id,
        authority_id=authority.id,
        filename="consent.pdf",
        content_type="application/pdf",
        size_bytes=5,
        sha256="0" * 64,
        stored_name=store.keep(b"%PDF-", "pdf"),
        uploaded_by=authority.account_id,
        uploaded_by_name=authority.account.name,
    )
    db.session.add(paper)
    db.session.flush()
    return paper
