"""`mindscape` and `explain`."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from personakit.profiler.v1 import profiler_pb2 as pb
from services.kit.errors import NotFound
from tests.integration.cli.conftest import Run
from tests.integration.cli.fakes import World


def _asked(world: World) -> pb.GetMindscapeRequest:
    (request,) = world.asked(pb.GetMindscapeRequest)
    assert isinstance(request, pb.GetMindscapeRequest)
    return request


def test_the_mindscape_is_drawn_and_listed(run: Run) -> None:
    result = run("mindscape")
    assert result.exit_code == 0, result.output
    for part in ("version 12", "Energy on weekdays", "Energy on weekends", "█", "▲"):
        assert part in result.stdout
    for part in ("work.meeting_recovery", "0.71", "120", "provisional"):
        assert part in result.stdout


def test_a_version_is_asked_for_by_number(run: Run, world: World) -> None:
    assert "version 7" in run("mindscape", "--version", "7").stdout
    assert _asked(world).version == 7


def test_a_time_is_the_persons_own(run: Run, world: World) -> None:
    assert run("mindscape", "--as-of", "2026-01-15").exit_code == 0
    asked = _asked(world).as_of_time.ToDatetime(UTC)
    assert asked == datetime(2026, 1, 14, 15, 0, tzinfo=UTC)


def test_a_version_and_a_time_is_a_misuse(run: Run) -> None:
    assert run("mindscape", "--version", "7", "--as-of", "2026-01-15").exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "versions"),
    [(("--since", "7"), (7, 0)), (("--compare", "7", "9"), (7, 9))],
)
def test_what_changed_between_versions_is_told(
    run: Run, world: World, arguments: tuple[str, ...], versions: tuple[int, int]
) -> None:
    result = run("mindscape", *arguments)
    assert result.exit_code == 0, result.output
    assert f"From version 7 to version {versions[1] or 12}" in result.stdout
    assert "p50 from 45 to 50 minutes" in result.stdout
    (request,) = world.asked(pb.CompareMindscapesRequest)
    assert isinstance(request, pb.CompareMindscapesRequest)
    assert (request.from_version, request.to_version) == versions


def test_a_comparison_as_json(run: Run) -> None:
    answer = json.loads(run("mindscape", "--since", "7", "--json").stdout)
    assert answer["changes"][0]["trait"] == "work.focus_duration"


def test_one_version_and_a_comparison_is_a_misuse(run: Run) -> None:
    assert run("mindscape", "--version", "7", "--since", "3").exit_code == 2


def test_json_is_the_mindscape(run: Run) -> None:
    answer = json.loads(run("mindscape", "--json").stdout)
    assert answer["traits"]["work.peak_hours"]["peak_hours"]["windows"][0]["start"] == "09:00"


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("work.peak_hours", "work.peak_hours"),
        ("peak-hours", "work.peak_hours"),
        ("energy_level", "current_state.energy_level"),
    ],
)
def test_a_trait_is_explained_by_its_full_or_short_name(
    run: Run, world: World, given: str, asked: str
) -> None:
    result = run("explain", given)
    assert result.exit_code == 0, result.output
    assert "50 minutes of work from 09:10" in result.stdout
    assert "8 more sessions would make it no longer provisional" in result.stdout
    (request,) = world.asked(pb.ExplainTraitRequest)
    assert isinstance(request, pb.ExplainTraitRequest)
    assert request.trait == asked


def test_an_explanation_as_json(run: Run) -> None:
    assert json.loads(run("explain", "peak_hours", "--json").stdout)["day_count"] == 40


@pytest.mark.parametrize(
    ("rpc", "reason", "arguments"),
    [
        ("GetMindscape", "MINDSCAPE_NOT_FOUND", ("mindscape",)),
        ("GetMindscape", "VERSION_NOT_FOUND", ("mindscape", "--version", "3")),
        ("CompareMindscapes", "VERSION_NOT_FOUND", ("mindscape", "--since", "3")),
        ("ExplainTrait", "TRAIT_NOT_FOUND", ("explain", "peak_hours")),
    ],
)
def test_what_is_not_there_fails_with_advice(
    run: Run, world: World, rpc: str, reason: str, arguments: tuple[str, ...]
) -> None:
    world.refusals[rpc] = NotFound(reason, "not there")
    result = run(*arguments)
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 2
