"""`token` and `keys`, with what they make read as a service reads it."""

from __future__ import annotations

import stat
import time
from pathlib import Path

import pytest

from clients.cli.tokens import scopes
from services.kit.auth.keys import Jwks
from services.kit.auth.tokens import TokenReader
from services.kit.errors import Unauthenticated
from tests.contracts import methods, scope
from tests.integration.cli.conftest import Run

WRITE = ("--scope", "ingest.write")


@pytest.fixture
def secrets(bare: Run, tmp_path: Path) -> Path:
    assert bare("keys", "make").exit_code == 0
    return tmp_path / "secrets"


@pytest.fixture
def reader(secrets: Path) -> TokenReader:
    return TokenReader(Jwks(secrets / "jwks.json"))


def minted(bare: Run, *arguments: str) -> str:
    result = bare("token", *arguments)
    assert result.exit_code == 0, result.stderr
    (line,) = result.stdout.splitlines()
    return line


def test_a_token_says_what_was_asked_for(bare: Run, reader: TokenReader) -> None:
    token = minted(
        bare, "--sub", "coach", "--scope", "ingest.write persona.read", "--person", "ana"
    )
    caller = reader.read(token)
    assert (caller.subject, caller.person) == ("coach", "ana")
    assert caller.scopes == {"ingest.write", "persona.read"}


@pytest.mark.parametrize(("text", "seconds"), [("30m", 1800), ("12h", 43200), ("90d", 7776000)])
def test_a_token_ends_when_it_was_asked_to(
    bare: Run, reader: TokenReader, text: str, seconds: int
) -> None:
    ends = reader.read(minted(bare, *WRITE, "--expires", text)).expires_at
    assert ends - time.time() == pytest.approx(seconds, abs=10)


def test_the_person_of_the_environment_binds_no_token(bare: Run, reader: TokenReader) -> None:
    result = bare("token", *WRITE, PERSONAKIT_PERSON="ana")
    assert reader.read(result.stdout.strip()).person is None


def test_all_is_every_scope_but_those_of_the_services_among_themselves(
    bare: Run, reader: TokenReader
) -> None:
    granted = reader.read(minted(bare, "--scope", "all")).scopes
    needed = {scope(method) for method in methods()} - {""}
    assert granted == set(scopes()) == {one for one in needed if not one.endswith(".internal")}


@pytest.mark.parametrize(
    "arguments",
    [
        ("token",),
        ("token", "--scope", ""),
        ("token", "--scope", "ingest.wriet"),
        ("token", "--scope", "person_data.internal"),
        ("token", *WRITE, "--person", "two words"),
        *(("token", *WRITE, "--expires", text) for text in ("0h", "1", "-1h", "400d", "1y", "٣h")),
    ],
)
def test_what_makes_no_sense_makes_no_token(
    bare: Run, secrets: Path, arguments: tuple[str, ...]
) -> None:
    result = bare(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")


def test_without_a_key_the_way_to_one_is_said(bare: Run) -> None:
    result = bare("token", *WRITE)
    assert result.exit_code == 1
    assert "keys make" in result.stderr


def test_without_keys_the_list_says_how_to_make_them(bare: Run) -> None:
    result = bare("keys")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "keys make" in result.stderr


def test_making_keys_tells_which_there_are(bare: Run) -> None:
    made = bare("keys", "make").stdout
    assert made == bare("keys").stdout
    assert [line.partition("-")[0] for line in made.splitlines()] == ["token", "ingest", "persona"]


def test_keys_are_for_their_owner_only(secrets: Path) -> None:
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets.iterdir()} == {0o600}


def test_making_keys_again_changes_none(bare: Run, secrets: Path) -> None:
    before = {path: path.read_text() for path in secrets.iterdir()}
    assert bare("keys", "make").exit_code == 0
    assert {path: path.read_text() for path in secrets.iterdir()} == before


def test_a_rotated_key_is_believed_until_it_is_retired(bare: Run, reader: TokenReader) -> None:
    old = minted(bare, *WRITE)
    kid = bare("keys").stdout.split()[0]
    assert bare("keys", "retire", kid).exit_code == 1
    assert bare("keys", "rotate").exit_code == 0
    new = minted(bare, *WRITE)
    assert reader.read(old).scopes == reader.read(new).scopes
    assert bare("keys", "retire", kid).exit_code == 0
    assert kid not in bare("keys").stdout
    with pytest.raises(Unauthenticated):
        reader.read(old)
    assert reader.read(new)


def test_a_services_key_keeps_its_limit_when_it_is_rotated(bare: Run, secrets: Path) -> None:
    new = bare("keys", "rotate", "persona").stdout.strip()
    most = Jwks(secrets / "jwks.json").keys()[new].most
    assert most == frozenset({"profiler.read", "feedback.read", "ingest.read"})


def test_no_command_shows_a_private_key(bare: Run, secrets: Path) -> None:
    said = "".join(
        result.stdout + result.stderr
        for result in (bare("keys"), bare("keys", "rotate"), bare("token", *WRITE))
    )
    for path in secrets.glob("*-key.json"):
        assert path.read_text().split('"d": "')[1][:43] not in said
