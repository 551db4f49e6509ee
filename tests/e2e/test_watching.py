"""Watching through the gateway, over REST and over gRPC, on the whole running system."""

import asyncio
import http.client
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest

from personakit.persona.v1 import persona_pb2 as pb
from personakit.persona.v1.persona_pb2_grpc import PersonaServiceStub
from tests.e2e.stack import Run
from tests.e2e.test_journey import the_time_is

# A Tuesday, 09:40 in Berlin.
MORNING = datetime(2026, 11, 17, 8, 40, tzinfo=UTC)
Response = pb.WatchSuggestionsResponse


@contextmanager
def lines(stack: Run, path: str) -> Iterator[Iterator[dict[str, Any]]]:
    """Yields what is told over REST, line by line as it comes."""
    connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    assert answer.status == http.client.OK
    try:
        yield (json.loads(line) for line in iter(answer.readline, b""))
    finally:
        connection.close()


def record(stack: Run, person: str, **kind: object) -> None:
    body = {"person_id": person, "time_zone": "Europe/Berlin", **kind}
    stack.ask("POST", "/v1/observations", body)
    stack.ask("GET", f"/v1/people/{person}/processing:wait")


def session(days_ago: int) -> dict[str, object]:
    start = MORNING - timedelta(days=days_ago)
    return {"start_time": start.isoformat(), "duration_minutes": 60, "productivity_score": 4}


def test_versions_are_told_over_rest_as_they_are_made(stack: Run) -> None:
    with the_time_is(stack, MORNING):
        record(stack, "watched", work_session=session(1))
        with lines(stack, "/v1/people/watched/mindscape:watch") as told:
            assert next(told)["version"] == 1
            record(stack, "watched", work_session=session(2))
            assert next(told)["version"] == 2


def test_suggestions_are_told_over_rest_when_the_clock_comes_to_a_meeting(stack: Run) -> None:
    with the_time_is(stack, MORNING):
        record(stack, "planned", work_session=session(1))
        meeting = {
            "start_time": (MORNING + timedelta(hours=1)).isoformat(),
            "end_time": (MORNING + timedelta(hours=2)).isoformat(),
            "kind": "MEETING",
        }
        with lines(stack, "/v1/suggestions:watch?person_id=planned") as told:
            first = next(told)
            assert first["causes"] == ["STARTED"]
            record(stack, "planned", calendar_event=meeting)
            assert "TRAITS_CHANGED" in next(told)["causes"]
            (stack.home / "clock").write_text((MORNING + timedelta(minutes=31)).isoformat())
            near = next(told)
            assert "MEETING" in near["causes"]
            assert "meeting_preparation" in near["suggestion_types"]
            assert near["resume_token"] != first["resume_token"]


async def test_a_stream_goes_on_over_grpc_where_another_ended(stack: Run) -> None:
    with the_time_is(stack, MORNING):
        record(stack, "resumed", work_session=session(1))
        async with grpc.aio.insecure_channel(f"127.0.0.1:{stack.port}") as channel:
            persona = PersonaServiceStub(channel)
            request = pb.WatchSuggestionsRequest(person_id="resumed")
            stream = persona.WatchSuggestions(request)
            first = await told(aiter(stream))
            assert list(first.causes) == [Response.STARTED]
            stream.cancel()
            await asyncio.to_thread(record, stack, "resumed", work_session=session(2))
            request.resume_token = first.resume_token
            missed = await told(aiter(persona.WatchSuggestions(request)))
            assert list(missed.causes) == [Response.TRAITS_CHANGED]
            assert missed.mindscape_version == 2


async def told(stream: AsyncIterator[Response]) -> Response:
    async with asyncio.timeout(5):
        return await anext(stream)


def test_a_forged_token_is_refused_over_rest(stack: Run) -> None:
    status, answer = stack.call("GET", "/v1/suggestions:watch?person_id=ana&resume_token=x")
    reasons = [detail.get("reason") for detail in answer["details"]]
    assert (status, reasons[0]) == (http.client.BAD_REQUEST, "RESUME_TOKEN_INVALID")


@pytest.mark.parametrize("streams", [800])
async def test_hundreds_of_silent_streams_keep_no_place_from_calls(
    stack: Run, streams: int
) -> None:
    """More than the gateway lets through of calls that work."""
    async with grpc.aio.insecure_channel(f"127.0.0.1:{stack.port}") as channel:
        persona = PersonaServiceStub(channel)
        request = pb.WatchSuggestionsRequest(person_id="nobody-watched")
        calls = [persona.WatchSuggestions(request) for _ in range(streams)]
        begun = await asyncio.gather(*(anext(aiter(call)) for call in calls))
        assert {tuple(one.causes) for one in begun} == {(Response.STARTED,)}
        status, _ = await asyncio.to_thread(stack.call, "GET", "/v1/people/nobody/mindscape")
        assert status == http.client.NOT_FOUND
        for call in calls:
            call.cancel()


def test_the_command_tells_each_change_until_it_is_interrupted(stack: Run) -> None:
    with the_time_is(stack, MORNING):
        record(stack, "told", work_session=session(1))
        command = [sys.executable, "-m", "clients.cli.main", "--person", "told"]
        address = ["--address", f"127.0.0.1:{stack.port}"]
        with running([*command, *address, "watch"]) as process:
            assert process.stdout
            assert process.stdout.readline().startswith("09:40  as things stand: ")
            record(stack, "told", work_session=session(2))
            assert process.stdout.readline().startswith("09:40  more is known: ")
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=30)
        assert (process.returncode, said) == (0, "")


@contextmanager
def running(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """Runs a command that Ctrl-C reaches, though tests that run in the background inherit none;
    and leaves nothing of it behind."""
    pipe, before = subprocess.PIPE, signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True)
    signal.signal(signal.SIGINT, before)
    with process:
        try:
            yield process
        finally:
            process.kill()
