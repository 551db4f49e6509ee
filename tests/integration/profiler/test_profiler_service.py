"""The profiler as a client meets it: gRPC in front, Postgres behind, ingest's tasks in between."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import grpc
import pytest
from google.protobuf.json_format import ParseDict

from personakit.ingest.v1 import ingest_pb2 as ingest_pb
from personakit.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from personakit.profiler.v1 import profiler_pb2 as pb
from personakit.profiler.v1.profiler_pb2_grpc import ProfilerServiceStub
from services.ingest.main import assemble as assemble_ingest
from services.ingest.store import PostgresObservations
from services.kit.database import Database
from services.kit.settings import Settings
from services.profiler.main import assemble
from tests.conftest import Serve
from tests.refusals import refusal_of

# 09:00 on a Tuesday in Tokyo.
SESSION = {
    "start_time": "2026-11-17T00:00:00Z",
    "duration_minutes": 90,
    "productivity_score": 4,
    "interruptions": 1,
}
# 10:40 of the same morning.
NOW = "2026-11-17T01:40:00+00:00"


@dataclass(frozen=True)
class Stack:
    """Ingest and the profiler on one database."""

    ingest: IngestServiceStub
    profiler: ProfilerServiceStub

    async def record(self, **kind: object) -> str:
        """Records an observation of ana's and returns its id."""
        fields = {"person_id": "ana", "time_zone": "Asia/Tokyo", **kind}
        observation = ParseDict(fields, ingest_pb.Observation())
        request = ingest_pb.RecordObservationRequest(observation=observation)
        return (await self.ingest.RecordObservation(request)).observation_id

    async def standup(self, event: Mapping[str, object]) -> str:
        """Records a meeting that a calendar knows by a name."""
        return await self.record(source="calendar", source_id="standup", calendar_event=event)

    async def processed(self) -> pb.ProcessingStatus:
        return await self.profiler.WaitProcessed(pb.WaitProcessedRequest(person_id="ana"))

    async def mindscape(self, **fields: object) -> pb.Mindscape:
        request = ParseDict({"person_id": "ana", **fields}, pb.GetMindscapeRequest())
        return await self.profiler.GetMindscape(request)

    async def compare(self, **versions: int) -> pb.CompareMindscapesResponse:
        request = pb.CompareMindscapesRequest(person_id="ana", **versions)
        return await self.profiler.CompareMindscapes(request)


@pytest.fixture
async def stack(settings: Settings, serve: Serve) -> Stack:
    (settings.home / "clock").write_text(NOW)
    ingest = IngestServiceStub(await serve(assemble_ingest))
    return Stack(ingest, ProfilerServiceStub(await serve(assemble)))


async def test_one_session_is_enough_for_a_first_picture(stack: Stack) -> None:
    await stack.record(work_session=SESSION)
    status = await stack.processed()
    assert (status.pending, status.failed, status.mindscape_version) == (0, 0, 1)
    mindscape = await stack.mindscape()
    traits = mindscape.traits
    assert (mindscape.version, mindscape.time_zone) == (1, "Asia/Tokyo")
    assert traits["work.focus_duration"].focus_duration.p50_minutes == 90
    peak = traits["work.peak_hours"].peak_hours.windows[0]
    assert peak.start <= "09:00" < peak.end
    cost = traits["work.task_switching_cost"].task_switching_cost
    assert cost.level == pb.TaskSwitchingCost.MEDIUM
    level = traits["current_state.energy_level"].energy_level
    assert (level.level, level.worked_minutes_today) == (pb.EnergyLevel.HIGH, 90)
    assert all(trait.provisional and trait.n == 1 for trait in traits.values())
    assert "work.meeting_recovery" not in traits


async def test_a_person_nobody_knows_has_no_mindscape(stack: Stack) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stack.mindscape()
    refusal = refusal_of(caught.value)
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.NOT_FOUND, "MINDSCAPE_NOT_FOUND")


