"""Reads tokens: JWTs signed with Ed25519 (RFC 7519, RFC 8037), and nothing else."""

import time
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any, Final

import jwt

from services.kit.auth.guard import Caller
from services.kit.auth.keys import Jwks, Key
from services.kit.errors import Unauthenticated

ISSUER: Final = "personakit"
AUDIENCE: Final = "personakit"
ALGORITHM: Final = "EdDSA"
CLAIMS: Final = ("iss", "aud", "sub", "scope", "iat", "exp")
# Clocks of two machines differ by so much; the gateway allows the same.
LEEWAY_SECONDS: Final = 5
# A signature takes some 100 us to check, a token that was checked before 1 us.
REMEMBERED: Final = 1024


class TokenReader:
    """Implements `guard.Tokens` with the keys of a JWKS file.

    Tokens are held to the machine's own time: a test clock opens nothing.
    """

    def __init__(self, jwks: Jwks) -> None:
        self._jwks = jwks
        self._keys: Mapping[str, Key] = {}
        self._verified: Callable[[str], Caller] = partial(_verified, self._keys)

    def read(self, token: str) -> Caller:
        """Returns who the token speaks for; raises `Unauthenticated`."""
        keys = self._jwks.keys()
        if keys is not self._keys:
            self._keys = keys
            self._verified = lru_cache(REMEMBERED)(partial(_verified, keys))
        caller = self._verified(token)
        if caller.expires_at + LEEWAY_SECONDS <= time.time():
            raise _expired()
        return caller


def _verified(keys: Mapping[str, Key], token: str) -> Caller:
    try:
        key = keys[jwt.get_unverified_header(token)["kid"]]
        claims = jwt.decode(
            token,
            key.public,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            leeway=LEEWAY_SECONDS,
            options={"require": list(CLAIMS)},
        )
        return _caller(claims, key)
    except jwt.ExpiredSignatureError:
        raise _expired() from None
    # A header can be any JSON, also one that is nested too deep to read. The cause is not kept:
    # it may quote the token.
    except (jwt.PyJWTError, KeyError, TypeError, ValueError, RecursionError):
        raise Unauthenticated("TOKEN_INVALID", "this is no token of this system") from None


def _caller(claims: Mapping[str, Any], key: Key) -> Caller:
    person = claims.get("person")
    # A bond that cannot be read must not become none.
    if not isinstance(claims["scope"], str) or ("person" in claims and not _is_name(person)):
        raise TypeError("a claim has the wrong type")
    scopes = frozenset(claims["scope"].split())
    allowed = scopes if key.most is None else scopes & key.most
    return Caller(claims["sub"], allowed, person, float(claims["exp"]))


def _is_name(person: object) -> bool:
    return isinstance(person, str) and person != ""


def _expired() -> Unauthenticated:
    return Unauthenticated("TOKEN_EXPIRED", "the token's time is over: get a new one")
