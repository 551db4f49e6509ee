"""What `doctor` looks at."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_server

import pytest
from typer.testing import CliRunner

from clients.workbench.checks import machine, server
from clients.workbench.checks.finding import Finding, State
from clients.workbench.main import app
from personakit.gateway.v1 import health_pb2 as health

NOW = datetime(2026, 11, 17, 12, tzinfo=UTC)
SERVING, NOT_SERVING = health.Health.SERVING, health.Health.NOT_SERVING


def states(findings: Iterable[Finding]) -> dict[str, State]:
    return {each.subject: each.state for each in findings}


def test_an_old_python_is_broken() -> None:
    assert machine.python((3, 10)).state is State.BROKEN
    assert machine.python((3, 11)).state is State.FINE


@pytest.mark.parametrize(
    ("name", "state"),
    [("Europe/Berlin", State.FINE), ("UTC", State.DOUBTFUL)],
)
def test_a_zone_of_utc_is_doubtful(name: str, state: State) -> None:
    assert states(machine.time_zone({"PERSONAKIT_TIME_ZONE": name}, NOW)) == {"time zone": state}


def test_a_zone_that_is_none_is_broken() -> None:
    first, *_ = machine.time_zone({"TZ": "Mars/Base"}, NOW)
    assert first.state is State.BROKEN
    assert first.remedy


def test_a_test_clock_that_was_left_behind_is_found(tmp_path: Path) -> None:
    home = {"PERSONAKIT_HOME": str(tmp_path)}
    assert "test clock" not in states(machine.home(home))
    (tmp_path / "clock").write_text("2026-11-17T12:00:00Z")
    assert states(machine.home(home))["test clock"] is State.DOUBTFUL


def test_a_port_is_free_or_named_with_its_holder() -> None:
    with create_server(("127.0.0.1", 0)) as other:
        number = str(other.getsockname()[1])
        taken = machine.port({"PERSONAKIT_PORT": number})
    assert taken.state is State.DOUBTFUL
    assert machine.port({"PERSONAKIT_PORT": number}).state is State.FINE
    assert machine.port({"PERSONAKIT_PORT": "http"}).state is State.BROKEN


def test_a_service_or_a_database_that_does_not_serve_is_broken() -> None:
    found = health.Health(
        services={"ingest": SERVING, "persona": NOT_SERVING}, database=NOT_SERVING
    )
    assert states(server.services(found)) == {
        "ingest": State.FINE,
        "persona": State.BROKEN,
        "database": State.BROKEN,
    }


@pytest.mark.parametrize(("seconds", "state"), [(3, State.FINE), (-60, State.BROKEN)])
def test_clocks_that_differ_are_broken(seconds: int, state: State) -> None:
    assert server.clock(NOW + timedelta(seconds=seconds), NOW).state is state


def test_another_release_is_doubtful() -> None:
    assert server.version("0.1.0", "0.1.0").state is State.FINE
    assert server.version("0.2.0", "0.1.0").state is State.DOUBTFUL


def test_whatever_is_not_fine_has_a_remedy() -> None:
    found = [
        machine.python((3, 9)),
        *machine.time_zone({"TZ": "Mars/Base"}, NOW),
        machine.port({"PERSONAKIT_PORT": "0"}),
        *server.services(health.Health(services={"ingest": NOT_SERVING})),
        server.version("1", "2"),
    ]
    assert all(each.remedy for each in found if each.state is not State.FINE)


def test_doctor_fails_where_nobody_answers() -> None:
    result = CliRunner().invoke(app, ["doctor", "--address", "127.0.0.1:1"])
    assert result.exit_code == 1
    assert "make run" in result.stdout
