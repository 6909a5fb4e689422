"""A device that makes and uses passkeys, as a browser would report it. The keys are real."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url as b64

from app.signing_in.passkeys import Place

_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Device:
    """One security key."""

    place: Place = field(default_factory=lambda: Place("localhost", "http://localhost"))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    count: int = 0
    owner: bytes = b""
    verifies: bool = True  # asks for finger, face or number

    def make(self, challenge: bytes, owner: bytes) -> str:
        """What it says when it has made a passkey."""
        self.owner = owner
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        described = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + cbor2.dumps(public)
        data = self._data(_ATTESTED) + described
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        said = {"clientDataJSON": b64(self._client("webauthn.create", challenge)), "attestationObject": b64(attested)}
        return self._json(said)

    def answer(self, challenge: bytes, **changed: Any) -> str:
        """What it says when it is used. Counts one up."""
        self.count += 1
        data, client = self._data(0), self._client("webauthn.get", challenge)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        said = {
            "clientDataJSON": b64(client),
            "authenticatorData": b64(data),
            "signature": b64(signature),
            "userHandle": b64(self.owner),
        }
        return self._json(said | changed)

    def _data(self, more: int) -> bytes:
        flags = _PRESENT | (_VERIFIED if self.verifies else 0) | more
        return hashlib.sha256(self.place.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: bytes) -> bytes:
        return json.dumps({"type": kind, "challenge": b64(challenge), "origin": self.place.origin}).encode()

    def _json(self, said: dict[str, Any]) -> str:
        return json.dumps(
            {
                "id": b64(self.credential),
                "rawId": b64(self.credential),
                "type": "public-key",
                "response": said,
                "clientExtensionResults": {},
            }
        )
