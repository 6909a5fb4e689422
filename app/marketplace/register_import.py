"""Bringing a register file into the marketplace: one transaction, the same file twice changes nothing.

Rows go by COPY into temporary tables, and from there by one statement a table, which touches a row only where it
differs. The caller commits.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from sqlalchemy import text

from app.audit import service as audit
from app.core import clock
from app.core.db import allow_long_statements, db
from app.core.errors import InvalidError
from app.core.ids import new_id, new_ref
from app.identity.rules import Actor
from app.marketplace import register_sql as sql
from app.marketplace.bulk import copy_in, settle_listings
from app.marketplace.finding import gather_words
from app.marketplace.models import RegisterReading
from app.marketplace.places import outcode_of
from app.marketplace.records import Reject, records
from app.marketplace.register_rows import Header, RegisterRow, read_header, read_row
from app.marketplace.rules import REGISTER_TITLES, Category, RegisterStatus, categories_of

Progress = Callable[[int], None]
_AT_HOME = {Category.HOME_CARE, Category.NURSING, Category.TRANSPORT}
_LOCK = 7_268_003  # one import at a time


@dataclass(slots=True)
class ImportCounts:
    """What an import did, in places of the register (``providers_…`` and ``listings_…`` beside them)."""

    layout: str = ""
    as_of: date | None = None
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    deregistered: int = 0  # of the places in the file, how many are not registered any more
    providers_new: int = 0
    providers_changed: int = 0
    listings_new: int = 0
    listings_changed: int = 0
    rejects: list[Reject] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        return len(self.rejects)

    def figures(self) -> dict[str, int]:
        """The counts alone."""
        names = (
            "new changed unchanged deregistered providers_new providers_changed listings_new listings_changed rejected"
        )
        return {name: getattr(self, name) for name in names.split()}

    @property
    def did_something(self) -> bool:
        return any(
            (self.new, self.changed, self.providers_new, self.providers_changed, self.listings_new,
             self.listings_changed)
        )  # fmt: skip


def import_register(
    actor: Actor, path: Path, *, as_of: date | None = None, progress: Progress = lambda _: None
) -> ImportCounts:
    """Read a register file, plain or gzip, in either layout.

    Places that the file does not name stay as they are: a file may hold one town only.

    :param as_of: the day on which the register said so; the file's own word for it, else the day the file was written.
    :param progress: told how many more bytes of the file were read.
    :raises InvalidError: when it is no such file; nothing was written then.
    """
    allow_long_statements()
    db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    counts = ImportCounts()
    digest = hashlib.sha256()
    with path.open("rb") as raw:
        source = records(_lines(raw, digest, progress))
        try:
            header = read_header(source)
            counts.layout = header.layout
            counts.as_of = as_of or header.produced_on or clock.london(_written_on(path)).date()
            rows = list(_good_rows(header, source, counts))
        except (EOFError, OSError, zlib.error) as error:
            raise InvalidError({"file": f"The file cannot be read to its end: {error}"}) from error
    _write(header, rows, counts)
    counts.deregistered = sum(row.status is RegisterStatus.DEREGISTERED for row in rows)
    counts.unchanged = len(rows) - counts.new - counts.changed
    if counts.did_something:
        gather_words()
    _note(actor, counts, digest.hexdigest(), path.name)
    return counts


def _written_on(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _lines(raw: BinaryIO, digest: Any, progress: Progress) -> Iterator[str]:
    """The file's lines as text, unpacked, counted and hashed on the way."""
    is_gzip = raw.read(2) == b"\x1f\x8b"
    raw.seek(0)
    stream = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if is_gzip else raw
    seen = 0
    # What is not UTF-8 is mended or rejected line by line.
    for number, line in enumerate(io.TextIOWrapper(stream, "utf-8-sig", "surrogateescape", newline="")):
        digest.update(line.encode("utf-8", "surrogateescape"))
        if number % 500 == 0:
            here = raw.tell()
            progress(here - seen)
            seen = here
        yield line
    progress(raw.tell() - seen if not raw.closed else 0)


def _good_rows(
    header: Header, source: Iterator[tuple[int, str, list[str] | None]], counts: ImportCounts
) -> Iterator[RegisterRow]:
    first_line: dict[str, int] = {}
    for line, raw, fields in source:
        if not raw.strip(" ,\r\n"):
            continue
        try:
            if fields is None:
                raise ValueError("has a quotation mark that is not closed")
            row = read_row(header, line, fields)
            if row.cqc_id in first_line:
                raise ValueError(f"names the same place as line {first_line[row.cqc_id]}")
        except ValueError as error:
            counts.rejects.append(Reject(line, str(error), raw.rstrip("\r\n")))
            continue
        first_line[row.cqc_id] = line
        yield row


