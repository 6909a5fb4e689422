"""A person's pages of the marketplace, opened and read, for several files of tests."""

from __future__ import annotations

import re
from typing import Any

from bs4 import BeautifulSoup

from app.core.db import db
from tests.factories import make_holder
from tests.marketplace.making import put_outcodes


def at_home(client: Any, sign_in: Any) -> str:
    """Where the person's pages are; they live in Catford and have £1,000 safe to spend."""
    account, person, _, _ = make_holder()
    put_outcodes()
    sign_in(client, account)
    return f"/p/{person.ref}"


def page(client: Any, address: str, status: int = 200, **args: str) -> BeautifulSoup:
    db.session.commit()  # a page that is refused undoes what was not kept
    answer = client.get(address, query_string=args or None)
    assert answer.status_code == status, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def said(soup: BeautifulSoup) -> str:
    return re.sub(r"\s+", " ", soup.main.get_text(" ")).strip()


def results(soup: BeautifulSoup) -> list[str]:
    return [re.sub(r"\s+", " ", row.get_text(" ")).strip() for row in soup.select("ol.cp-rows > li")]