async def test_what_was_believed_before_can_still_be_read(stack: Stack, settings: Settings) -> None:
    await stack.record(work_session=SESSION)
    await stack.processed()
    (settings.home / "clock").write_text("2026-11-17T03:00:00+00:00")
    later = SESSION | {"start_time": "2026-11-17T02:00:00Z", "duration_minutes": 30}
    await stack.record(work_session=later)
    await stack.processed()
    assert (await stack.mindscape()).version == 2
    for moment in ({"version": "1"}, {"as_of_time": "2026-11-17T02:30:00Z"}):
        before = await stack.mindscape(**moment)
        assert before.version == 1
        assert before.traits["work.focus_duration"].n == 1
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stack.mindscape(version="7")
    refusal = refusal_of(caught.value)
    assert (refusal.reason, refusal.metadata) == ("VERSION_NOT_FOUND", {"kept_versions": "2"})


async def test_two_versions_are_compared_in_words(stack: Stack) -> None:
    for minutes in (30, 40, 90):
        start = f"2026-11-17T0{minutes // 30}:00:00Z"
        await stack.record(
            work_session=SESSION | {"start_time": start, "duration_minutes": minutes}
        )
        await stack.processed()
    newest = await stack.compare()
    assert (newest.from_version, newest.to_version) == (2, 3)
    whole = await stack.compare(from_version=1, to_version=3)
    assert [one.trait for one in whole.changes] == sorted(one.trait for one in whole.changes)
    (focus,) = [one for one in whole.changes if one.trait == "work.focus_duration"]
    assert (focus.before.n, focus.after.n) == (1, 3)
    assert focus.says.startswith("p50 from 30 to ")
    assert "2 observations more" in focus.says
    first = await stack.compare(to_version=1)
    assert (first.from_version, first.HasField("from_time")) == (0, False)
    assert {one.says for one in first.changes} == {"new, from 1 observation"}
    assert not (await stack.compare(from_version=3)).changes


async def test_a_version_that_is_not_kept_cannot_be_compared(stack: Stack) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stack.compare()
    assert refusal_of(caught.value).reason == "MINDSCAPE_NOT_FOUND"
    await stack.record(work_session=SESSION)
    await stack.processed()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stack.compare(from_version=4)
    refusal = refusal_of(caught.value)
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.NOT_FOUND, "VERSION_NOT_FOUND")
    assert refusal.metadata == {"kept_versions": "1"}


async def test_versions_are_listed_page_by_page_newest_first(stack: Stack) -> None:
    for minutes in (30, 40, 50):
        await stack.record(work_session=SESSION | {"duration_minutes": minutes})
        await stack.processed()
    request = pb.ListMindscapeVersionsRequest(person_id="ana", page_size=2)
    first = await stack.profiler.ListMindscapeVersions(request)
    request.page_token = first.next_page_token
    second = await stack.profiler.ListMindscapeVersions(request)
    assert [one.version for one in (*first.versions, *second.versions)] == [3, 2, 1]
    assert second.next_page_token == ""


async def test_a_foreign_page_token_is_refused(stack: Stack) -> None:
    request = pb.ListMindscapeVersionsRequest(person_id="ana", page_token="nonsense")
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stack.profiler.ListMindscapeVersions(request)
    assert refusal_of(caught.value).reason == "INVALID_PAGE_TOKEN"


async def test_a_trait_is_explained_by_its_observations(stack: Stack) -> None:
    observation_id = await stack.record(work_session=SESSION)
    await stack.processed()
    request = pb.ExplainTraitRequest(person_id="ana", trait="work.focus_duration")
    answer = await stack.profiler.ExplainTrait(request)
    assert (answer.day_count, answer.current.n) == (1, 1)
    (day,) = answer.days
    assert (day.date, day.weight) == ("2026-11-17", 1.0)
    assert [one.observation_id for one in day.evidence] == [observation_id]
    assert "90 minutes from 09:00" in day.evidence[0].says
    assert any("would make it no longer provisional" in one for one in answer.what_would_change)


async def test_the_energy_of_now_is_explained_by_today(stack: Stack) -> None:
    await stack.record(work_session=SESSION)
    await stack.record(user_input={"question": "ENERGY_NOW", "answer": "low"})
    await stack.processed()
    request = pb.ExplainTraitRequest(person_id="ana", trait="current_state.energy_level")
    answer = await stack.profiler.ExplainTrait(request)
    assert answer.current.energy_level.level == pb.EnergyLevel.MEDIUM
    assert [one.says for one in answer.days[0].evidence][-1] == "you said: low"
    assert any("`high`" in one for one in answer.what_would_change)


