"""Writers of the same people and observations at the same time, on a real Postgres."""

import asyncio
from collections.abc import Sequence
from random import Random

import pytest

from personakit.ingest.v1 import ingest_pb2 as pb
from personakit.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from services.ingest.main import assemble
from services.kit.database import Database
from services.kit.settings import Settings
from services.kit.sql import Sql
from tests.conftest import Serve

PEOPLE, OBSERVATIONS, BATCH = 40, 2000, 500

COUNTS = Sql("""
    SELECT (SELECT count(*) FROM ingest.observations) AS observations,
           (SELECT count(*) FROM ingest.outbox_tasks) AS tasks,
           (SELECT count(*) FROM ingest.people WHERE time_zone IS NULL) AS without_zone
""")


@pytest.fixture
async def ingest(serve: Serve) -> IngestServiceStub:
    return IngestServiceStub(await serve(assemble))


def an_observation(number: int, home: str) -> pb.Observation:
    one = pb.Observation(person_id=f"person-{number % PEOPLE}", source="toggl", time_zone=home)
    one.source_id = f"entry\n{number}"
    one.work_session.start_time.seconds = 1_763_337_600 + number * 60
    one.work_session.start_time.nanos = number * 1000
    one.work_session.duration_minutes = 30
    return one


def an_answer(number: int) -> pb.Observation:
    answer = pb.UserInput(question=pb.UserInput.TIME_ZONE, answer="Asia/Tokyo")
    return pb.Observation(
        person_id=f"person-{number}", source="app", source_id="zone", user_input=answer
    )


def shuffled(random: Random) -> Sequence[pb.RecordObservationsRequest]:
    """Returns batches of all observations in some order, some of which tell where people live."""
    several = [an_observation(number, "Europe/Berlin") for number in range(OBSERVATIONS)]
    several += [an_answer(number) for number in random.sample(range(PEOPLE), 2)]
    random.shuffle(several)
    return [
        pb.RecordObservationsRequest(observations=several[first : first + BATCH])
        for first in range(0, len(several), BATCH)
    ]


async def test_batches_that_meet_wait_for_each_other_and_record_everything_once(
    ingest: IngestServiceStub, settings: Settings
) -> None:
    await asyncio.gather(
        *(
            ingest.UpdatePerson(pb.UpdatePersonRequest(person=pb.Person(person_id=f"person-{one}")))
            for one in range(0, PEOPLE, 3)
        )
    )
    random = Random(7)
    answers = await asyncio.gather(
        *(ingest.RecordObservations(each) for _ in range(6) for each in shuffled(random))
    )
    recorded = sum(answer.recorded for answer in answers)
    database = Database(settings.database_url("ingest"), application="test")
    row = await database.row(COUNTS)
    await database.close()
    assert row is not None
    assert (row.observations, row.tasks, row.without_zone) == (recorded, recorded, 0)
    assert OBSERVATIONS < recorded <= OBSERVATIONS + 12
    assert sum(answer.already_recorded for answer in answers) == 6 * (OBSERVATIONS + 2) - recorded


async def test_a_moment_is_kept_to_the_microsecond(ingest: IngestServiceStub) -> None:
    event = pb.CalendarEvent()
    event.start_time.seconds, event.start_time.nanos = 4_000_000_000, 333_333_000
    event.end_time.seconds, event.end_time.nanos = 4_000_000_000, 999_999_000
    observation = pb.Observation(person_id="ana", calendar_event=event)
    recorded = await ingest.RecordObservation(pb.RecordObservationRequest(observation=observation))
    kept = await ingest.GetObservation(
        pb.GetObservationRequest(person_id="ana", observation_id=recorded.observation_id)
    )
    assert kept.calendar_event.start_time == event.start_time
    assert kept.calendar_event.end_time == event.end_time
