"""The keys that tokens are signed with: one private key a signer, and the JWKS that all believe.

What is written replaces a file as a whole, so that nobody ever reads half of one.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeAlias

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

Jwk: TypeAlias = dict[str, str]

ALGORITHM: Final = "EdDSA"
ISSUER: Final = "personakit"
AUDIENCE: Final = "personakit"
TOKENS: Final = "token"
"""The signer of the tokens that people and apps are given."""
SERVICES: Final = {
    "ingest": "person_data.internal",
    "persona": "profiler.read feedback.read ingest.read",
}
"""What each service that calls others may do there; the other services have no key."""


class BadKey(Exception):
    """A key cannot be used for what was asked; the message says why."""


@dataclass(frozen=True)
class Grant:
    """What a token allows: `scope` in words separated by spaces, for one `person` or ("") any."""

    subject: str
    scope: str
    person: str = ""


class KeyRing:
    """The keys in a folder: `jwks.json`, and `NAME-key.json` for each signer.

    A key's `scope`, in both, is the most that its tokens may do; without one, anything.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._jwks = folder / "jwks.json"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> KeyRing:
        """The keys of PERSONAKIT_SECRETS, else of PERSONAKIT_HOME, else of `.personakit`."""
        home = Path(environment.get("PERSONAKIT_HOME") or ".personakit")
        return cls(Path(environment.get("PERSONAKIT_SECRETS") or home / "secrets"))

    def make(self) -> None:
        """Makes the folder and the keys that are not there yet."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.ensure(TOKENS)
        for service, scope in SERVICES.items():
            self.ensure(service, scope)

    def ensure(self, signer: str, scope: str = "") -> None:
        """Makes the signer a key, unless it has one for exactly this scope."""
        held = self._signing(signer)
        if held is None or held.get("scope", "") != scope:
            self._make(signer, scope)
            if held is not None:
                self.retire(held["kid"])

    def rotate(self, signer: str) -> str:
        """Gives the signer a new key and returns its `kid`; the old one is still believed."""
        return self._make(signer, self._held(signer).get("scope", ""))

    def retire(self, kid: str) -> None:
        """No longer believes a key; raises `BadKey` if it is unknown, or its signer's present one.

        From then on its tokens are worth nothing.
        """
        believed = self.believed()
        if kid not in {jwk["kid"] for jwk in believed}:
            raise BadKey(f"There is no key {kid}")
        if kid in self.signing():
            raise BadKey(f"{kid} still signs: rotate first")
        self._write(self._jwks, {"keys": [jwk for jwk in believed if jwk["kid"] != kid]})

    def believed(self) -> list[Jwk]:
        """Returns the public keys, oldest first."""
        found: list[Jwk] = self._read(self._jwks).get("keys", [])
        return found

    def signing(self) -> dict[str, str]:
        """Returns the present signers by the `kid` of their key."""
        names = (path.name.removesuffix("-key.json") for path in self._folder.glob("*-key.json"))
        return {self._held(name)["kid"]: name for name in names}

    def sign(self, grant: Grant, now: datetime, lifetime: timedelta) -> str:
        """Returns a token; raises `BadKey` if there is no key here."""
        key = self._held(TOKENS)
        claims: dict[str, object] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": grant.subject,
            "scope": grant.scope,
            "iat": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
        }
        if grant.person:
            claims["person"] = grant.person
        return jwt.encode(claims, jwt.PyJWK(key), ALGORITHM, headers={"kid": key["kid"]})

    def _make(self, signer: str, scope: str) -> str:
        most = {"scope": scope} if scope else {}
        named = {"kid": f"{signer}-{secrets.token_hex(4)}", "alg": ALGORITHM, "use": "sig", **most}
        private = OKPAlgorithm.to_jwk(Ed25519PrivateKey.generate(), as_dict=True) | named
        public = {name: value for name, value in private.items() if name != "d"}
        # First believed, then used.
        self._write(self._jwks, {"keys": [*self.believed(), public]})
        self._write(self._private(signer), private)
        return named["kid"]

    def _held(self, signer: str) -> Jwk:
        held = self._signing(signer)
        if held is None:
            raise BadKey(f"{self._private(signer)} is not there: `persona-kit keys make` makes it")
        return held

    def _signing(self, signer: str) -> Jwk | None:
        return self._read(self._private(signer)) or None

    def _private(self, signer: str) -> Path:
        return self._folder / f"{signer}-key.json"

    def _read(self, path: Path) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads(path.read_text())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise BadKey(f"{path} cannot be read: {error}") from error
        return found

    def _write(self, path: Path, content: Mapping[str, object]) -> None:
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(content, file, indent=2)
        fresh.replace(path)