async def test_a_trait_nobody_saw_cannot_be_explained(stack: Stack) -> None:
    await stack.record(work_session=SESSION)
    await stack.processed()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stack.profiler.ExplainTrait(
            pb.ExplainTraitRequest(person_id="ana", trait="work.meeting_recovery")
        )
    assert refusal_of(caught.value).reason == "TRAIT_NOT_FOUND"


async def test_a_retracted_observation_was_never_there(stack: Stack) -> None:
    await stack.record(work_session=SESSION)
    await stack.processed()
    before = await stack.mindscape()
    meeting = {"start_time": "2026-11-17T01:30:00Z", "end_time": "2026-11-17T01:35:00Z"}
    observation_id = await stack.record(calendar_event=meeting)
    await stack.processed()
    disturbed = await stack.mindscape()
    assert "meetings" in str(disturbed.traits["work.flow_disruptors"])
    await stack.ingest.RetractObservation(
        ingest_pb.RetractObservationRequest(person_id="ana", observation_id=observation_id)
    )
    await stack.processed()
    after = await stack.mindscape()
    assert after.version == 3
    assert after.traits == before.traits


async def test_what_was_removed_in_time_and_comes_again_elsewhere_counts_once(
    stack: Stack, settings: Settings
) -> None:
    event = {"kind": "MEETING", "start_time": "2026-11-17T01:30:00Z"}
    moved = {"kind": "MEETING", "start_time": "2026-11-10T01:30:00Z"}
    await stack.record(work_session=SESSION)
    await stack.standup({**event, "end_time": "2026-11-17T02:00:00Z"})
    await stack.processed()
    assert "work.flow_disruptors" in (await stack.mindscape()).traits
    database = Database(settings.database_url("ingest"), application="test")
    assert await PostgresObservations(database).purge(datetime(2030, 1, 1, tzinfo=UTC)) == 2
    await database.close()
    await stack.standup({**moved, "end_time": "2026-11-10T02:00:00Z"})
    await stack.processed()
    # The session of the old day is not cut short by it any more.
    cost = (await stack.mindscape()).traits["work.flow_disruptors"].flow_disruptors
    assert [one.name for one in cost.disruptors] == ["context-switches"]


async def test_answers_alone_make_a_first_picture(stack: Stack) -> None:
    for question, answer in (
        ("USUAL_START", "08:30"),
        ("MOST_PRODUCTIVE", "evening"),
        ("FOCUS_LENGTH", "1hr"),
        ("FLOW_DISRUPTOR", "slack"),
    ):
        await stack.record(user_input={"question": question, "answer": answer})
    await stack.processed()
    traits = (await stack.mindscape()).traits
    assert traits["work.preferred_start_time"].preferred_start_time.start == "08:30"
    assert traits["work.peak_hours"].peak_hours.windows[0].start == "17:00"
    assert traits["work.focus_duration"].focus_duration.p50_minutes == 60
    assert traits["work.flow_disruptors"].flow_disruptors.disruptors[0].name == "slack"
    assert {traits[name].source for name in traits} == {pb.Trait.ANSWERED}


async def test_waiting_ends_as_soon_as_the_work_is_done(stack: Stack) -> None:
    waits = []
    for number in range(20):
        start = f"2026-11-{number % 16 + 1:02d}T01:00:00Z"
        await stack.record(work_session=SESSION | {"start_time": start})
        waits.append(asyncio.create_task(stack.processed()))
    statuses = await asyncio.gather(*waits)
    assert statuses[-1].pending == 0
    assert (await stack.mindscape()).traits["work.focus_duration"].n == 20


@pytest.mark.parametrize("field", ["at", "as_of_time"])
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
async def test_a_moment_beyond_all_calendars_is_refused(
    stack: Stack, field: str, moment: str
) -> None:
    await stack.record(work_session=SESSION)
    await stack.processed()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stack.mindscape(**{field: moment})
    refusal = refusal_of(caught.value)
    assert (refusal.code, refusal.fields) == (grpc.StatusCode.INVALID_ARGUMENT, [field])
