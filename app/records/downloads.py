"""Asking for everything that is held, making it in the background, and opening it.

A download is for whoever asked, for a week, and every opening is written down. The copy is as of when it was made.
"""

from __future__ import annotations

import dataclasses
import os
import zipfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.audit import service as audit
from app.core import clock
from app.core.db import allow_long_statements, db
from app.core.errors import NotFoundError, StateError
from app.core.ids import new_id, new_ref
from app.core.jobs import enqueue_many, task
from app.core.words import tidy_ref
from app.evidence import store
from app.identity import queries as identity
from app.identity import throttle
from app.identity.models import Account, Commissioner, Person
from app.identity.rules import Actor, Permission, PersonSubject, may
from app.messages import service as messages
from app.messages.rules import About, NoticeKind
from app.records import files, gathering, papers, telling
from app.records.models import Download
from app.records.rules import DOWNLOAD_DAYS, DOWNLOADS_A_DAY, DownloadState

MAKE = "records.make_download"
_SLOW_DOWN = "You have asked for many copies today. Open one of them, or ask again tomorrow."
_STUCK = timedelta(hours=1)  # a job that has not come to an end by then never will


@dataclass(frozen=True, slots=True)
class DownloadFile:
    """A download to send."""

    download: Download
    path: Path
    name: str


def ask(actor: Actor, person: Person | None) -> Download:
    """Ask for everything held on a person, or, without one, on the actor's own account.

    Asking again while it is being made answers with the same.

    :raises NotFoundError: for whoever may not have it: brokers, staff, strangers.
    :raises StateError: when the actor has asked for too many today.
    """
    _check(actor, person.id if person else None)
    moment = clock.now()
    mine = (Download.account_id == actor.account_id, Download.person_id.is_not_distinct_from(person and person.id))
    db.session.execute(
        update(Download)
        .where(*mine, Download.state == DownloadState.WAITING, Download.asked_at < moment - _STUCK)
        .values(state=DownloadState.FAILED)
    )
    key = new_id()
    made = db.session.scalar(
        insert(Download)
        .values(id=key, ref=new_ref(), account_id=actor.account_id, person_id=person and person.id, asked_at=moment)
        .on_conflict_do_nothing()
        .returning(Download.id)
    )
    if made is not None:
        if throttle.count("download", str(actor.account_id), timedelta(days=1)) > DOWNLOADS_A_DAY:
            raise StateError(_SLOW_DOWN)
        enqueue_many(MAKE, [{"download_id": str(key)}])
        audit.record(
            actor,
            "records.ask",
            "Asked for a copy of everything held" if person else "Asked for a copy of what the sign-in holds",
            subject_kind="download",
            subject_id=key,
            person_id=person.id if person else None,
            commissioner_id=person.commissioner_id if person else None,
        )
    return db.session.scalars(select(Download).where(*mine, Download.state == DownloadState.WAITING)).one()


@task(MAKE, attempts=4)
def make(download_id: str) -> None:
    """Make a download that was asked for, and tell who asked. Made already, it is left alone."""
    download = db.session.scalar(select(Download).where(Download.id == UUID(download_id)).with_for_update())
    if download is None or download.state is not DownloadState.WAITING:
        return
    allow_long_statements()
    account = db.session.get_one(Account, download.account_id)
    actor = identity.load_actor(account)
    try:
        _check(actor, download.person_id)
    except NotFoundError:  # their right ended meanwhile
        download.state = DownloadState.FAILED
        db.session.flush()
        return
    name, target = files.begin_file()
    try:
        download.counts = _write(target, download, account, actor)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    download.stored_name = name
    download.size_bytes = target.stat().st_size
    download.state = DownloadState.READY
    download.ready_at = clock.now()
    download.until = download.ready_at + timedelta(days=DOWNLOAD_DAYS)
    db.session.flush()
    messages.notify(
        Actor.system("Downloads"),
        [account.id],
        NoticeKind.RECORDS,
        f"Your copy is ready. You can fetch it until {clock.say_day(clock.london(download.until).date())}.",
        about=About.DOWNLOAD,
        about_ref=download.ref,
        person_id=download.person_id,
    )


def _write(target: Path, download: Download, account: Account, actor: Actor) -> dict[str, int]:
    person = db.session.get(Person, download.person_id) if download.person_id else None
    about = gathering.gather_person(actor, person.id) if person else gathering.Gathered({})
    own = gathering.gather_account(account.id)
    place = db.session.get_one(Commissioner, person.commissioner_id) if person else None
    settings = identity.settings_of(place.id) if place else None
    whose = telling.Whose(
        name=person.name if person else account.name,
        ref=person.ref if person else "",
        asked_by=account.name,
        made_at=clock.now(),
        place=place.name if place else "",
        help_phone=settings.help_phone if settings else "",
        help_email=settings.help_email if settings else "",
    )
    kept = [file for file in about.files if store.path_of(file.stored_name).is_file()]
    counts = (about if person else own).counts
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as bundle:
        bundle.writestr("README.txt", telling.readme(whose, counts, len(kept)))
        applied = dataclasses.asdict(settings) if settings else {}
        paths = [file.path for file in kept]
        bundle.writestr("everything.json", telling.everything(whose, about.sections, own.sections, applied, paths))
        bundle.writestr("summary.pdf", papers.pdf_of(telling.summary(whose, about.sections or own.sections)))
        for file in kept:
            # pictures and PDFs are pressed already
            bundle.write(store.path_of(file.stored_name), file.path, zipfile.ZIP_STORED)
    with target.open("rb") as done:
        os.fsync(done.fileno())
    return counts


def downloads_of(viewer: Actor, person: Person | None) -> list[Download]:
    """What the viewer asked for about a person, or about their own account, the newest first."""
    _check(viewer, person.id if person else None)
    return list(
        db.session.scalars(
            select(Download)
            .where(
                Download.account_id == viewer.account_id, Download.person_id.is_not_distinct_from(person and person.id)
            )
            .order_by(Download.id.desc())
            .limit(10)
        )
    )


def open_download(actor: Actor, ref: str) -> DownloadFile:
    """The file, for whoever asked. The opening is written down, so the caller commits.

    :raises NotFoundError: for everybody else, when its week is over, and when they act for the person no more.
    """
    found = db.session.scalar(select(Download).where(Download.ref == tidy_ref(ref)))
    if found is None or found.account_id != actor.account_id:
        raise NotFoundError
    _check(actor, found.person_id)
    if found.state is not DownloadState.READY or found.stored_name is None or found.until is None:
        raise NotFoundError("That copy is not there any more. Ask for a new one.")
    if found.until <= clock.now():
        raise NotFoundError("That copy is not there any more. Ask for a new one.")
    person = db.session.get(Person, found.person_id) if found.person_id else None
    audit.record(
        actor,
        "records.fetch",
        "Fetched the copy of everything held" if person else "Fetched the copy of what the sign-in holds",
        subject_kind="download",
        subject_id=found.id,
        person_id=found.person_id,
        commissioner_id=person.commissioner_id if person else None,
    )
    db.session.flush()
    day = clock.london(found.ready_at or found.asked_at).date()
    return DownloadFile(found, store.path_of(found.stored_name), f"carepurse-{day.isoformat()}.zip")


def _check(actor: Actor, person_id: UUID | None) -> None:
    if actor.account_id is None:
        raise NotFoundError
    if person_id is not None and not may(actor, Permission.OWN_RECORDS, PersonSubject(person_id)):
        raise NotFoundError
