"""Which listed word a word on no list may be: misspelt, heard, shortened or cut off.

A `Mender` is built from the words of the lists. It knows four kinds of slip, the surest first:

1. doubled letters         "prosseco": which one is doubled is what people get wrong
2. one letter              "chardonay": wrong, missing, added or swapped with its neighbour; never the first
3. written as it sounds    "kokaine", "fags" and "phags": letters that sound alike
4. shortened               "LADBRKS", "WHSKY": a statement leaves the vowels out; "WETHERSP": it cuts the end off

In a phrase the words around help: with "bargain" before it, "bze" is booze. That is `near`, with less asked of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rapidfuzz.distance import OSA

MISSPELLABLE = 6
"""Letters a word needs before a slip in it is forgiven: in shorter words one letter makes another word."""
_LONG = 8
"""Letters of a name in which more is forgiven: a letter too many or too few, or its end cut off."""
_DOUBLED = re.compile(r"(.)\1+")
_VOWELS = re.compile(r"(?<!^)[aeiou]")
_SOUNDS = str.maketrans({"k": "c", "q": "c", "z": "s", "y": "i"})


def squeeze(word: str) -> str:
    """Doubled letters made single."""
    return _DOUBLED.sub(r"\1", word)


def _sound(word: str) -> str:
    return squeeze(word.replace("ph", "f").replace("ck", "c").translate(_SOUNDS))


def _bones(word: str) -> str:
    """The first letter and the consonants after it, doubled ones single: what a shortened word keeps."""
    return squeeze(_VOWELS.sub("", word))


def _left_out(short: str, whole: str) -> bool:
    """True when every letter of the short word stands in the whole one, in that order."""
    letters = iter(whole)
    return all(letter in letters for letter in short)


def near(word: str, listed: str) -> bool:
    """True when a word beside the other words of a phrase is the phrase's missing one: a slip, shortened or cut off."""
    if word[0] != listed[0] or len(listed) < 4 or len(word) > len(listed) + 1:
        return False
    if len(listed) > 4 and len(word) > 3 and OSA.distance(word, listed, score_cutoff=1) <= 1:
        return True
    if len(word) < len(listed) and _bones(word) == _bones(listed) and _left_out(word, listed):
        return True
    return 4 <= len(word) <= len(listed) - 2 and listed.startswith(word)


class Mender:
    """Finds the listed word a slip stands for.

    `words` are common words. `names` are makers and shops: a person's name or an everyday word is often one letter away
    from them, so only a vowel taken for another or two letters swapped is forgiven, and a letter too many or too few in
    a long one. `run_together` are names of two words written as one; they are known only shortened.
    """

    def __init__(self, words: Iterable[str], names: Iterable[str], run_together: Iterable[str]) -> None:
        self._common = frozenset(word for word in words if word.isalpha())
        longer = {word for word in self._common if len(word) >= MISSPELLABLE}
        named = {word for word in names if word.isalpha() and len(word) > MISSPELLABLE} - self._common
        self._mends = _deletions(sorted(longer | named))
        self._squeezed = {squeeze(word): word for word in sorted(longer | named)}
        self._sounds = {_sound(word): word for word in sorted(longer)}
        joined = {word for word in run_together if len(word) >= _LONG}
        self._bones: dict[str, list[str]] = {}
        self._cut_off: dict[str, str] = {}
        for word in sorted(longer | named | joined | {word for word in self._common if len(word) >= 5}):
            if len(_bones(word)) >= (4 if word in self._common else 5):
                self._bones.setdefault(_bones(word), []).append(word)
            for length in range(MISSPELLABLE if word in longer else _LONG, len(word) - 1):
                if word not in joined:
                    self._cut_off.setdefault(word[:length], word)

    def mend(self, word: str) -> str | None:
        """The listed word this one is a slip of, or None. The first letter must be right: people rarely miss it."""
        if not word.isalpha() or len(word) < 4:
            return None
        for listed in self._bones.get(_bones(word), ()):
            if len(word) < len(listed) and _left_out(word, listed):
                return listed
        if len(word) < MISSPELLABLE:
            return None
        if squeeze(word) in self._squeezed:
            return self._squeezed[squeeze(word)]
        near_by = set(self._mends.get(word, ()))
        for index in range(1, len(word)):
            near_by.update(self._mends.get(word[:index] + word[index + 1 :], ()))
        best = sorted(listed for listed in near_by if self._forgiven(word, listed))
        return best[0] if best else self._cut_off.get(word) or self._sounds.get(_sound(word))

    def _forgiven(self, word: str, listed: str) -> bool:
        if listed[0] != word[0] or OSA.distance(word, listed) != 1:
            return False
        if listed in self._common:
            return True
        if len(word) != len(listed):
            return len(listed) >= _LONG and word[-2:] == listed[-2:]
        wrong = [pair for pair in zip(word, listed, strict=True) if pair[0] != pair[1]]
        return len(wrong) == 2 or set(wrong[0]) <= set("aeiouy")


def _deletions(listed: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Each listed word and each of it with one letter gone, to the words it came from. The first letter stays."""
    index: dict[str, tuple[str, ...]] = {}
    for word in listed:
        for form in {word, *(word[:place] + word[place + 1 :] for place in range(1, len(word)))}:
            index[form] = (*index.get(form, ()), word)
    return index