def _write(header: Header, rows: list[RegisterRow], counts: ImportCounts) -> None:
    centres = {code: (lat, lon) for code, lat, lon in db.session.execute(text("SELECT code, lat, lon FROM outcode"))}
    execute = db.session.execute
    now = {"now": clock.now()}
    execute(text(sql.TEMPORARY))
    copy_in("register_provider", sql.PROVIDER_COLUMNS, _provider_rows(rows))
    copy_in("register_location", sql.LOCATION_COLUMNS, (_location_row(row, centres) for row in rows))
    copy_in("register_listing", sql.LISTING_COLUMNS, _listing_rows(rows))
    execute(text(sql.ANALYSE))
    counts.providers_new, counts.providers_changed = _tally(execute(text(sql.PUT_PROVIDERS), now))
    execute(text(sql.TOUCHED))
    counts.new, counts.changed = _tally(execute(text(sql.put_locations(header.layout)), now))
    counts.providers_changed += _rows(execute(text(sql.SETTLE_PROVIDERS), now))
    counts.listings_new, counts.listings_changed = _tally(execute(text(sql.PUT_LISTINGS), now))
    counts.listings_changed += _rows(execute(text(sql.CLOSE_LISTINGS), now))
    counts.listings_changed += settle_listings(
        "listing.provider_id IN (SELECT provider_id FROM register_touched)", **now
    )
    # Columns that only this statement fills count as part of making a row, not as changing it.
    counts.providers_changed = max(0, counts.providers_changed - counts.providers_new)
    counts.listings_changed = max(0, counts.listings_changed - counts.listings_new)
    execute(text(sql.DROP_TEMPORARY))


def _tally(result: Any) -> tuple[int, int]:
    """(new, changed) of a statement that returns whether each row was inserted."""
    inserted = [row[0] for row in result]
    return sum(inserted), len(inserted) - sum(inserted)


def _rows(result: Any) -> int:
    return int(result.rowcount)


def _provider_rows(rows: list[RegisterRow]) -> Iterator[tuple[Any, ...]]:
    """One a provider id. Its name is what the last of its places (by id) calls it; nameless, the place's own."""
    chosen: dict[str, RegisterRow] = {}
    for row in sorted(rows, key=lambda row: (bool(row.provider_name), row.cqc_id)):
        chosen[row.provider_cqc_id] = row
    for cqc_id, row in chosen.items():
        yield new_id(), new_ref(), cqc_id, row.provider_name or row.name


def _location_row(row: RegisterRow, centres: dict[str, tuple[float, float]]) -> tuple[Any, ...]:
    outcode = outcode_of(row.postcode) or ""
    lat, lon = (row.lat, row.lon) if row.lat is not None else centres.get(outcode, (None, None))
    return (
        new_id(), row.cqc_id, row.provider_cqc_id, row.name, row.address, row.postcode, outcode, lat, lon, row.phone,
        row.website, row.service_types, row.specialisms, row.activities or [], row.local_authority, row.region,
        row.status.value, row.rating and row.rating.value, row.registered_on, row.checked_on, row.url,
    )  # fmt: skip


def _listing_rows(rows: list[RegisterRow]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        if row.status is not RegisterStatus.REGISTERED:
            continue
        for category in categories_of(row.service_types):
            title, unit = REGISTER_TITLES[category]
            at_home = category in _AT_HOME
            summary = ". ".join(part for part in (_say_list(row.service_types), _say_list(row.specialisms)) if part)
            keywords = f"{category.also} {row.local_authority} {row.address}"
            yield (
                new_id(), new_ref(), row.cqc_id, title, summary, category.value, unit.value, at_home, not at_home,
                keywords,
            )  # fmt: skip


def _say_list(words: list[str]) -> str:
    return ", ".join(words)


def _note(actor: Actor, counts: ImportCounts, digest: str, name: str) -> None:
    """Keep from when the register is, and that it was read; nothing when this very file was the last one read."""
    last = db.session.execute(text("SELECT digest, as_of FROM register_reading ORDER BY read_at DESC LIMIT 1")).first()
    if not counts.did_something and last and tuple(last) == (digest, counts.as_of):
        return
    db.session.add(
        RegisterReading(
            layout=counts.layout,
            digest=digest,
            as_of=counts.as_of,
            counts=counts.figures(),
            read_at=clock.now(),
        )
    )
    audit.record(
        actor,
        "marketplace.import_register",
        f"Read the care register: {counts.new:,} new places, {counts.changed:,} changed",
        subject_kind="register",
        details={"file": name, "digest": digest, **counts.figures()},
    )
    db.session.flush()
