"""Idempotency keys: the same key gets the same answer, other parameters under it get an error."""

from __future__ import annotations

from typing import Any

from tests.stripe_fake.refusing import Refusal

#: Stripe may forget a key after this.
KEPT_SECONDS = 24 * 3600


class Keys:
    """What was asked under each key, and what was answered.

    :param kept: from an earlier start.
    """

    def __init__(self, kept: dict[str, dict[str, Any]] | None = None) -> None:
        self._keys: dict[str, dict[str, Any]] = dict(kept or {})

    def begin(self, key: str, asked: str, now: int) -> tuple[int, dict[str, Any]] | None:
        """Take a key for a request.

        :param key: with the account that it is used for.
        :param asked: verb, path and parameters as one text.
        :returns: the status and answer of the first time; None when this is the first time.
        :raises Refusal: when it was used for something else, or is in use at this moment.
        """
        found = self._keys.get(key)
        if found is None or now - found["at"] >= KEPT_SECONDS:
            self._keys[key] = {"asked": asked, "at": now, "status": None, "answer": None}
            return None
        if found["asked"] != asked:
            raise Refusal(
                "Keys for idempotent requests can only be used with the same parameters they were first used with.",
                kind="idempotency_error",
                kept=False,
            )
        if found["status"] is None:
            raise Refusal(
                "There is currently another in-progress request using this Idempotent Key.",
                "idempotency_key_in_use",
                status=409,
                kind="idempotency_error",
                kept=False,
            )
        return found["status"], found["answer"]

    def end(self, key: str, status: int, answer: dict[str, Any]) -> None:
        """Keep the answer."""
        self._keys[key] |= {"status": status, "answer": answer}

    def give_up(self, key: str) -> None:
        """Forget a key whose request was never begun."""
        self._keys.pop(key, None)

    def kept(self) -> dict[str, dict[str, Any]]:
        """What is to be kept until the next start: not what is in use."""
        return {key: one for key, one in self._keys.items() if one["status"] is not None}
