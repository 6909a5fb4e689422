"""How somebody showed who they are, and how much that is worth. Pure."""

from __future__ import annotations

from enum import StrEnum

from app.identity.rules import Actor, is_at_work


class Proof(StrEnum):
    """The strongest thing that a sign-in has shown."""

    PASSPHRASE = "passphrase"  # noqa: S105  # the name of a way, not a secret
    CODE = "code"  # the passphrase, and a code of an authenticator app
    RECOVERY = "recovery"  # the passphrase, and a recovery code
    PASSKEY = "passkey"  # the device is one thing, the finger, face or number that opens it the other
    NHS = "nhs"  # NHS login, which asks for two things itself


PROOF_WORDS: dict[Proof, str] = {
    Proof.PASSPHRASE: "with the passphrase",
    Proof.CODE: "with the passphrase and a code",
    Proof.RECOVERY: "with the passphrase and a recovery code",
    Proof.PASSKEY: "with a passkey",
    Proof.NHS: "with NHS login",
}


class Step(StrEnum):
    """What a sign-in still has to do before it may do anything else."""

    NONE = "none"
    ENTER = "enter"  # the account has a second step: enter it
    SET_UP = "set_up"  # it must have one and has none: set it up


def is_two_step(proof: Proof) -> bool:
    """Whether two different things were shown: something known, and something held."""
    return proof is not Proof.PASSPHRASE


def must_prove(actor: Actor) -> bool:
    """Whether this account may do nothing with the passphrase alone.

    Staff see other people's affairs, brokers act in them, and a provider's people read who buys what for how much, in
    their notices too; the account's own holders are asked kindly, not made to.
    """
    return is_at_work(actor)


def step_before(proof: Proof, *, has_second_step: bool, must: bool) -> Step:
    """What a sign-in has to do first.

    :param has_second_step: the account has a passkey or an authenticator.
    :param must: nothing is open to it without one, see :func:`must_prove`.
    """
    # NHS login has shown two things, but not of ours: who must have a second step here takes it all the same
    if is_two_step(proof) and not (must and proof is Proof.NHS):
        return Step.NONE
    if has_second_step:
        return Step.ENTER
    return Step.SET_UP if must else Step.NONE
