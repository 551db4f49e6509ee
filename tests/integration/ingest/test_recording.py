"""Ingest over gRPC, on a real Postgres."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import grpc
import pytest
from google.protobuf.json_format import ParseDict

from personakit.ingest.v1 import ingest_pb2 as pb
from personakit.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from services.ingest.main import assemble
from services.kit.database import Database
from services.kit.settings import Settings
from services.kit.sql import Sql
from tests.conftest import Serve
from tests.refusals import refusal_of

SESSION = {
    "start_time": "2026-11-17T00:00:00Z",
    "duration_minutes": 90,
    "productivity_score": 4,
    "interruptions": 1,
}


def an_observation(fields: Mapping[str, object] | None = None) -> pb.Observation:
    given = {"person_id": "ana", "time_zone": "Asia/Tokyo", "work_session": SESSION}
    return ParseDict({**given, **(fields or {})}, pb.Observation())


@pytest.fixture
async def ingest(serve: Serve) -> IngestServiceStub:
    return IngestServiceStub(await serve(assemble))


async def record(ingest: IngestServiceStub, observation: pb.Observation) -> pb.Observation:
    return await ingest.RecordObservation(pb.RecordObservationRequest(observation=observation))


async def tasks(settings: Settings) -> list[tuple[str, str]]:
    database = Database(settings.database_url("profiler"), application="test")
    rows = await database.rows(
        Sql("SELECT task_type, payload::text FROM ingest.outbox_tasks ORDER BY position")
    )
    found = [(row[0], row[1]) for row in rows]
    await database.close()
    return found


async def test_a_recorded_observation_is_returned_as_it_is_kept(ingest: IngestServiceStub) -> None:
    kept = await record(ingest, an_observation({"source": "toggl", "source_id": "1"}))
    read = await ingest.GetObservation(
        pb.GetObservationRequest(person_id="ana", observation_id=kept.observation_id)
    )
    assert read == kept
    assert read.work_session.end_time.ToJsonString() == "2026-11-17T01:30:00Z"
    assert read.work_session.interruptions == 1


async def test_every_observation_has_one_task_and_it_carries_no_label(
    ingest: IngestServiceStub, settings: Settings
) -> None:
    await record(ingest, an_observation({"work_session": SESSION | {"label": "secret plan"}}))
    ((task_type, payload),) = await tasks(settings)
    assert task_type == "process_observation"
    assert '"zone": "Asia/Tokyo"' in payload
    assert "secret" not in payload


@pytest.mark.parametrize(
    "name",
    [{"source": "toggl", "source_id": "1"}, {"request_id": "r-1"}],
    ids=["source", "request"],
)
async def test_a_retried_observation_is_recorded_once(
    ingest: IngestServiceStub, settings: Settings, name: dict[str, str]
) -> None:
    answers = await asyncio.gather(*(record(ingest, an_observation(name)) for _ in range(50)))
    assert len({answer.SerializeToString(deterministic=True) for answer in answers}) == 1
    assert len(await tasks(settings)) == 1


KEPT = Sql("""
    SELECT to_jsonb(kept) - '{person_id,observation_id,recorded_at}'::text[] AS kept,
           to_jsonb(task) - '{person_id,task_id,position,run_after,created_at,updated_at}'::text[]
               #- '{payload,observation_id}' #- '{payload,correlation_id}' AS task
    FROM ingest.observations AS kept
    JOIN ingest.outbox_tasks AS task ON task.person_id = kept.person_id
         AND task.payload ->> 'observation_id' = kept.observation_id::text
    WHERE kept.person_id = :person_id ORDER BY kept.started_at
