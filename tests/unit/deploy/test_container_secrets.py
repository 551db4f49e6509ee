"""Which container gets which secrets, and that nothing is lost or left old."""

import json
from pathlib import Path

import pytest

from clients.keys import KeyRing
from deploy.containers import secrets


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for share in ("keys", *secrets.SHARES):
        (tmp_path / share).mkdir()
    monkeypatch.setenv("PERSONAKIT_SECRETS_ROOT", str(tmp_path))
    secrets.main()
    return tmp_path


def contents(root: Path) -> dict[str, str]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): path.read_text() for path in files}


def test_a_container_has_what_it_needs_and_no_more(root: Path) -> None:
    for share, names in secrets.SHARES.items():
        assert {path.name for path in (root / share).iterdir()} == set(names)


def test_no_container_but_the_one_of_keys_can_make_tokens(root: Path) -> None:
    holders = [path.parent.name for path in root.rglob("token-key.json")]
    assert holders == ["keys"]


def test_only_a_service_itself_and_the_database_know_its_password(root: Path) -> None:
    holders = {path.parent.name for path in root.rglob("database-personakit_persona")}
    assert holders == {"keys", "database", "migrate", "persona"}


def test_secrets_are_read_by_their_owner_alone_but_for_the_database(root: Path) -> None:
    for path in root.rglob("*"):
        if path.is_file() and path.parent.name != "database":
            assert not path.stat().st_mode & 0o077, path


def test_a_second_run_changes_nothing(root: Path) -> None:
    before = contents(root)
    secrets.main()
    assert contents(root) == before


def test_a_rotated_key_reaches_those_who_believe_it(root: Path) -> None:
    kid = KeyRing(root / "keys").rotate("token")
    secrets.main()
    for share, names in secrets.SHARES.items():
        if "jwks.json" in names:
            jwks = json.loads((root / share / "jwks.json").read_text())
            assert kid in {key["kid"] for key in jwks["keys"]}


def test_a_service_signs_with_a_new_key_only_when_all_believe_it(root: Path) -> None:
    KeyRing(root / "keys").rotate("persona")
    secrets.main()
    believed = [
        (root / share / "jwks.json").stat().st_mtime_ns
        for share in secrets.SHARES
        if "jwks.json" in secrets.SHARES[share]
    ]
    signs = (root / "persona" / "persona-key.json").stat().st_mtime_ns
    assert max(believed) <= signs
