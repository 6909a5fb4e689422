"""A search as people make it: misspelt words are corrected, or the correction is offered.

The words of the index are gathered once a day and after imports. A process holds them and knows by their version when
they are old: to look costs one small statement, and only when a search found nothing or hardly anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from threading import Lock

from sqlalchemy import delete, func, or_, select, text

from app.core import clock
from app.core.db import allow_long_statements, db
from app.core.ids import new_ref
from app.core.jobs import task
from app.marketplace.asking import SearchQuery
from app.marketplace.hits import SearchPage, search
from app.marketplace.models import Listing
from app.marketplace.provider_models import Holiday
from app.marketplace.search_sql import folded
from app.marketplace.spelling import LONGEST, Typed, Vocabulary, corrected, may_be_misspelt
from app.marketplace.word_models import SearchWord, SearchWordbook

#: So few results that something else may have been meant.
FEW = 3
#: The most words that a process holds: about ten megabytes. The rarest are left out.
MOST_WORDS = 60_000
_LOCK = 7_268_004  # one gathering at a time


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    :param page: the results.
    :param shown_for: the corrected words that they are for; nothing when they are for what was typed.
    :param offered: words that may have been meant instead.
    """

    page: SearchPage
    shown_for: str = ""
    offered: str = ""


def find(query: SearchQuery, *, exact: bool = False) -> Found:
    """Search; when nothing is found and a word is not in the index, search again for the word nearest to it.

    :param exact: leave the words as they are.
    """
    page = search(query)
    if exact or not query.words or page.total > FEW or page.wordless:
        return Found(page)
    meant = suggest(query.words, rare_too=page.total > 0)
    if not meant:
        return Found(page)
    if page.total:
        return Found(page, offered=meant)
    again = search(replace(query, words=meant))
    return Found(again, shown_for=meant) if again.total else Found(page)


def suggest(words: str, *, rare_too: bool = False) -> str:
    """What was typed with each word that is not in the index as the nearest one that is; nothing when all are fine.

    :param rare_too: also where a word is in the index, but hardly, and a much commoner one is next to it.
    """
    typed = may_be_misspelt(words)
    book = vocabulary() if typed else None
    if book is None:
        return ""
    unknown = _not_in_the_index({each.word for each in typed if each.word not in book})
    instead: list[tuple[Typed, str]] = []
    at = 0
    while at < len(typed):
        each = typed[at]
        joined = "" if rare_too else _joined(typed, at, book, words)
        if joined:
            instead.append((Typed(each.word, each.start, typed[at + 1].end), joined))
            at += 1
        elif each.word in unknown:
            other = book.nearest(each.word) or book.split(each.word)
            if other:
                instead.append((each, other))
        elif rare_too and book.is_rare(each.word):
            other = book.nearest(each.word)
            if other and book.much_commoner(each.word, other):
                instead.append((each, other))
        at += 1
    return corrected(words, instead) if instead else ""


def _joined(typed: list[Typed], at: int, book: Vocabulary, words: str) -> str:
    """``wheel chair`` as the one word that the index has, where nothing has both; nothing when it has no such word."""
    first, second = typed[at], typed[at + 1] if at + 1 < len(typed) else None
    if second and words[first.end : second.start] == " " and first.word + second.word in book:
        return first.word + second.word
    return ""


def _not_in_the_index(words: set[str]) -> set[str]:
    """Those that no listing has, in any form, nor as the beginning of a word."""
    if not words:
        return set()
    return set(db.session.scalars(_UNKNOWN, {"words": sorted(words)}))


_UNKNOWN = text("""
    SELECT word FROM unnest(CAST(:words AS text[])) AS word
    WHERE numnode(plainto_tsquery('english', word)) > 0 AND NOT EXISTS (
        SELECT 1 FROM listing WHERE offered AND search @@ to_tsquery('english',
            CASE WHEN length(word) > 3 THEN word || ' | ' || word || ':*' ELSE word END))
""")

_held: list[Vocabulary] = []
_holding = Lock()


def vocabulary() -> Vocabulary | None:
    """The words of the index, from this process when they are the newest; None before they were ever gathered."""
    version = db.session.scalar(select(SearchWordbook.version))
    if version is None:
        return None
    held = _held[0] if _held else None
    if held is None or held.version != version:
        with _holding:
            if not _held or _held[0].version != version:
                most = select(SearchWord.word, SearchWord.listings, SearchWord.named)
                rows = db.session.execute(most.order_by(SearchWord.listings.desc(), SearchWord.word).limit(MOST_WORDS))
                _held[:] = [Vocabulary(version, {word: (listings, named) for word, listings, named in rows})]
            held = _held[0]
    return held


def _words_of(columns: str) -> str:
    """SQL that counts the words of what is offered, as they are written."""
    of_each = f"SELECT to_tsvector('simple', {folded(columns)}) FROM listing WHERE offered"  # noqa: S608  # fixed pieces
    return "ts_stat('" + of_each.replace("'", "''") + "')"


_ALL = "title || ' ' || who || ' ' || replace(category, '-', ' ') || ' ' || summary || ' ' || keywords"
_GATHER = f"""
    INSERT INTO search_word (word, listings, named)
    SELECT every.word, every.ndoc, COALESCE(names.ndoc, 0)
    FROM {_words_of(_ALL)} every LEFT JOIN {_words_of("who")} names USING (word)
    WHERE every.word ~ '^[a-z]{{2,{LONGEST}}}$'
"""  # noqa: S608  # fixed pieces


def gather_words() -> int:
    """Gather the words of all that is offered, anew. About four seconds for a hundred thousand listings.

    :returns: how many there are.
    """
    allow_long_statements()
    db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    db.session.execute(delete(SearchWord))
    db.session.execute(text(_GATHER))
    count = db.session.scalar(select(func.count()).select_from(SearchWord)) or 0
    book = db.session.get(SearchWordbook, 1) or SearchWordbook(id=1)
    book.version, book.made_at, book.words = new_ref(), clock.now(), count
    db.session.add(book)
    db.session.flush()
    return count


def away(listing_refs: Sequence[str]) -> dict[str, list[tuple[date, date]]]:
    """When each of some listings cannot be had, from today on: holidays of its provider and of its own.

    :returns: by the listing's reference: the first day and the last.
    """
    rows = db.session.execute(
        select(Listing.ref, Holiday.starts_on, Holiday.ends_on)
        .join(Holiday, Holiday.provider_id == Listing.provider_id)
        .where(
            Listing.ref.in_(listing_refs),
            Holiday.ends_on >= clock.today(),
            or_(Holiday.listing_id.is_(None), Holiday.listing_id == Listing.id),
        )
    )
    found: dict[str, list[tuple[date, date]]] = {}
    for ref, first, last in rows:
        found.setdefault(ref, []).append((first, last))
    return found


@task("marketplace.gather_words", cron="40 3 * * *")
def gather_daily(timestamp: int) -> None:
    """Gather the words of what is offered, for spelling.

    :param timestamp: when it was due.
    """
    gather_words()
