"""What newcomers begin with, as a client meets it."""

import asyncio
from datetime import UTC, datetime

import pytest

from personakit.feedback.v1 import feedback_pb2 as pb
from personakit.feedback.v1.feedback_pb2_grpc import FeedbackServiceStub
from services.feedback.main import assemble
from services.feedback.model import LEAST_PEOPLE, PersonId, TraitWeight
from services.feedback.store import PostgresFeedbacks, PostgresPopulations
from services.feedback.usecases import Newcomers
from services.kit.clock import SystemClock
from services.kit.database import Database
from services.kit.settings import Settings
from tests.conftest import Serve

WEIGHT = TraitWeight("break", "work.focus_duration", 1.5, updated_at=datetime.now(UTC))


@pytest.fixture
async def people(settings: Settings) -> None:
    database = Database(settings.database_url("feedback"), application="test")
    feedbacks = PostgresFeedbacks(database)
    for number in range(LEAST_PEOPLE):
        async with feedbacks.turn(PersonId(f"p{number}")) as turn:
            await turn.move([WEIGHT], [])
    await database.close()


async def weights_of(stub: FeedbackServiceStub, person_id: str) -> list[pb.TraitWeight]:
    return list((await stub.GetWeights(pb.GetWeightsRequest(person_id=person_id))).weights)


async def test_a_newcomer_begins_with_what_a_service_found_when_it_started(
    people: None, serve: Serve
) -> None:
    stub = FeedbackServiceStub(await serve(assemble))
    async with asyncio.timeout(10):
        while not (found := await weights_of(stub, "new")):
            await asyncio.sleep(0.05)
    (weight,) = found
    assert (weight.suggestion_type, weight.trait) == ("break", "work.focus_duration")
    assert (weight.weight, weight.original) == (1.5, 1.5)
    assert not weight.HasField("update_time")
    assert [one.original for one in await weights_of(stub, "p0")] == [1.0]


async def test_of_several_processes_one_keeps_its_version(people: None, settings: Settings) -> None:
    database = Database(settings.database_url("feedback"), application="test")
    populations = PostgresPopulations(database)
    await asyncio.gather(*(Newcomers(populations, SystemClock()).renew() for _ in range(4)))
    newest = await populations.newest()
    assert newest is not None
    assert (newest.version, [one.people for one in newest.starts]) == (1, [LEAST_PEOPLE])
    await database.close()
