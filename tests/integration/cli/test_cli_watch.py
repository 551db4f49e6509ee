"""`watch`: a line a change, on the person's clock, and streams that end are continued."""

import json
from datetime import UTC, datetime

import pytest

from personakit.persona.v1 import persona_pb2 as persona
from services.kit.errors import Unavailable
from services.kit.times import timestamp
from tests.integration.cli.conftest import Run
from tests.integration.cli.fakes import World

Response = persona.WatchSuggestionsResponse


def change(*causes: "Response.Cause.ValueType", types: tuple[str, ...] = ("break",)) -> Response:
    return Response(
        causes=causes,
        change_time=timestamp(datetime(2026, 11, 17, 1, 30, tzinfo=UTC)),
        suggestion_types=types,
        mindscape_version=7,
        resume_token=f"after-{len(causes)}",
    )


@pytest.fixture
def changing(world: World) -> World:
    world.changes = [
        change(Response.STARTED),
        change(Response.TRAITS_CHANGED, Response.MEETING, types=()),
    ]
    return world


def test_each_change_is_a_line_on_the_persons_clock(run: Run, changing: World) -> None:
    lines = run("watch").stdout.splitlines()
    # In Tokyo it is 10:30.
    assert lines == [
        "10:30  as things stand: break",
        "10:30  more is known, a meeting is near, begins or is over: nothing to suggest",
    ]


def test_a_stream_that_ends_is_continued_after_the_last_change(run: Run, changing: World) -> None:
    result = run("watch")
    first, second = changing.asked(persona.WatchSuggestionsRequest)
    assert first == persona.WatchSuggestionsRequest(person_id="ana")
    assert second == persona.WatchSuggestionsRequest(person_id="ana", resume_token="after-2")
    assert result.exit_code == 1


def test_of_somebody_who_is_not_known_yet_it_says_so(run: Run, world: World) -> None:
    known, unknown = change(Response.TRAITS_CHANGED), change(Response.STARTED, types=())
    unknown.mindscape_version = 0
    world.changes = [unknown, known]
    result = run("watch")
    assert len(result.stdout.splitlines()) == 2
    assert result.stderr.count("ana") == 1


def test_as_json_each_change_is_a_line_too(run: Run, changing: World) -> None:
    lines = [json.loads(line) for line in run("watch", "--json").stdout.splitlines()]
    assert [line["causes"] for line in lines] == [["STARTED"], ["TRAITS_CHANGED", "MEETING"]]


def test_a_mapper_can_be_watched(run: Run, changing: World) -> None:
    run("watch", "--mapper", "sql_coach")
    request = changing.asked(persona.WatchSuggestionsRequest)[0]
    assert isinstance(request, persona.WatchSuggestionsRequest)
    assert request.mapper_id == "sql_coach"


def test_a_server_that_is_not_there_is_said_at_once(run: Run, world: World) -> None:
    world.refusals["WatchSuggestions"] = Unavailable("SERVICE_UNAVAILABLE", "not now")
    result = run("watch")
    assert (result.exit_code, result.stdout) == (3, "")
