"""Reading a register file of the Care Quality Commission, line by line, without a database.

Two layouts. The official directory: four lines of preamble, a header, only registered places, no coordinates and no
ratings. The extract with coordinates: a header at once, registered and deregistered places, with ratings. A line that
cannot be used never stops the others.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from app.core.errors import InvalidError
from app.marketplace.places import tidy_postcode
from app.marketplace.rules import Rating, RegisterStatus

_CQC_ID = re.compile(r"[0-9]-[0-9]{3,15}|[A-Z0-9]{3,12}")  # NHS bodies have short letter codes
_PRODUCED = re.compile(r"produced on (\d{1,2}) ([A-Z][a-z]+) (\d{4})")
_MONTHS = {name[:3].lower(): number for number, name in enumerate(calendar.month_name) if name}

_EXTRACT = {
    "cqc_id": "locationid",
    "name": "name",
    "provider_cqc_id": "providerid",
    "provider_name": "providername",
    "address": "address1",
    "address2": "address2",
    "town": "town",
    "county": "county",
    "postcode": "postcode",
    "phone": "phone",
    "website": "website",
    "local_authority": "localauthority",
    "region": "region",
    "lat": "lat",
    "lon": "lon",
    "service_types": "gacservicetypes",
    "specialisms": "specialisms",
    "activities": "regulatedactivities",
    "rating": "currentrating",
    "status": "registrationstatus",
    "registered_on": "registrationdate",
    "url": "cqcurl",
}
_DIRECTORY = {
    "cqc_id": "cqc location id (for office use only)",
    "name": "name",
    "provider_cqc_id": "cqc provider id (for office use only)",
    "provider_name": "provider name",
    "address": "address",
    "postcode": "postcode",
    "phone": "phone number",
    "website": "service's website (if available)",
    "local_authority": "local authority",
    "region": "region",
    "service_types": "service types",
    "specialisms": "specialisms/services",
    "checked_on": "date of latest check",
    "url": "location url",
}
LAYOUTS = {"extract": _EXTRACT, "directory": _DIRECTORY}


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One place of the register. What its layout does not carry is None."""

    line: int
    cqc_id: str
    name: str
    provider_cqc_id: str
    provider_name: str  # empty when the file leaves it out
    address: str
    postcode: str
    phone: str
    website: str
    local_authority: str
    region: str
    service_types: list[str]
    specialisms: list[str]
    activities: list[str] | None
    status: RegisterStatus
    rating: Rating | None
    lat: float | None
    lon: float | None
    registered_on: date | None
    checked_on: date | None
    url: str


@dataclass(frozen=True, slots=True)
class Header:
    """What the file turned out to be."""

    layout: str  # a key of LAYOUTS
    produced_on: date | None
    at: dict[str, int]  # our name for a column → where it stands
    width: int


def read_header(source: Iterator[tuple[int, str, list[str] | None]]) -> Header:
    """Find the header and so the layout; ``source`` is left at the first row.

    :raises InvalidError: when none of the first lines is the header of a register file.
    """
    produced_on = None
    for number, raw, fields in source:
        names = [name.strip().lower().lstrip("\ufeff") for name in fields or []]
        for layout, columns in LAYOUTS.items():
            if set(columns.values()) <= set(names):
                at = {ours: names.index(theirs) for ours, theirs in columns.items()}
                return Header(layout, produced_on, at, len(names))
        said = _PRODUCED.search(raw)
        if said and said[2][:3].lower() in _MONTHS:
            produced_on = date(int(said[3]), _MONTHS[said[2][:3].lower()], int(said[1]))
        if number > 20:
            break
    raise InvalidError({"file": "This is not a file of the Care Quality Commission's register: its header is missing."})