""")
FORGET = Sql("UPDATE ingest.people SET forgotten = true")
NAP = {"start_time": "2026-11-18T00:00:00Z", "duration_minutes": 20}
FOUND = {"source": "toggl", "source_id": "1"}


@pytest.mark.parametrize("name", [{}, FOUND], ids=["no name", "named"])
async def test_what_comes_alone_is_kept_as_it_is_in_a_batch(
    ingest: IngestServiceStub, settings: Settings, name: dict[str, str]
) -> None:
    database = Database(settings.database_url("ingest"), application="test")
    for person_id in ("ana", "bo"):
        known = pb.Person(person_id=person_id, time_zone="Asia/Tokyo")
        await ingest.UpdatePerson(pb.UpdatePersonRequest(person=known))
    await database.run(FORGET)
    several = [an_observation(), an_observation({"work_session": NAP, **name})]
    for one in several:
        await record(ingest, one)
    for one in several:
        one.person_id = "bo"
    await ingest.RecordObservations(pb.RecordObservationsRequest(observations=several))
    alone, among = [await database.rows(KEPT, person_id=one) for one in ("ana", "bo")]
    await database.close()
    assert [tuple(row) for row in alone] == [tuple(row) for row in among]
    assert len(alone) == 2


async def test_a_batch_is_kept_as_a_whole_and_counts_what_was_there(
    ingest: IngestServiceStub,
) -> None:
    named = [an_observation({"source": "toggl", "source_id": str(number)}) for number in range(3)]
    request = pb.RecordObservationsRequest(observations=[*named, named[0]])
    first = await ingest.RecordObservations(request)
    assert (first.recorded, first.already_recorded) == (3, 1)
    assert first.observation_ids[0] == first.observation_ids[3]
    second = await ingest.RecordObservations(request)
    assert (second.recorded, second.already_recorded) == (0, 4)


async def test_one_bad_observation_of_a_batch_is_named_and_nothing_is_kept(
    ingest: IngestServiceStub, settings: Settings
) -> None:
    bad = an_observation({"work_session": SESSION | {"productivity_score": 9}})
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await ingest.RecordObservations(
            pb.RecordObservationsRequest(observations=[an_observation(), bad])
        )
    refusal = refusal_of(caught.value)
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD")
    assert refusal.fields == ["observations[1].work_session.productivity_score"]
    assert await tasks(settings) == []


async def test_a_stream_of_any_length_is_recorded(ingest: IngestServiceStub) -> None:
    async def messages() -> AsyncIterator[pb.StreamObservationsRequest]:
        for number in range(2500):
            observation = an_observation({"source": "toggl", "source_id": str(number)})
            yield pb.StreamObservationsRequest(observation=observation)

    answer = await ingest.StreamObservations(messages())
    assert (answer.recorded, answer.already_recorded) == (2500, 0)


def numbered(first: int, count: int) -> list[pb.Observation]:
    return [an_observation({"request_id": f"row-{first + one}"}) for one in range(count)]


async def test_a_streams_messages_may_have_one_observation_or_many(
    ingest: IngestServiceStub, settings: Settings
) -> None:
    async def messages() -> AsyncIterator[pb.StreamObservationsRequest]:
        one, *several = numbered(0, 3)
        yield pb.StreamObservationsRequest(observation=one, observations=several)
        yield pb.StreamObservationsRequest(observations=numbered(3, 1000))
        yield pb.StreamObservationsRequest(observations=numbered(0, 10))

    answer = await ingest.StreamObservations(messages())
    assert (answer.recorded, answer.already_recorded) == (1003, 10)
    assert len(await tasks(settings)) == 1003


@pytest.mark.parametrize(
    ("faulty", "reason", "field"),
    [
        ({"time_zone": "Mars/Olympus"}, "UNKNOWN_TIME_ZONE", "observations[1].time_zone"),
        ({"person_id": ""}, "INVALID_FIELD", "observations[1].person_id"),
    ],
)
async def test_a_refused_message_of_a_stream_names_its_observation_and_keeps_those_before(
    ingest: IngestServiceStub,
    settings: Settings,
    faulty: Mapping[str, object],
    reason: str,
    field: str,
) -> None:
    async def messages() -> AsyncIterator[pb.StreamObservationsRequest]:
        yield pb.StreamObservationsRequest(observations=numbered(0, 3))
        bad = [an_observation(), an_observation(faulty)]
        yield pb.StreamObservationsRequest(observations=bad)

    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await ingest.StreamObservations(messages())
    refusal = refusal_of(caught.value)
    assert (refusal.reason, refusal.fields) == (reason, [field])
    assert len(await tasks(settings)) == 3


@pytest.mark.parametrize("count", [0, 1001])
async def test_a_message_of_a_stream_has_one_observation_at_least_and_a_thousand_at_most(
    ingest: IngestServiceStub, count: int
) -> None:
    async def messages() -> AsyncIterator[pb.StreamObservationsRequest]:
        yield pb.StreamObservationsRequest(observations=numbered(0, count))

    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await ingest.StreamObservations(messages())
    assert refusal_of(caught.value).fields == ["observations"]


@pytest.mark.parametrize("faulty", [{"person_id": "a/b"}, {"time_zone": "Mars/Olympus"}])
async def test_what_a_stream_sent_before_a_refused_observation_stays_recorded(
    ingest: IngestServiceStub, faulty: dict[str, object]
) -> None:
    async def messages() -> AsyncIterator[pb.StreamObservationsRequest]:
        for number in range(3):
            observation = an_observation({"source": "toggl", "source_id": str(number)})
            yield pb.StreamObservationsRequest(observation=observation)
        yield pb.StreamObservationsRequest(observation=an_observation(faulty))

    with pytest.raises(grpc.aio.AioRpcError):
        await ingest.StreamObservations(messages())
    kept = await ingest.ListObservations(pb.ListObservationsRequest(person_id="ana"))
    assert len(kept.observations) == 3


@pytest.mark.parametrize(
    ("fields", "reason", "field"),
    [
        ({"person_id": "a/b"}, "INVALID_FIELD", "observation.person_id"),
        ({"time_zone": "Mars/Olympus"}, "UNKNOWN_TIME_ZONE", "observation.time_zone"),
        ({"source": "toggl"}, "INVALID_FIELD", "observation.source_id"),
        (
            {"work_session": SESSION | {"duration_minutes": -1}},
            "INVALID_FIELD",
            "observation.work_session.duration_minutes",
        ),
        (
            {
                "work_session": {
                    "start_time": "2026-11-17T02:00:00Z",
                    "end_time": "2026-11-17T01:00:00Z",
                }
            },
            "INVALID_FIELD",
            "observation.work_session.end_time",
        ),
        (
            {"work_session": SESSION | {"start_time": "2090-01-01T00:00:00Z"}},
            "OBSERVATION_IN_FUTURE",
            "observation.work_session.start_time",
        ),
    ],
)
async def test_bad_input_is_refused_with_the_field(
    ingest: IngestServiceStub, fields: dict[str, object], reason: str, field: str
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await record(ingest, an_observation(fields))
    refusal = refusal_of(caught.value)
    assert refusal.code is grpc.StatusCode.INVALID_ARGUMENT
    assert refusal.reason == reason
    assert refusal.fields == [field]


async def test_an_answer_of_the_future_is_refused(ingest: IngestServiceStub) -> None:
    answer = pb.UserInput(question=pb.UserInput.FOCUS_LENGTH, answer="1hr")
    answer.answer_time.FromJsonString("2090-01-01T00:00:00Z")
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await record(ingest, pb.Observation(person_id="ana", user_input=answer))
    assert refusal_of(caught.value).fields == ["observation.user_input.answer_time"]


async def test_a_wrong_answer_is_refused_with_the_field(ingest: IngestServiceStub) -> None:
    observation = pb.Observation(
        person_id="ana",
        user_input=pb.UserInput(question=pb.UserInput.FOCUS_LENGTH, answer="90"),
    )
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await record(ingest, observation)
    assert refusal_of(caught.value).fields == ["observation.user_input.answer"]


async def test_a_list_goes_on_page_by_page_latest_first(ingest: IngestServiceStub) -> None:
    for hour in range(5):
        start = f"2026-11-17T0{hour}:00:00Z"
        await record(ingest, an_observation({"work_session": SESSION | {"start_time": start}}))
    request = pb.ListObservationsRequest(person_id="ana", page_size=2)
    starts: list[str] = []
    while True:
        page = await ingest.ListObservations(request)
        starts += [one.work_session.start_time.ToJsonString() for one in page.observations]
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    assert starts == [f"2026-11-17T0{hour}:00:00Z" for hour in reversed(range(5))]


async def test_a_list_can_be_narrowed(ingest: IngestServiceStub) -> None:
    await record(ingest, an_observation({"source": "toggl", "source_id": "1"}))
    meeting = {"start_time": "2026-11-18T00:00:00Z", "end_time": "2026-11-18T01:00:00Z"}
    event = ParseDict(
        {"person_id": "ana", "time_zone": "Asia/Tokyo", "calendar_event": meeting}, pb.Observation()
    )
    await record(ingest, event)
    wanted = pb.ListObservationsRequest(
        person_id="ana", kind=pb.ListObservationsRequest.CALENDAR_EVENT
    )
    wanted.from_time.FromJsonString("2026-11-18T00:30:00Z")
    (found,) = (await ingest.ListObservations(wanted)).observations
    assert found.calendar_event.kind == pb.CalendarEvent.MEETING
    toggl = await ingest.ListObservations(
        pb.ListObservationsRequest(person_id="ana", source="toggl")
    )
    assert [one.source_id for one in toggl.observations] == ["1"]


async def test_a_foreign_page_token_is_refused(ingest: IngestServiceStub) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await ingest.ListObservations(
            pb.ListObservationsRequest(person_id="ana", page_token="nonsense")
        )
    assert refusal_of(caught.value).reason == "INVALID_PAGE_TOKEN"


async def test_a_retracted_observation_is_gone_and_its_retraction_is_queued(
    ingest: IngestServiceStub, settings: Settings
) -> None:
    kept = await record(ingest, an_observation())
    key = {"person_id": "ana", "observation_id": kept.observation_id}
    for _ in range(2):
        await ingest.RetractObservation(pb.RetractObservationRequest(**key))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await ingest.GetObservation(pb.GetObservationRequest(**key))
    assert refusal_of(caught.value).reason == "OBSERVATION_NOT_FOUND"
    queued = await tasks(settings)
    assert [task_type for task_type, _ in queued] == [
        "process_observation",
        "retract_observation",
        "retract_observation",
    ]
    assert '"zone": "Asia/Tokyo"' in queued[1][1]
    assert '"zone"' not in queued[2][1]


async def test_a_person_lives_where_their_first_observation_was_until_told_otherwise(
    ingest: IngestServiceStub,
) -> None:
    await record(ingest, an_observation())
    person = await ingest.GetPerson(pb.GetPersonRequest(person_id="ana"))
    assert person.time_zone == "Asia/Tokyo"
    await record(ingest, an_observation({"time_zone": "Europe/Berlin"}))
    person = await ingest.GetPerson(pb.GetPersonRequest(person_id="ana"))
    assert person.time_zone == "Asia/Tokyo"
    answer = pb.UserInput(question=pb.UserInput.TIME_ZONE, answer="Europe/Paris")
    await record(ingest, pb.Observation(person_id="ana", user_input=answer))
    person = await ingest.GetPerson(pb.GetPersonRequest(person_id="ana"))
    assert person.time_zone == "Europe/Paris"
    kept = await record(ingest, an_observation({"time_zone": ""}))
    assert kept.time_zone == "Europe/Paris"


async def test_a_person_can_be_updated_before_anything_is_recorded(
    ingest: IngestServiceStub,
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await ingest.GetPerson(pb.GetPersonRequest(person_id="bo"))
    assert refusal_of(caught.value).reason == "PERSON_NOT_FOUND"
    person = pb.Person(person_id="bo", time_zone="America/Detroit")
    await ingest.UpdatePerson(pb.UpdatePersonRequest(person=person))
    read = await ingest.GetPerson(pb.GetPersonRequest(person_id="bo"))
    assert read.time_zone == "America/Detroit"
