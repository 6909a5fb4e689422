"""Speaking with NHS login: OpenID Connect with a signed client, PKCE and a nonce.

Every token is checked here before anything of it is believed. Nothing of our database is touched, and nobody should
hold a transaction open meanwhile: an answer may take seconds.

What NHS login asks for and says: https://nhsconnect.github.io/nhslogin/ (interface specification, vectors of trust).
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet, RSAKey
from joserfc.jws import JWSRegistry
from requests import RequestException

from app.core.errors import CarePurseError
from app.core.nhs_settings import LEVELS, NhsLoginSettings

#: Seconds to connect, and to wait for each part of an answer.
_PATIENCE = (3.05, 5)
_SIGNED_WITH = "RS512"  # NHS login signs with nothing else, and takes nothing else from us
_SCOPE = "openid profile email"
_CLOCKS_APART = 60  # seconds
_KEPT = 3600.0  # seconds, of what the provider says of itself
#: Two things that were shown, in the words of its vectors of trust: the password and a device, or a key in a device.
_TWO_THINGS = (frozenset({"Cp", "Cd"}), frozenset({"Cp", "Ck"}), frozenset({"Cm"}))

SORRY = "NHS login did not answer as it should. Nothing was changed. Try again in a few minutes."
NOT_ENOUGH = (
    "NHS login does not know you well enough yet. Prove who you are in the NHS App, then come back."
)


class NhsLoginError(CarePurseError):
    """NHS login said no, said something that cannot be believed, or said nothing in time.

    :param why: for the log: what was wrong. No token and nothing about the person.
    """

    def __init__(self, why: str, sentence: str = SORRY) -> None:
        super().__init__(sentence)
        self.why = why


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that was begun: where to send the browser, and what its return must fit."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Who came back from NHS login."""

    issuer: str
    subject: str
    level: str  # how well they proved who they are: P0, P5, P9


def begin(settings: NhsLoginSettings, redirect_uri: str) -> Begun:
    """Begin a sign-in.

    :param redirect_uri: our address for the way back, as it is registered with NHS login.
    :raises NhsLoginError: when NHS login cannot be reached.
    """
    about = _about(settings)
    nonce, verifier = generate_token(43), generate_token(64)
    with _session(settings, redirect_uri) as session:
        url, state = session.create_authorization_url(
            about["authorization_endpoint"],
            state=generate_token(43),
            nonce=nonce,
            code_verifier=verifier,
            vtr=_wanted(settings.level),
        )
    return Begun(url, state, nonce, verifier)


def finish(settings: NhsLoginSettings, redirect_uri: str, code: str, nonce: str, verifier: str) -> Shown:
    """Trade the code for who it is.

    :param code: what the browser brought back.
    :param nonce: of the sign-in that was begun; the token must say it.
    :raises NhsLoginError: when any part of the answer cannot be believed, or the person is not known well enough.
    """
    about = _about(settings)
    try:
        with _session(settings, redirect_uri) as session:
            token = session.fetch_token(
                about["token_endpoint"], code=code, code_verifier=verifier, allow_redirects=False
            )
            claims = _check(settings, about, token, nonce)
            answer = session.get(about["userinfo_endpoint"], allow_redirects=False)
            answer.raise_for_status()
            info = answer.json()
    except (OAuthError, RequestException, JoseError, ValueError, KeyError, TypeError) as error:
        raise NhsLoginError(type(error).__name__) from None
    subject = claims["sub"]
    if not isinstance(info, dict) or not _same(info.get("sub"), subject):
        raise NhsLoginError("userinfo is about somebody else")
    return Shown(claims["iss"], subject, _level(settings.level, claims, info))


def _same(one: object, other: object) -> bool:
    return isinstance(one, str) and isinstance(other, str) and hmac.compare_digest(one.encode(), other.encode())


def _wanted(level: str) -> str:
    """The vectors that are good enough: two things shown, always."""
    return '["' + '","'.join(f"{level}.{things}" for things in ("Cp.Cd", "Cp.Ck", "Cm")) + '"]'


