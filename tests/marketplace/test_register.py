"""The register import: both layouts, the same file twice, bad lines, what a change changes."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.core.db import db
from app.core.errors import InvalidError
from app.marketplace import queries
from app.marketplace.asking import SearchQuery
from app.marketplace.models import Listing, Location, Provider
from app.marketplace.records import write_rejects
from app.marketplace.register_import import ImportCounts, import_register
from app.marketplace.rules import Category, Rating, RegisterStatus
from tests.marketplace.making import SE6, SYSTEM, listing_of, make_provider, put_outcodes, swim

pytestmark = pytest.mark.usefixtures("session")

EXTRACT = [
    "locationId", "name", "odsCode", "providerId", "providerName", "ownershipType", "address1", "address2", "town",
    "county", "postcode", "localAuthority", "region", "phone", "website", "lat", "lon", "gacServiceTypes",
    "specialisms", "regulatedActivities", "currentRating", "registrationStatus", "registrationDate", "isIndependent",
    "hasNhsService", "cqcUrl",
]  # fmt: skip
DIRECTORY = [
    "Name", "Also known as", "Address", "Postcode", "Phone number", "Service's website (if available)",
    "Service types", "Date of latest check", "Specialisms/services", "Provider name", "Local authority", "Region",
    "Location URL", "CQC Location ID (for office use only)", "CQC Provider ID (for office use only)",
]  # fmt: skip


def place(number: int, **changes: str) -> list[str]:
    """A line of the extract: a registered home care agency in Catford."""
    row = dict.fromkeys(EXTRACT, "") | {
        "locationId": f"1-1000{number}", "name": f"Rowan House {number}", "providerId": "1-2000",
        "providerName": "Rowan Care Limited", "address1": "1 Rushey Green", "town": "London", "postcode": "SE6 1HP",
        "phone": "02084613062", "website": "www.rowan.example.org", "lat": str(SE6[0]), "lon": str(SE6[1]),
        "gacServiceTypes": "Homecare agencies|Shared lives", "specialisms": "Dementia", "currentRating": "Good",
        "registrationStatus": "Registered", "registrationDate": "2013-11-04",
        "cqcUrl": f"https://www.cqc.org.uk/location/1-1000{number}",
    } | changes  # fmt: skip
    return [row[name] for name in EXTRACT]


def listed(number: int, **changes: str) -> list[str]:
    """The same place as the directory writes it."""
    row = dict.fromkeys(DIRECTORY, "") | {
        "Name": f"Rowan House {number}", "Address": "1 Rushey Green,London", "Postcode": "SE6 1HP",
        "Phone number": "2084613062", "Service types": "Homecare agencies|Shared lives",
        "Service's website (if available)": "www.rowan.example.org", "Specialisms/services": "Dementia",
        "Date of latest check": "19/May/2022 - 00:00", "Provider name": "Rowan Care Limited",
        "Location URL": f"https://www.cqc.org.uk/location/1-1000{number}",
        "CQC Location ID (for office use only)": f"1-1000{number}",
        "CQC Provider ID (for office use only)": "1-2000",
    } | changes  # fmt: skip
    return [row[name] for name in DIRECTORY]


def as_csv(*rows: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def read(folder: Path, *rows: list[str], packed: bool = False, as_of: date | None = None) -> ImportCounts:
    return read_bytes(folder, as_csv(EXTRACT, *rows).encode(), packed=packed, as_of=as_of)


def read_bytes(folder: Path, content: bytes, *, packed: bool = False, as_of: date | None = None) -> ImportCounts:
    path = folder / "register.csv"
    path.write_bytes(gzip.compress(content) if packed else content)
    return import_register(SYSTEM, path, as_of=as_of)


def read_directory(folder: Path, *rows: list[str]) -> ImportCounts:
    blank = "," * (len(DIRECTORY) - 1)
    preamble = f"CQC Locations data{blank}\n{blank}\nThis data was produced on 12 August 2026{blank}\n{blank}\n"
    return read_bytes(folder, ("\ufeff" + preamble + as_csv(DIRECTORY, *rows)).encode())


def versions() -> list[Any]:
    """Which transaction, and which statement of it, last wrote each row of the marketplace."""
    found: list[Any] = []
    for table in ("provider", "location", "listing", "register_reading", "outcode"):
        found += db.session.execute(
            sa.text(f"SELECT '{table}', xmin::text, cmin::text, ctid::text FROM {table} ORDER BY 4")
        ).all()
    return found


def one(kind: type[Any], **by: Any) -> Any:
    db.session.expire_all()
    return db.session.query(kind).filter_by(**by).one()


def test_a_file_becomes_one_provider_with_its_places_and_what_a_budget_may_buy(tmp_path: Path) -> None:
    counts = read(tmp_path, place(1), place(2, gacServiceTypes="Doctors/Gps", currentRating=""), packed=True)
    assert (counts.new, counts.providers_new, counts.listings_new, counts.rejected) == (2, 1, 2, 0)
    provider = one(Provider, cqc_id="1-2000")
    assert [at.name for at in provider.locations] == ["Rowan House 1", "Rowan House 2"]
    assert (provider.status, provider.rating, provider.is_regulated) == (
        RegisterStatus.REGISTERED,
        Rating.GOOD,
        True,
    )
    assert provider.website == "https://www.rowan.example.org"
    found = queries.search(SearchQuery(words="rowan dementia")).hits
    assert {hit.category for hit in found} == {Category.HOME_CARE, Category.SHORT_BREAKS}
    assert {hit.price_pence for hit in found} == {None}
    assert found[0].rating is Rating.GOOD
    assert found[0].who == "Rowan House 1 (Rowan Care Limited)"


def test_the_directory_is_read_past_its_preamble_with_its_dates_and_telephone_numbers(tmp_path: Path) -> None:
    put_outcodes()
    counts = read_directory(tmp_path, listed(1))
    assert (counts.layout, counts.new, counts.as_of) == ("directory", 1, date(2026, 8, 12))
    at = one(Location, cqc_id="1-10001")
    assert (at.phone, at.checked_on, at.address) == (
        "02084613062",
        date(2022, 5, 19),
        "1 Rushey Green, London",
    )
    assert (at.lat, at.lon) == SE6  # the middle of its outcode
    assert queries.register_as_of() == date(2026, 8, 12)


def test_the_same_file_again_touches_no_row(tmp_path: Path) -> None:
    rows = [
        place(1),
        place(2, registrationStatus="Deregistered"),
        place(3, providerId="1-2001", providerName=""),
    ]
    read(tmp_path, *rows, as_of=date(2026, 8, 22))
    before = versions()
    again = read(tmp_path, *rows, as_of=date(2026, 8, 22))
    assert versions() == before
    assert (again.new, again.changed, again.unchanged, again.deregistered) == (0, 0, 3, 1)
    assert not again.did_something


def test_each_layout_leaves_alone_what_only_the_other_knows(tmp_path: Path) -> None:
    put_outcodes()
    read(tmp_path, place(1, lat="51.5", lon="-0.1"))
    counts = read_directory(tmp_path, listed(1))
    assert counts.changed == 1  # the day of the latest check
    at = one(Location, cqc_id="1-10001")
    assert (at.lat, at.rating, at.registered_on) == (51.5, Rating.GOOD, date(2013, 11, 4))
    assert read(tmp_path, place(1, lat="51.5", lon="-0.1")).changed == 0
    read_directory(tmp_path, listed(1, Postcode="BR1 1AA"))
    assert one(Location, cqc_id="1-10001").lat == 51.4060  # moved: the old coordinates are not its own any more


def test_a_deregistered_place_is_kept_but_not_offered_and_may_come_back(tmp_path: Path) -> None:
    read(tmp_path, place(1), place(2))
    priced = make_provider("Rowan", listings=[swim()])
    counts = read(tmp_path, place(1, registrationStatus="Deregistered"))
    assert (counts.changed, counts.deregistered) == (1, 1)
    assert one(Provider, cqc_id="1-2000").status is RegisterStatus.REGISTERED  # the other place still is
    assert {hit.who for hit in queries.search(SearchQuery(words="rowan")).hits} == {
        "Rowan House 2 (Rowan Care Limited)",
        "Rowan",
    }
    read(tmp_path, place(2, registrationStatus="Deregistered"))
    assert one(Provider, cqc_id="1-2000").status is RegisterStatus.DEREGISTERED
    assert [hit.who for hit in queries.search(SearchQuery(words="rowan")).hits] == ["Rowan"]
    assert db.session.query(Listing).filter_by(from_register=True).count() == 4
    assert listing_of(priced).offered
    read(tmp_path, place(1))
    assert queries.search(SearchQuery(words="rowan house")).total == 2


def test_what_a_place_stops_doing_is_switched_off_and_a_change_reaches_the_search(tmp_path: Path) -> None:
    read(tmp_path, place(1))
    read(
        tmp_path,
        place(1, gacServiceTypes="Homecare agencies", name="Hazel House", currentRating="Outstanding"),
    )
    (hit,) = queries.search(SearchQuery(words="hazel")).hits
    assert (hit.category, hit.rating) == (Category.HOME_CARE, Rating.OUTSTANDING)


def test_a_place_that_moves_to_another_provider_leaves_the_old_one_without(tmp_path: Path) -> None:
    read(tmp_path, place(1))
    read(tmp_path, place(1, providerId="1-2001", providerName="Willow Care Limited"))
    assert one(Provider, cqc_id="1-2000").status is RegisterStatus.DEREGISTERED
    assert one(Location, cqc_id="1-10001").provider.name == "Willow Care Limited"
    assert queries.search(SearchQuery(words="willow")).total == 2


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"locationId": ""}, "has no location id"),
        ({"providerId": ""}, "has no provider id"),
        ({"providerId": "<script>"}, "provider id that is not one"),
        ({"name": " "}, "has no name"),
        ({"postcode": "nowhere"}, "postcode that is not one"),
        ({"lat": "north"}, "coordinates that are not any"),
        ({"lat": "0", "lon": "0"}, "not in the United Kingdom"),
        ({"lat": "nan"}, "not in the United Kingdom"),
        ({"currentRating": "Lovely"}, "rating that is not one"),
        ({"registrationStatus": "Maybe"}, "status that is not one"),
        ({"registrationDate": "31/Feb/2022 - 00:00"}, "date that is not one"),
        ({"name": "Rowan\0House"}, "NUL character"),
        ({"locationId": "1-10001"}, "the same place as line 2"),
    ],
)
def test_a_bad_line_is_put_aside_with_its_reason_and_the_others_go_in(
    tmp_path: Path, changes: dict[str, str], reason: str
) -> None:
    counts = read(tmp_path, place(1), place(2, **changes), place(3))
    assert counts.new == 2
    assert [reject.line for reject in counts.rejects] == [3]
    assert reason in counts.rejects[0].reason
    write_rejects(tmp_path / "rejects.csv", counts.rejects)
    rows = list(csv.reader((tmp_path / "rejects.csv").open(newline="")))
    assert rows[0] == ["line", "reason", "text"]
    assert (rows[1][0], rows[1][1]) == ("3", counts.rejects[0].reason)


def test_a_stray_quotation_mark_costs_one_line_not_the_file(tmp_path: Path) -> None:
    lines = as_csv(EXTRACT, *(place(n) for n in range(1, 40))).splitlines(keepends=True)
    lines[5] = lines[5].replace("Rowan House 5", '"Rowan House 5')
    counts = read_bytes(tmp_path, "".join(lines).encode())
    assert counts.new == 38
    assert [(reject.line, reject.reason) for reject in counts.rejects] == [
        (6, "has a quotation mark that is not closed")
    ]


def test_odd_but_readable_lines_are_mended(tmp_path: Path) -> None:
    odd = place(1, name="Café \n  Rose", phone="+44 20 8461 3062", website="javascript:alert(1)", postcode="se61hp")
    counts = read_bytes(tmp_path, as_csv(EXTRACT, odd, []).encode("cp1252"))
    assert (counts.new, counts.rejected) == (1, 0)
    at = one(Location, cqc_id="1-10001")
    assert (at.name, at.phone, at.website, at.postcode) == ("Café Rose", "02084613062", "", "SE6 1HP")


@pytest.mark.parametrize(
    "content",
    [b"", b"a,b\n1,2\n", b"\x1f\x8b garbage", gzip.compress(as_csv(EXTRACT, place(1)).encode())[:-9]],
)
def test_what_is_no_register_file_is_refused_whole(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InvalidError):
        read_bytes(tmp_path, content)
    assert db.session.query(Provider).count() == 0


def test_the_real_register_goes_in_and_a_second_time_changes_nothing(shared: Path) -> None:
    files = [
        shared / "data" / "cqc" / "london_locations.csv.gz",
        shared / "data" / "cqc" / "directory_format_sample.csv",
    ]
    if not all(path.exists() for path in files):
        pytest.skip("the register files are not here")
    for path, places in zip(files, (16_014, 8), strict=True):
        first = import_register(SYSTEM, path)
        assert first.new == places
        before = versions()
        again = import_register(SYSTEM, path)
        assert (again.new, again.changed, again.unchanged) == (0, 0, places)
        assert not again.did_something
        assert versions() == before
    assert queries.search(SearchQuery(words="homecare", category=Category.HOME_CARE)).total > 1000


def test_the_command_says_what_it_did_and_keeps_the_rejects(app: Any, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "town.csv").write_text(as_csv(EXTRACT, place(1), place(2, name="")))
    run = app.test_cli_runner().invoke(args=["marketplace", "import-cqc", "town.csv", "--as-of", "2026-08-22"])
    assert run.exit_code == 0, run.output
    assert "Places: 1 new, 0 changed, 0 unchanged" in run.output
    assert "Rejected: 1, each with its reason in town.rejects.csv" in run.output
    assert (tmp_path / "town.rejects.csv").exists()
    (tmp_path / "other.csv").write_text("hello\n")
    refused = app.test_cli_runner().invoke(args=["marketplace", "import-cqc", "other.csv"])
    assert refused.exit_code == 1
    assert "not a file of the Care Quality Commission" in refused.output
