"""The public keys that tokens are checked with: a JWKS file, read again whenever it changes."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from jwt import PyJWK, PyJWTError

from services.kit.errors import BadSetting

log = logging.getLogger(__name__)

CURVE: Final = "Ed25519"


@dataclass(frozen=True)
class Key:
    """A key whose signature is believed; `most` is all that its tokens may do, None: anything."""

    public: Ed25519PublicKey
    most: frozenset[str] | None


class Jwks:
    """The keys of a JWKS file (RFC 7517), by `kid`.

    Only Ed25519 keys count. A key's member `scope` (ours, not the RFC's) is the most that its
    tokens may do. Raises `BadSetting` if the file cannot be used at the start; later, the keys
    before stay until the file can be used again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._state = state_of(path)
        self._keys = _read(path)

    def keys(self) -> Mapping[str, Key]:
        """Returns the keys now: the same object for as long as the file is the same."""
        state = state_of(self._path)
        if state != self._state:
            self._state = state
            self._read_again()
        return self._keys

    def _read_again(self) -> None:
        try:
            self._keys = _read(self._path)
            log.info("keys read", extra={"keys": sorted(self._keys)})
        except BadSetting as error:
            log.error("the keys stay as they were", extra={"error": str(error)})


def state_of(path: Path) -> tuple[int, int, int]:
    """Returns what differs once the file was written anew; a file that is not there has one too."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return found.st_mtime_ns, found.st_size, found.st_ino


def _read(path: Path) -> dict[str, Key]:
    try:
        keys = {str(jwk["kid"]): _key(jwk) for jwk in json.loads(path.read_text())["keys"]}
    except OSError as error:
        raise BadSetting(f"no keys to check callers with: {error}") from error
    except (ValueError, KeyError, TypeError, AttributeError, PyJWTError) as error:
        raise BadSetting(f"{path} is no set of {CURVE} keys: {error!r}") from error
    if not keys:
        raise BadSetting(f"{path} has no key")
    return keys


def _key(jwk: dict[str, str]) -> Key:
    public = PyJWK(jwk).key
    if not isinstance(public, Ed25519PublicKey):
        raise TypeError(f"{jwk['kid']} is no public {CURVE} key")
    most = jwk.get("scope")
    return Key(public, None if most is None else frozenset(most.split()))
