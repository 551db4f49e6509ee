"""Fifty equal requests at once, at two replicas: stored once, answered alike."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest

from personakit.feedback.v1 import feedback_pb2
from personakit.feedback.v1.feedback_pb2_grpc import FeedbackServiceStub
from personakit.ingest.v1 import ingest_pb2
from personakit.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from personakit.persona.v1 import persona_pb2
from personakit.persona.v1.persona_pb2_grpc import PersonaServiceStub
from personakit.profiler.v1 import profiler_pb2
from personakit.profiler.v1.profiler_pb2_grpc import ProfilerServiceStub
from tests.chaos.system import System

AT_ONCE = 50
ALSO_NEEDED = ("ingest2", "persona", "feedback")
NINE = datetime(2026, 11, 17, 9, tzinfo=UTC)
Call = Callable[[Any], Any]


@dataclass(frozen=True)
class Services:
    """Stubs; `ingest` of both replicas."""

    ingest: tuple[IngestServiceStub, IngestServiceStub]
    profiler: ProfilerServiceStub
    persona: PersonaServiceStub
    feedback: FeedbackServiceStub

    async def count(self, person: str) -> int:
        request = ingest_pb2.ListObservationsRequest(person_id=person, page_size=1000)
        return len((await self.ingest[0].ListObservations(request)).observations)


@pytest.fixture(scope="module")
def whole(system: System) -> Iterator[System]:
    """A system with two replicas of ingest, and everything else."""
    system.start(*ALSO_NEEDED)
    asyncio.run(system.healthy(ALSO_NEEDED))
    yield system
    system.stop(*ALSO_NEEDED)


@pytest.fixture
async def services(whole: System) -> AsyncIterator[Services]:
    async with AsyncExitStack() as stack:

        async def channel(name: str) -> grpc.aio.Channel:
            return await stack.enter_async_context(whole.channel(name))

        yield Services(
            ingest=(
                IngestServiceStub(await channel("ingest")),
                IngestServiceStub(await channel("ingest2")),
            ),
            profiler=ProfilerServiceStub(await channel("profiler2")),
            persona=PersonaServiceStub(await channel("persona")),
            feedback=FeedbackServiceStub(await channel("feedback")),
        )


async def at_once(request: object, *calls: Call) -> list[Any]:
    """Sends the same request fifty times at once, to each of the calls in turn."""
    return await asyncio.gather(*(calls[n % len(calls)](request) for n in range(AT_ONCE)))


def session(
    person: str, *, request_id: str = "", source: str = "", source_id: str = ""
) -> ingest_pb2.Observation:
    observation = ingest_pb2.Observation(
        person_id=person,
        time_zone="UTC",
        request_id=request_id,
        source=source,
        source_id=source_id,
    )
    observation.work_session.start_time.FromDatetime(NINE)
    observation.work_session.duration_minutes = 50
    return observation


@pytest.mark.parametrize(
    "names", [{"request_id": "r1"}, {"source": "app", "source_id": "1"}], ids=["request", "source"]
)
async def test_an_observation_is_stored_once(services: Services, names: dict[str, str]) -> None:
    person = f"equal-{'-'.join(names)}"
    request = ingest_pb2.RecordObservationRequest(observation=session(person, **names))
    answers = await at_once(request, *(stub.RecordObservation for stub in services.ingest))
    assert {answer.SerializeToString() for answer in answers} == {answers[0].SerializeToString()}
    assert await services.count(person) == 1


async def test_a_batch_is_stored_once(services: Services) -> None:
    several = [session("equal-batch", source="app", source_id=str(n)) for n in range(20)]
    request = ingest_pb2.RecordObservationsRequest(observations=several)
    answers = await at_once(request, *(stub.RecordObservations for stub in services.ingest))
    assert {tuple(answer.observation_ids) for answer in answers} == {
        tuple(answers[0].observation_ids)
    }
    assert sum(answer.recorded for answer in answers) == 20
    assert await services.count("equal-batch") == 20


async def test_a_person_is_updated_once(services: Services) -> None:
    person = ingest_pb2.Person(person_id="equal-person", time_zone="Asia/Tokyo")
    request = ingest_pb2.UpdatePersonRequest(person=person)
    answers = await at_once(request, *(stub.UpdatePerson for stub in services.ingest))
    assert {answer.SerializeToString() for answer in answers} == {answers[0].SerializeToString()}


async def test_a_retraction_is_one_however_often_it_is_sent(services: Services) -> None:
    record = ingest_pb2.RecordObservationRequest(observation=session("equal-gone", request_id="r"))
    kept = await services.ingest[0].RecordObservation(record)
    request = ingest_pb2.RetractObservationRequest(
        person_id="equal-gone", observation_id=kept.observation_id
    )
    await at_once(request, *(stub.RetractObservation for stub in services.ingest))
    await processed(services, "equal-gone")
    asked = profiler_pb2.GetMindscapeRequest(person_id="equal-gone")
    assert not (await services.profiler.GetMindscape(asked)).traits
    assert await services.count("equal-gone") == 0


async def test_a_persona_is_made_once_and_a_verdict_taken_once(services: Services) -> None:
    person = "equal-persona"
    await work_for_weeks(services, person)
    order = persona_pb2.GeneratePersonaRequest(person_id=person, request_id="r1")
    made = await at_once(order, services.persona.GeneratePersona)
    assert {one.SerializeToString(deterministic=True) for one in made} == {
        made[0].SerializeToString(deterministic=True)
    }
    listed = await services.persona.ListPersonas(persona_pb2.ListPersonasRequest(person_id=person))
    assert [one.persona_id for one in listed.personas] == [made[0].persona_id]
    verdict = feedback_pb2.SubmitFeedbackRequest(
        person_id=person, suggestion_id=await a_suggestion(services, person), helpful=True
    )
    taken = await at_once(verdict, services.feedback.SubmitFeedback)
    assert {one.SerializeToString() for one in taken} == {taken[0].SerializeToString()}
    request = feedback_pb2.GetAnalyticsRequest(person_id=person)
    assert (await services.feedback.GetAnalytics(request)).totals.total == 1


async def work_for_weeks(services: Services, person: str) -> None:
    request = ingest_pb2.RecordObservationsRequest()
    for day in range(60):
        one = session(person, source="app", source_id=str(day))
        start = NINE - timedelta(days=day)
        one.work_session.start_time.FromDatetime(start)
        one.work_session.productivity_score = 4
        request.observations.append(one)
    await services.ingest[0].RecordObservations(request)
    await processed(services, person)


async def processed(services: Services, person: str) -> None:
    """Waits by the API of the one worker, whichever did the work."""
    request = profiler_pb2.WaitProcessedRequest(person_id=person)
    assert (await services.profiler.WaitProcessed(request)).pending == 0


async def a_suggestion(services: Services, person: str) -> str:
    request = persona_pb2.SuggestRequest(person_id=person)
    for hour in range(24):
        request.at.FromDatetime(NINE + timedelta(days=1, hours=hour))
        for found in (await services.persona.Suggest(request)).suggestions:
            return found.suggestion_id
    raise AssertionError("nothing was suggested")
