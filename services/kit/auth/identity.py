"""A service's own identity: short tokens, signed with its own key, for what it asks of others."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import jwt
from jwt import PyJWK

from services.kit.auth.keys import state_of
from services.kit.auth.tokens import ALGORITHM, AUDIENCE, ISSUER
from services.kit.errors import BadSetting

LIFETIME_SECONDS: Final = 300
# A call may take a while, and the clock of the service it goes to may be ahead.
RENEWED_BEFORE_SECONDS: Final = 60


class Identity:
    """Makes tokens for `subject` with the private key in a file: a JWK with `kid` and `scope`.

    The scope is what the service may do; its key in the JWKS allows no more. Raises `BadSetting` if
    the file cannot be used.
    """

    def __init__(self, subject: str, path: Path, seconds: Callable[[], float] = time.time) -> None:
        self._subject = subject
        self._path = path
        self._seconds = seconds
        self._state = state_of(path)
        self._renew(seconds())

    def token(self) -> str:
        """Returns a token of the present key that is good for another minute at least."""
        now, state = self._seconds(), state_of(self._path)
        if state != self._state or now + RENEWED_BEFORE_SECONDS > self._until:
            self._renew(now)
            self._state = state
        return self._token

    def _renew(self, now: float) -> None:
        self._token = self._minted(int(now))
        self._until = now + LIFETIME_SECONDS

    def _minted(self, now: int) -> str:
        key, kid, scope = _signing_key(self._path)
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": self._subject,
            "scope": scope,
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
        }
        return jwt.encode(claims, key, ALGORITHM, headers={"kid": kid})


def _signing_key(path: Path) -> tuple[PyJWK, str, str]:
    try:
        jwk = json.loads(path.read_text())
        kid, scope = str(jwk["kid"]), str(jwk["scope"])
        return PyJWK(jwk), kid, scope
    except OSError as error:
        raise BadSetting(f"no key for this service's own calls: {error}") from error
    except (ValueError, KeyError, TypeError, jwt.PyJWTError):
        # Without the cause, which may quote the key.
        raise BadSetting(f"{path} is no private key with `kid` and `scope`") from None
