"""Papers that show a right to act, kept as receipts are: for whoever acts by them, and the coordinator who checks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage

from app.acting.telling import tell_papers
from app.audit import service as audit
from app.core.db import db
from app.core.errors import InvalidError, NotFoundError
from app.core.words import tidy_ref
from app.evidence import bounds, files, store
from app.evidence.models import AuthorityPaper
from app.evidence.rules import MAX_AN_AUTHORITY, MAX_BYTES, NO_PAPER, TOO_MANY_PAPERS, RefusedError, clean_filename
from app.identity import authorities
from app.identity.authority_rules import checks_papers, reads_papers
from app.identity.models import Authority
from app.identity.rules import Actor, AuthorityKind


def add_paper(actor: Actor, authority: Authority, file: FileStorage | None) -> AuthorityPaper:
    """Keep a paper behind an authority: by whoever acts, or by a coordinator who was handed it.

    :param file: as it was sent; its name and declared kind are not believed.
    :raises NotFoundError: for everybody else.
    :raises InvalidError: field ``paper``, saying kindly what is wrong with the file.
    :raises StateError: when the authority is over.
    """
    _require(actor, authority)
    if actor.account_id is None or authority.kind is AuthorityKind.SELF:
        raise NotFoundError
    if file is None or not file.filename:
        raise InvalidError({"paper": NO_PAPER})
    authorities.lock(authority)
    count = select(func.count()).select_from(AuthorityPaper).where(AuthorityPaper.authority_id == authority.id)
    if (db.session.scalar(count) or 0) >= MAX_AN_AUTHORITY:
        raise InvalidError({"paper": TOO_MANY_PAPERS})
    bounds.check_day(actor, "paper")
    try:
        found = files.clean(file.stream.read(MAX_BYTES + 1))
    except RefusedError as error:
        raise InvalidError({"paper": str(error)}) from None
    paper = AuthorityPaper(
        commissioner_id=authority.person.commissioner_id,
        authority_id=authority.id,
        pages=found.pages,
        uploaded_by_name=actor.name,
        **store.keep_clean(actor, clean_filename(file.filename, found.kind), found),
    )
    db.session.add(paper)
    db.session.flush()
    _record(actor, authority, paper, "add_paper", f"Added a paper that shows that {authority.account.name} may act")
    if actor.account_id == authority.account_id:
        tell_papers(actor, authority)
    return paper


def papers_of(viewer: Actor, authority: Authority) -> Sequence[AuthorityPaper]:
    """The papers behind an authority, the first first.

    :raises NotFoundError: for whoever neither acts by them nor checks them.
    """
    _require_reads(viewer, authority)
    query = select(AuthorityPaper).where(AuthorityPaper.authority_id == authority.id)
    return db.session.scalars(query.order_by(AuthorityPaper.id)).all()


def count_papers(authority_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many papers there are behind each of some authorities. The caller has checked who may read it."""
    rows = db.session.execute(
        select(AuthorityPaper.authority_id, func.count())
        .where(AuthorityPaper.authority_id.in_(authority_ids))
        .group_by(AuthorityPaper.authority_id)
    )
    return {key: int(count) for key, count in rows}


def paper_for(viewer: Actor, authority: Authority, ref: str) -> tuple[AuthorityPaper, Path]:
    """One paper with its file. An opening by staff is written down, so the caller commits.

    :raises NotFoundError: for whoever neither acts by it nor checks it, and when there is none.
    """
    _require_reads(viewer, authority)
    paper = db.session.scalar(
        select(AuthorityPaper).where(AuthorityPaper.ref == tidy_ref(ref), AuthorityPaper.authority_id == authority.id)
    )
    if paper is None:
        raise NotFoundError
    if viewer.account_id != authority.account_id:
        _record(viewer, authority, paper, "open_paper", f"Opened a paper of {authority.account.name}, who acts")
        db.session.flush()
    return paper, store.path_of(paper.stored_name)


def _require_reads(viewer: Actor, authority: Authority) -> None:
    """Whoever may add a paper, and an auditor."""
    if not reads_papers(viewer, authority.person_id, authority.person.commissioner_id):
        _require(viewer, authority)


def _require(actor: Actor, authority: Authority) -> None:
    own = authority.account_id == actor.account_id and actor.grant_for(authority.person_id) is not None
    if not own and not checks_papers(actor, authority.person_id, authority.person.commissioner_id):
        raise NotFoundError


def _record(actor: Actor, authority: Authority, paper: AuthorityPaper, verb: str, sentence: str) -> None:
    audit.record(
        actor,
        f"evidence.{verb}",
        sentence,
        subject_kind="authority_paper",
        subject_id=paper.id,
        person_id=authority.person_id,
        commissioner_id=authority.person.commissioner_id,
        details={"sha256": paper.sha256, "bytes": paper.size_bytes},
    )
