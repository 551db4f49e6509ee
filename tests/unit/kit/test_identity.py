"""A service's own tokens: for what its key is for, and made anew in time."""

from pathlib import Path

import jwt
import pytest

from clients.keys import KeyRing
from services.kit.auth.identity import LIFETIME_SECONDS, Identity
from services.kit.auth.keys import Jwks
from services.kit.auth.tokens import TokenReader
from services.kit.errors import BadSetting


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    ring = KeyRing(tmp_path)
    ring.ensure("persona", "profiler.read")
    return ring


def test_its_token_says_who_it_is_and_what_its_key_is_for(ring: KeyRing, tmp_path: Path) -> None:
    token = Identity("persona", tmp_path / "persona-key.json").token()
    caller = TokenReader(Jwks(tmp_path / "jwks.json")).read(token)
    assert (caller.subject, caller.person) == ("persona", None)
    assert caller.scopes == {"profiler.read"}


def test_a_token_is_kept_while_it_lasts_and_then_made_anew(ring: KeyRing, tmp_path: Path) -> None:
    now = 1_800_000_000.0
    identity = Identity("persona", tmp_path / "persona-key.json", lambda: now)
    first = identity.token()
    now += LIFETIME_SECONDS - 61
    assert identity.token() == first
    now += 2
    assert identity.token() != first


def test_a_rotated_key_signs_from_the_next_call_on(ring: KeyRing, tmp_path: Path) -> None:
    identity = Identity("persona", tmp_path / "persona-key.json")
    kid = ring.rotate("persona")
    token = identity.token()
    assert jwt.get_unverified_header(token)["kid"] == kid
    assert identity.token() == token


@pytest.mark.parametrize("content", [None, "", "{}", "[]", '{"kty": "OKP"}'])
def test_no_key_is_no_identity(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "persona-key.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(BadSetting):
        Identity("persona", path)
