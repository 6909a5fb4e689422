"""Bringing in where outcodes are. The caller commits."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from app.audit import service as audit
from app.core.db import db
from app.core.errors import InvalidError, NotAllowedError
from app.identity.rules import Actor
from app.marketplace.bulk import copy_in
from app.marketplace.places import outcode_of
from app.marketplace.records import Reject, records


@dataclass(slots=True)
class OutcodeCounts:
    """What an import did, in outcodes."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejects: list[Reject] = field(default_factory=list)


def add_outcodes(actor: Actor, rows: Iterable[tuple[str, float, float, str]]) -> OutcodeCounts:
    """Put in outcodes, or where they have moved to: (code, latitude, longitude, town). Each code once.

    :raises NotAllowedError: when an account asks; only the software may.
    """
    if not actor.is_system:
        raise NotAllowedError("You cannot change this.")
    execute = db.session.execute
    execute(
        text("CREATE TEMPORARY TABLE came (code text PRIMARY KEY, lat float8, lon float8, town text) ON COMMIT DROP")
    )
    total = copy_in("came", ("code", "lat", "lon", "town"), rows)
    inserted = execute(
        text("""
            INSERT INTO outcode (code, lat, lon, town) SELECT code, lat, lon, town FROM came
            ON CONFLICT (code) DO UPDATE SET lat = EXCLUDED.lat, lon = EXCLUDED.lon, town = EXCLUDED.town
                WHERE (outcode.lat, outcode.lon, outcode.town)
                    IS DISTINCT FROM (EXCLUDED.lat, EXCLUDED.lon, EXCLUDED.town)
            RETURNING xmax = 0
        """)
    ).all()
    execute(text("DROP TABLE came"))
    counts = OutcodeCounts(new=sum(row[0] for row in inserted), unchanged=total - len(inserted))
    counts.changed = len(inserted) - counts.new
    if inserted:
        audit.record(
            actor,
            "marketplace.import_outcodes",
            f"Read where postcodes are: {counts.new:,} new, {counts.changed:,} changed",
            subject_kind="outcode",
            details={"new": counts.new, "changed": counts.changed},
        )
    return counts


def import_outcodes(actor: Actor, path: Path, *, progress: Callable[[int], None] = lambda _: None) -> OutcodeCounts:
    """Read a CSV with the columns ``postcode`` (an outcode), ``latitude``, ``longitude`` and, if it has it, ``town``.

    :param progress: told how many more lines were read.
    :raises InvalidError: when it is no such file; nothing was written then.
    """
    lines = io.StringIO(path.read_bytes().decode("utf-8-sig", "replace"), newline="")
    source = records(lines)
    header = [name.strip().lower() for name in next(source, (0, "", None))[2] or []]
    if not {"postcode", "latitude", "longitude"} <= set(header):
        raise InvalidError({"file": "This is not a file of outcodes: it needs postcode, latitude and longitude."})
    at = {name: index for index, name in enumerate(header)}
    good: dict[str, tuple[str, float, float, str]] = {}
    rejects = []
    for line, raw, fields in source:
        progress(1)
        if not raw.strip(" ,\r\n"):
            continue
        try:
            row = _outcode(at, fields)
            if row[0] in good:
                raise ValueError("is there a second time")
        except ValueError as error:
            rejects.append(Reject(line, str(error), raw.rstrip("\r\n")))
            continue
        good[row[0]] = row
    counts = add_outcodes(actor, good.values())
    counts.rejects = rejects
    return counts


def _outcode(at: dict[str, int], fields: list[str] | None) -> tuple[str, float, float, str]:
    if fields is None or len(fields) != len(at):
        raise ValueError("does not have the columns of the header")
    code = fields[at["postcode"]].strip().upper()
    if outcode_of(code) != code:
        raise ValueError(f"is not an outcode: {code[:20]!r}")
    try:
        lat, lon = float(fields[at["latitude"]]), float(fields[at["longitude"]])
    except ValueError:
        raise ValueError("has coordinates that are not any") from None
    if not (49 <= lat <= 61 and -9 <= lon <= 2.5):
        raise ValueError("is not in the United Kingdom by its coordinates")
    return code, lat, lon, fields[at["town"]].strip().replace("\0", "") if "town" in at else ""