def _check(
    settings: NhsLoginSettings, about: Mapping[str, Any], token: Mapping[str, Any], nonce: str
) -> Mapping[str, Any]:
    """What the ID token says, once it is known to be signed by NHS login, for us, now, for this sign-in."""
    registry = JWSRegistry(algorithms=[_SIGNED_WITH], strict_check_header=False)
    try:
        read = jwt.decode(token["id_token"], _keys(about), registry=registry)
    except InvalidKeyIdError:  # a new key: look once more, and no more than once
        read = jwt.decode(token["id_token"], _keys(about, anew=True), registry=registry)
    claims = CodeIDToken(
        read.claims,
        read.header,
        {
            "iss": {"essential": True, "value": about["issuer"]},
            "aud": {"essential": True, "value": settings.client_id},
            "sub": {"essential": True},
            "exp": {"essential": True},
            "iat": {"essential": True},
            "nonce": {"essential": True, "value": nonce},
        },
        {"nonce": nonce, "client_id": settings.client_id, "access_token": token["access_token"]},
    )
    claims.validate(leeway=_CLOCKS_APART)
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise NhsLoginError("no usable subject")
    return dict(claims)


def _level(wanted: str, claims: Mapping[str, Any], info: Mapping[str, Any]) -> str:
    """How well NHS login knows them: the least of all that it says, and no less than we want."""
    proved, *things = str(claims.get("vot", "")).split(".")
    if proved not in LEVELS or not any(needed <= set(things) for needed in _TWO_THINGS):
        raise NhsLoginError("not shown with two things", NOT_ENOUGH)
    said = [proved]
    for claim in (claims.get("identity_proofing_level"), info.get("identity_proofing_level")):
        if claim is not None:
            said.append(claim if claim in LEVELS else "P0")
    if wanted != "P0" and len(said) == 1:
        raise NhsLoginError("no identity_proofing_level", NOT_ENOUGH)
    least = min(said, key=LEVELS.index)
    if LEVELS.index(least) < LEVELS.index(wanted):
        raise NhsLoginError(f"known at {least}, wanted {wanted}", NOT_ENOUGH)
    return least


def _session(settings: NhsLoginSettings, redirect_uri: str) -> OAuth2Session:
    session = OAuth2Session(
        settings.client_id,
        settings.key,
        token_endpoint_auth_method=PrivateKeyJWT.name,
        scope=_SCOPE,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
        default_timeout=_PATIENCE,
    )
    headers = {"kid": settings.key_id} if settings.key_id else None
    session.register_client_auth_method(PrivateKeyJWT(headers=headers, alg=_SIGNED_WITH))
    return session


_lock = Lock()
_known: dict[str, tuple[float, dict[str, Any]]] = {}


def authorization_origin(settings: NhsLoginSettings) -> str:
    """Where forms of ours lead when they begin a sign-in, for the browser's list of allowed places.

    :raises NhsLoginError: when NHS login cannot be reached.
    """
    return "/".join(_about(settings)["authorization_endpoint"].split("/")[:3])


def _about(settings: NhsLoginSettings) -> dict[str, Any]:
    """What the provider says of itself, from its well-known address; kept for an hour."""
    about = _get(f"{settings.issuer}/.well-known/openid-configuration")
    if str(about.get("issuer", "")).rstrip("/") != settings.issuer:
        raise NhsLoginError("its configuration is of another issuer")
    scheme = settings.issuer.split("://")[0]
    for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"):
        if not str(about.get(name, "")).startswith(f"{scheme}://"):
            raise NhsLoginError(f"its configuration has no {name}")
    return about


def _keys(about: Mapping[str, Any], *, anew: bool = False) -> KeySet:
    found = KeySet.import_key_set(_get(about["jwks_uri"], anew=anew))  # type: ignore[arg-type]  # what it is, it checks
    return KeySet([key for key in found.keys if isinstance(key, RSAKey)])


def _get(url: str, *, anew: bool = False) -> dict[str, Any]:
    with _lock:
        kept = _known.get(url)
    if kept and not anew and time.monotonic() - kept[0] < _KEPT:
        return kept[1]
    try:
        with OAuth2Session() as session:
            answer = session.request(
                "GET", url, withhold_token=True, timeout=_PATIENCE, allow_redirects=False
            )
        answer.raise_for_status()
        found = answer.json()
    except (RequestException, ValueError) as error:
        raise NhsLoginError(f"{type(error).__name__} at {url}") from None
    if answer.status_code != 200 or not isinstance(found, dict):
        raise NhsLoginError(f"no usable answer at {url}")
    with _lock:
        _known[url] = (time.monotonic(), found)
    return found