def read_row(header: Header, line: int, fields: list[str]) -> RegisterRow:
    """Make sense of one record.

    :raises ValueError: with the reason, when it cannot be used.
    """
    if len(fields) != header.width:
        raise ValueError(f"has {len(fields)} columns, not {header.width}")
    got = {ours: _readable(fields[index]) for ours, index in header.at.items()}
    for name, words in (("cqc_id", "location id"), ("provider_cqc_id", "provider id"), ("name", "name")):
        if not got[name]:
            raise ValueError(f"has no {words}")
        if name != "name" and not _CQC_ID.fullmatch(got[name]):
            raise ValueError(f"has a {words} that is not one: {got[name][:40]!r}")
    postcode = tidy_postcode(got["postcode"])
    if postcode is None:
        raise ValueError(f"has a postcode that is not one: {got['postcode'][:40]!r}")
    lat, lon = _point(got.get("lat", ""), got.get("lon", ""))
    return RegisterRow(
        line=line,
        cqc_id=got["cqc_id"],
        name=got["name"],
        provider_cqc_id=got["provider_cqc_id"],
        provider_name=got["provider_name"],
        address=_address(got),
        postcode=postcode,
        phone=_phone(got["phone"]),
        website=_website(got["website"]),
        local_authority=got["local_authority"],
        region=got["region"],
        service_types=_several(got["service_types"]),
        specialisms=_several(got["specialisms"]),
        activities=_several(got["activities"]) if "activities" in got else None,
        status=_status(got.get("status")),
        rating=_rating(got.get("rating", "")),
        lat=lat,
        lon=lon,
        registered_on=_day(got.get("registered_on", "")),
        checked_on=_day(got.get("checked_on", "")),
        url=got["url"] if got["url"].startswith("https://www.cqc.org.uk/") else "",
    )


def _readable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        # Bytes that are not UTF-8 came through as surrogates; such files were saved by a spreadsheet on Windows.
        try:
            text = text.encode("utf-8", "surrogateescape").decode("cp1252")
        except UnicodeDecodeError:
            raise ValueError("has letters that cannot be read") from None
    if "\0" in text:
        raise ValueError("has a NUL character")
    return " ".join(text.split())


def _several(text: str) -> list[str]:
    """The values of a list joined with ``|``, each once."""
    return list(dict.fromkeys(part.strip() for part in text.split("|") if part.strip()))


def _address(got: dict[str, str]) -> str:
    parts = [got[name] for name in ("address", "address2", "town", "county") if got.get(name)]
    # The directory writes its address without spaces after the commas.
    pieces = [piece.strip() for part in parts for piece in part.split(",") if piece.strip()]
    return ", ".join(dict.fromkeys(pieces))


def _phone(text: str) -> str:
    """Digits, with the leading zero that a spreadsheet took. Empty when it is no number of ours."""
    digits = re.sub(r"[\s()+.-]", "", text)
    if not digits.isascii() or not digits.isdigit():
        return ""
    digits = digits.removeprefix("0044")
    if digits.startswith("44") and len(digits) == 12:
        digits = digits[2:]
    digits = digits if digits.startswith("0") else f"0{digits}"
    return digits if 9 <= len(digits) <= 12 else ""


def _website(text: str) -> str:
    """An address that may stand in a link; empty when it may not."""
    if not text or " " in text or "," in text:
        return ""
    address = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme.lower() in {"http", "https"} and "." in parts.netloc else ""


def _status(text: str | None) -> RegisterStatus:
    if text is None:  # the directory lists registered places only
        return RegisterStatus.REGISTERED
    try:
        return {"registered": RegisterStatus.REGISTERED, "deregistered": RegisterStatus.DEREGISTERED}[text.lower()]
    except KeyError:
        raise ValueError(f"has a status that is not one: {text[:40]!r}") from None


def _rating(text: str) -> Rating | None:
    word = text.lower().replace(" ", "_")
    if word in {
        "",
        "not_rated",
        "no_published_rating",
        "insufficient_evidence_to_rate",
        "inspected_but_not_rated",
    }:
        return None
    try:
        return Rating(word)
    except ValueError:
        raise ValueError(f"has a rating that is not one: {text[:40]!r}") from None


def _day(text: str) -> date | None:
    """``19/May/2022 - 00:00`` or ``2022-05-19``."""
    if not text:
        return None
    try:
        if match := re.fullmatch(r"(\d{1,2})/([A-Za-z]{3})[a-z]*/(\d{4})(?: - \d\d:\d\d)?", text):
            return date(int(match[3]), _MONTHS[match[2].lower()], int(match[1]))
        return date.fromisoformat(text)
    except (ValueError, KeyError):
        raise ValueError(f"has a date that is not one: {text[:40]!r}") from None


def _point(lat: str, lon: str) -> tuple[float | None, float | None]:
    if not lat and not lon:
        return None, None
    try:
        point = float(lat), float(lon)
    except ValueError:
        raise ValueError(f"has coordinates that are not any: {lat[:20]!r}, {lon[:20]!r}") from None
    if not (49 <= point[0] <= 61 and -9 <= point[1] <= 2.5):
        raise ValueError(f"is not in the United Kingdom by its coordinates: {lat}, {lon}")
    return point
