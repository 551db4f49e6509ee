"""Tokens for tests: good ones, and forged ones that no library would make."""

import hmac
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt import PyJWK

from clients.keys import TOKENS, KeyRing

Sign = Callable[[bytes], bytes]
EVERYTHING = "ingest.read ingest.write persona.read"


class Issuer:
    """Issues tokens with the key of a ring in `folder`; whatever is not said is as it should be."""

    def __init__(self, folder: Path, signer: str = TOKENS) -> None:
        self.ring = KeyRing(folder)
        self._path = folder / f"{signer}-key.json"
        if not self._path.exists():
            self.ring.ensure(signer)

    @property
    def jwk(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self._path.read_text())
        return found

    def sign(self, content: bytes) -> bytes:
        key = PyJWK(self.jwk).key
        assert isinstance(key, Ed25519PrivateKey)
        return key.sign(content)

    def token(self, **claims: object) -> str:
        """Returns a token with these claims."""
        return self.forge(claims)

    def forge(
        self,
        claims: Mapping[str, object],
        *,
        header: Mapping[str, object] | None = None,
        sign: Sign | None = None,
        without: str = "",
    ) -> str:
        """Returns what may be no token: the claim or header called `without` is left out."""
        head = {"alg": "EdDSA", "typ": "JWT", "kid": self.jwk["kid"], **(header or {})}
        body = {**good_claims(), **claims}
        for fields in (head, body):
            fields.pop(without, None)
        signed = b".".join(part(fields) for fields in (head, body))
        return b".".join([signed, encode((sign or self.sign)(signed))]).decode()

    def hmac_with_public_key(self, form: str, **claims: object) -> str:
        """What a verifier believes that takes the public key for a shared secret."""
        secret = self._public()[form]

        def sign(content: bytes) -> bytes:
            return hmac.digest(secret, content, "sha256")

        return self.forge(claims, header={"alg": "HS256"}, sign=sign)

    def _public(self) -> dict[str, bytes]:
        raw = urlsafe_b64decode(self.jwk["x"] + "=")
        key = PyJWK(self.jwk).key
        assert isinstance(key, Ed25519PrivateKey)
        pem = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return {"raw": raw, "text": self.jwk["x"].encode(), "pem": pem}


def good_claims() -> dict[str, object]:
    now = int(time.time())
    return {
        "iss": "personakit",
        "aud": "personakit",
        "sub": "an-app",
        "scope": EVERYTHING,
        "iat": now,
        "exp": now + 600,
    }


def unsigned(content: bytes) -> bytes:
    return b""


def by_another_key(content: bytes) -> bytes:
    return Ed25519PrivateKey.generate().sign(content)


def part(fields: Mapping[str, object]) -> bytes:
    return encode(json.dumps(fields).encode())


def encode(content: bytes) -> bytes:
    return urlsafe_b64encode(content).rstrip(b"=")
