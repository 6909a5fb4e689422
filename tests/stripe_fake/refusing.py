"""How the stand-in says no."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """A request that is refused as Stripe does it.

    :param code: Stripe's word, such as ``charge_already_refunded``; empty where Stripe gives none.
    :param kind: Stripe's ``type`` of the error.
    :param param: the parameter that is wrong.
    :param kept: whether the same idempotency key gets the same answer again: not for what was never begun.
    """

    def __init__(
        self,
        message: str,
        code: str = "",
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        param: str = "",
        kept: bool = True,
    ) -> None:
        super().__init__(message)
        self.message, self.code, self.status, self.kind, self.param, self.kept = (
            message, code, status, kind, param, kept
        )  # fmt: skip

    def answer(self) -> dict[str, Any]:
        """The body of the answer."""
        error = {"type": self.kind, "message": self.message}
        error |= {"code": self.code} if self.code else {}
        error |= {"param": self.param} if self.param else {}
        return {"error": error}


def missing(kind: str, wanted: str, param: str = "id") -> Refusal:
    """There is no such object."""
    return Refusal(f"No such {kind}: '{wanted}'", "resource_missing", status=404, param=param)
