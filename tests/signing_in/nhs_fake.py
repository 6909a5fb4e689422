"""A small OpenID provider on loopback that is as strict as NHS login, and can be told to misbehave.

Real HTTP, real keys: it checks the signed client assertion (RS512, audience, time, used once), PKCE, the address of
the way back and that a code is used once. What it is told to do wrong is in ``wrong``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT = "carepurse-test"
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass
class Provider:
    """What it knows and does; tests change it."""

    client_key: RSAKey  # the public half of ours
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first"}))
    published: list[RSAKey] = field(default_factory=list)
    url: str = ""
    client_pem: str = ""  # the private half, for whoever starts a server of their own
    subject: str = "nhs-49f470a1-cc52-49b7-beba-0f9cec937c46"
    level: str = "P9"
    things: str = "Cp.Cd"
    wrong: str = ""  # see ``_token`` and the handlers
    asks: bool = False  # show a page with a button instead of going straight back
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    seen_jti: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)  # what it found wrong with us
    visits: list[dict[str, str]] = field(default_factory=list)
    key_requests: int = 0
    followed: int = 0  # how often somebody went where it said that a page had moved to
    issued: list[str] = field(default_factory=list)  # the tokens it gave

    def __post_init__(self) -> None:
        self.published = [self.key]


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Handler(BaseHTTPRequestHandler):
    """Its pages."""

    provider: Provider

    def log_message(self, *words: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
        if self.provider.wrong == "slow":
            time.sleep(7)
        if path == "/elsewhere":
            self.provider.followed += 1
        if self._is_moved(path):
            return
        if path == "/.well-known/openid-configuration":
            self._json(self._about())
        elif path == "/jwks":
            self.provider.key_requests += 1
            # a key that does not say what it is for: then only our own list of algorithms refuses the weaker one
            said = {} if self.provider.wrong == "weaker" else {"alg": "RS512"}
            keys = [key.as_dict(private=False, use="sig", **said) for key in self.provider.published]
            self._json({"keys": keys})
        elif path == "/authorize":
            self._authorize(query)
        elif path == "/userinfo":
            self._userinfo()
        else:
            self.send_error(404)

    def _is_moved(self, path: str) -> bool:
        """Whether it says of this page that it is elsewhere now."""
        if self.provider.wrong != f"moved {path}":
            return False
        self.send_response(307)
        self.send_header("Location", f"{self.provider.url}/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()
        return True

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        form = {k: v[0] for k, v in parse_qs(self.rfile.read(length).decode()).items()}
        path = urlsplit(self.path).path
        self.provider.followed += path == "/elsewhere"
        if self._is_moved(path):
            return
        problem = self._problem_with(form)
        if problem:
            self.provider.refused.append(problem)
            self._json({"error": "invalid_client", "error_description": problem}, 400)
            return
        visit = self.provider.codes.pop(form["code"])
        access = secrets.token_urlsafe(24)
        token = self._token(visit, access)
        self.provider.issued += [access, token]
        self._json({"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": token})

    def _about(self) -> dict[str, Any]:
        url = self.provider.url
        return {
            "issuer": "https://evil.example" if self.provider.wrong == "issuer" else url,
            "authorization_endpoint": f"{url}/authorize",
            "token_endpoint": f"{url}/token",
            "userinfo_endpoint": f"{url}/userinfo",
            "jwks_uri": f"{url}/jwks",
            "id_token_signing_alg_values_supported": ["RS512", "none", "HS256"],
        }

    def _authorize(self, query: dict[str, str]) -> None:
        self.provider.visits.append(query)
        needed = {"client_id", "redirect_uri", "state", "nonce", "code_challenge", "scope", "vtr", "response_type"}
        if needed - query.keys() or query["code_challenge_method"] != "S256" or query["client_id"] != CLIENT:
            self.send_error(400, "not a whole request")
            return
        if self.provider.wrong == "denied":
            back = {"error": "access_denied", "error_description": "ConsentNotGiven", "state": query["state"]}
        else:
            code = secrets.token_urlsafe(16)
            self.provider.codes[code] = query
            back = {"code": code, "state": query["state"]}
        target = f"{query['redirect_uri']}?{urlencode(back)}"
        if self.provider.asks:
            page = f"<!doctype html><title>NHS login</title><h1>NHS login</h1><a href='{target}'>Yes, it is me</a>"
            self._send(page.replace("&", "&amp;").encode(), "text/html")
            return
        self.send_response(302)
        self.send_header("Location", target)
        self.end_headers()

    def _problem_with(self, form: dict[str, str]) -> str:
        if form.get("client_assertion_type") != JWT_BEARER or "client_secret" in form:
            return "no signed assertion"
        try:
            read = jwt.decode(form["client_assertion"], self.provider.client_key, algorithms=["RS512"])
        except Exception as error:
            return f"assertion: {type(error).__name__}"
        said, now = read.claims, time.time()
        if said["iss"] != CLIENT or said["sub"] != CLIENT or said["aud"] != f"{self.provider.url}/token":
            return "assertion is not for us"
        if not now < said["exp"] <= now + 3700 or said["jti"] in self.provider.seen_jti:
            return "assertion is old, or used before"
        self.provider.seen_jti.add(said["jti"])
        visit = self.provider.codes.get(form.get("code", ""))
        if visit is None:
            return "no such code"
        if form.get("redirect_uri") != visit["redirect_uri"]:
            return "another way back"
        if _b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest()) != visit["code_challenge"]:
            return "PKCE"
        return ""

    def _token(self, visit: dict[str, str], access: str) -> str:
        it, now = self.provider, int(time.time())
        vector = f"{it.level}.{it.things}"
        claims: dict[str, Any] = {
            "iss": it.url, "sub": it.subject, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": visit["nonce"],
            "vot": vector, "vtm": f"{it.url}/trustmark", "identity_proofing_level": it.level,
            "at_hash": _b64(hashlib.sha512(access.encode()).digest()[:32]),
        }  # fmt: skip
        claims |= {
            "nonce": {"nonce": "another"}, "audience": {"aud": "somebody-else"}, "expired": {"exp": now - 600},
            "iss": {"iss": "https://evil.example"}, "at_hash": {"at_hash": "x" * 43}, "vector": {"vot": "P0.Cp"},
            "low claim": {"identity_proofing_level": "P0"}, "future": {"iat": now + 9_000, "nbf": now + 9_000},
            "no subject": {"sub": ""},
        }.get(it.wrong, {})  # fmt: skip
        if it.wrong == "no nonce":
            del claims["nonce"]
        header = {"alg": "RS512", "kid": it.key.kid, "typ": "JWT"}
        if it.wrong == "none":
            return f"{_b64(json.dumps({'alg': 'none'}).encode())}.{_b64(json.dumps(claims).encode())}."
        if it.wrong == "symmetric":  # the public key as a password: an old trick
            secret = OctKey.import_key(it.key.as_pem(private=False))
            return jwt.encode({"alg": "HS256", "kid": it.key.kid}, claims, secret, algorithms=["HS256"])
        if it.wrong == "weaker":
            claims["at_hash"] = _b64(hashlib.sha256(access.encode()).digest()[:16])  # right for this algorithm
            return jwt.encode(header | {"alg": "RS256"}, claims, it.key, algorithms=["RS256"])
        if it.wrong == "other key":
            return jwt.encode(header, claims, RSAKey.generate_key(2048, {"kid": it.key.kid}), algorithms=["RS512"])
        if it.wrong == "unknown key":
            return jwt.encode(header | {"kid": "nobody's"}, claims, it.key, algorithms=["RS512"])
        if it.wrong == "rotated":
            it.key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(4)})
            it.published.append(it.key)
            header["kid"] = it.key.kid
        return jwt.encode(header, claims, it.key, algorithms=["RS512"])

    def _userinfo(self) -> None:
        it = self.provider
        if not self.headers.get("Authorization", "").startswith("Bearer "):
            self.send_error(401)
            return
        if it.wrong == "userinfo fails":
            self.send_error(500)
            return
        told = {"sub": it.subject, "email": "sam@example.org", "identity_proofing_level": it.level}
        told |= {"userinfo sub": {"sub": "somebody else"}, "low userinfo": {"identity_proofing_level": "P5"}}.get(
            it.wrong, {}
        )
        self._json([told] if it.wrong == "userinfo list" else told)

    def _json(self, told: object, status: int = 200) -> None:
        self._send(json.dumps(told).encode(), "application/json", status)

    def _send(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def running(client_key: RSAKey) -> Iterator[Provider]:
    """A provider on a port of its own."""
    public = RSAKey.import_key(client_key.as_dict(private=False))
    provider = Provider(public)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Handler,), {"provider": provider}))
    provider.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
