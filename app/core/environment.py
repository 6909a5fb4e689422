"""Reading the environment, for every kind of settings alike."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.errors import ConfigError

_YES, _NO = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


def read_flag(env: Mapping[str, str], name: str, default: bool) -> bool:
    """Whether a variable says yes.

    :param default: what it means when it is empty or missing.
    :raises ConfigError: when it says neither yes nor no.
    """
    text = env.get(name, "").strip().lower()
    if not text:
        return default
    if text not in _YES | _NO:
        raise ConfigError(f"{name} must be yes or no, not {text!r}.")
    return text in _YES
