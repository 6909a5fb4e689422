"""Words written so that a list does not know them: figures for letters, letters apart, letters of other scripts.

One pipeline, in this order; each step is pure and knows no vocabulary, so that the matcher decides which of its
readings is a word of a list:

1. `plain_letters`  letters that only look Latin (Cyrillic, Greek, small capitals), struck-through and invisible ones:
                    copied text and tricks. Done to the whole text, before words are looked for.
2. `undigited`      "w1ne", "cig@rettes", "B0MBAY": figures and signs that stand for the letter they resemble.
3. `spelled_out`    "b e e r", "v.o.d.k.a": single letters with one and the same sign between them.
4. `joined_pairs`   "vodk a", "gambl-ing": a word broken in two.

Each of 2 to 4 gives readings with the place in the text they were read from; none is certain, so only those that are a
listed word count, and the finding says what was read as what.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple


class Reading(NamedTuple):
    """Another way to read a stretch of the text: the letters it may stand for, and where it stands."""

    letters: str
    start: int
    end: int


_LOOK_ALIKE = str.maketrans(
    # Cyrillic, then Greek, then small capitals: letters that pass for Latin ones.
    "АВЕКМНОРСТУХІЈЅаеорсухіјѕԁԛԝвкмнтшьгΑΒΕΖΗΙΚΜΝΟΡΤΥΧοανικρτυχεᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ",
    "ABEKMHOPCTYXIJSaeopcyxijsdqwbkmhtwbrABEZHIKMNOPTYXoavikptuxeabcdefghijklmnoprstuvwyz",
)


def plain_letters(text: str) -> str:
    """The text in one form of each letter (NFKC), without invisible marks, lines through letters or look-alikes."""
    kept = "".join(
        letter
        for letter in text
        if unicodedata.category(letter) not in ("Cf", "Me") and not "\u0334" <= letter <= "\u0338"
    )
    return unicodedata.normalize("NFKC", kept).translate(_LOOK_ALIKE)


_STANDS_FOR = str.maketrans("013457$@!|", "oieastsail")
_AS_L = str.maketrans("1!|", "lll")
_WITH_FIGURES = re.compile(r"(?<![^\W_])(?:[^\W\d_]|[@$](?=[^\W\d_]{2}))+(?:[0-9@$!|]{1,2}[^\W\d_]+)+[034$]?(?![\w])")
_FIGURE_LAST = re.compile(r"(?<![^\W_])[^\W\d_]{3,}[034$]{1,2}(?![\w])")


def undigited(text: str) -> Iterator[Reading]:
    """Readings of words with figures in them: each figure as the letter it resembles, 1 as i and as l."""
    for pattern in (_WITH_FIGURES, _FIGURE_LAST):
        for found in pattern.finditer(text):
            shown = found.group()
            for letters in dict.fromkeys((shown.translate(_STANDS_FOR), shown.translate(_AS_L).translate(_STANDS_FOR))):
                if letters.isalpha():
                    yield Reading(letters, found.start(), found.end())


_APART = re.compile(r"(?<![^\W_])[^\W_](?:([ ._*/·-]{1,2})[^\W_](?![^\W_]))(?:\1[^\W_](?![^\W_]))+")


def spelled_out(text: str) -> Iterator[Reading]:
    """Readings of letters standing apart: the whole run, then what is left without some at either end."""
    for found in _APART.finditer(text):
        places = [found.start() + place for place, sign in enumerate(found.group()) if sign.isalnum()]
        for length in range(len(places), 2, -1):
            for first in range(len(places) - length + 1):
                chosen = places[first : first + length]
                yield Reading("".join(text[place] for place in chosen), chosen[0], chosen[-1] + 1)


def joined_pairs(spans: Sequence[tuple[str, int, int]]) -> Iterator[tuple[int, str]]:
    """Each word run together with the next one, when a single sign stands between; and the first word's place."""
    for index, ((left, _, end), (right, begin, _)) in enumerate(pairwise(spans)):
        if begin - end == 1:
            yield index, left + right
