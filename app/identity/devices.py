"""What a browser calls itself, in plain words. Pure. What it sent is not kept."""

from __future__ import annotations

import re

#: The first that fits: many browsers also name the one they were made from.
_BROWSERS = (
    (r"\bEdgi?A?(?:iOS)?/", "Edge"),
    (r"\bOPR/|\bOpera", "Opera"),
    (r"\bSamsungBrowser/", "Samsung Internet"),
    (r"\b(?:Firefox|FxiOS)/", "Firefox"),
    (r"\b(?:Chrome|CriOS|Chromium)/", "Chrome"),
    (r"\bSafari/", "Safari"),
)
_SYSTEMS = (
    (r"\biPhone\b", "an iPhone"),
    (r"\biPad\b", "an iPad"),
    (r"\bAndroid\b", "an Android phone or tablet"),
    (r"\bCrOS\b", "a Chromebook"),
    (r"\bWindows\b", "a Windows computer"),
    (r"\bMac OS X\b|\bMacintosh\b", "a Mac"),
    (r"\bLinux\b", "a Linux computer"),
)
_LONGEST = 500  # letters that are looked at


def device_words(user_agent: str) -> str:
    """``Firefox on a Windows computer``.

    :param user_agent: what the browser calls itself; anything at all.
    """
    text = user_agent[:_LONGEST]
    browser = next((words for pattern, words in _BROWSERS if re.search(pattern, text)), "A browser")
    system = next((words for pattern, words in _SYSTEMS if re.search(pattern, text)), "a device we do not know")
    return f"{browser} on {system}"
