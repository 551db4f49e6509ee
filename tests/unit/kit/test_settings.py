"""Settings, the clock they choose, and where sockets go."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.kit.clock import FileClock, SystemClock
from services.kit.errors import BadSetting
from services.kit.settings import Settings, is_loopback
from services.kit.sockets import LONGEST_RUN_DIR, run_dir


def settings(**environment: str) -> Settings:
    return Settings.from_environment(environment)


def test_a_service_has_its_own_role_and_password(tmp_path: Path) -> None:
    (tmp_path / "database-personakit_ingest").write_text("pass/word\n")
    read = settings(
        DATABASE_URL="postgresql://owner:own@db:5432/kit", PERSONAKIT_SECRETS=str(tmp_path)
    )
    url = "postgresql://personakit_ingest:pass%2Fword@db:5432/kit"
    assert read.database_url("ingest") == url
    assert "owner:own" not in repr(read)


def test_a_missing_secret_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="signing-key"):
        settings(PERSONAKIT_SECRETS=str(tmp_path)).secret("signing-key")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://db/kit"),
        ("DATABASE_URL", "postgresql://db:many/kit"),
        ("PERSONAKIT_TIME_ZONE", "Mars/Olympus"),
        ("PERSONAKIT_TIME_ZONE", "../etc/passwd"),
        ("PERSONAKIT_POOL_SIZE", "0"),
        ("PERSONAKIT_LOG_LEVEL", "loud"),
        ("PERSONAKIT_AUTH", "true"),
        ("PERSONAKIT_OBSERVATION_RETENTION_DAYS", "-1"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        settings(**{name: value})


def test_tokens_are_asked_for_when_switched_on_with_the_keys_among_the_secrets() -> None:
    assert not settings().auth
    asked = settings(PERSONAKIT_AUTH="on", PERSONAKIT_SECRETS="/kept")
    assert (asked.auth, asked.jwks) == (True, Path("/kept/jwks.json"))
    assert settings(PERSONAKIT_JWKS="/elsewhere.json").jwks == Path("/elsewhere.json")


def test_a_service_without_a_key_has_no_identity_where_it_needs_one(tmp_path: Path) -> None:
    assert settings(PERSONAKIT_SECRETS=str(tmp_path)).identity("persona") is None
    with pytest.raises(BadSetting, match="persona-key"):
        settings(PERSONAKIT_SECRETS=str(tmp_path), PERSONAKIT_AUTH="on").identity("persona")


def test_the_test_clock_counts_only_when_asked_for_and_on_this_machine(tmp_path: Path) -> None:
    home = str(tmp_path)
    asked = {"PERSONAKIT_HOME": home, "PERSONAKIT_TEST_CLOCK": "1"}
    assert isinstance(settings(PERSONAKIT_HOME=home).clock(), SystemClock)
    assert isinstance(settings(**asked).clock(), FileClock)
    beyond = settings(**asked, PERSONAKIT_INGEST_ADDRESS="0.0.0.0:50051")
    assert isinstance(beyond.clock(), SystemClock)


def test_the_file_clock_reads_the_file_and_falls_back_to_the_machine(tmp_path: Path) -> None:
    path = tmp_path / "clock"
    clock = FileClock(path)
    assert abs((clock.now() - datetime.now(UTC)).total_seconds()) < 5
    path.write_text("2026-11-17T10:40:00+01:00\n")
    assert clock.now() == datetime(2026, 11, 17, 9, 40, tzinfo=UTC)
    path.write_text("2026-11-17T10:40:00")
    assert clock.now() == datetime(2026, 11, 17, 10, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("unix:/run/x.sock", True),
        ("127.0.0.1:1", True),
        ("[::1]:1", True),
        ("localhost:1", True),
        ("0.0.0.0:1", False),
        ("[::]:1", False),
        ("10.0.0.1:1", False),
    ],
)
def test_loopback_is_told_from_the_rest(address: str, local: bool) -> None:
    assert is_loopback(address) is local


def test_sockets_of_a_long_home_go_to_a_short_folder() -> None:
    assert run_dir(Path("/home/ana/.personakit")) == Path("/home/ana/.personakit/run")
    long = run_dir(Path("/" + "x" * 120))
    assert len(str(long)) <= LONGEST_RUN_DIR
    assert long != run_dir(Path("/" + "y" * 120))
