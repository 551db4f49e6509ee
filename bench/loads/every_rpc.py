"""Calls every method of the API through the gateway; a method that is left out is an error."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any

import grpc
from google.protobuf.descriptor import ServiceDescriptor

from bench.loads.recording import observation_number
from personakit.feedback.v1 import feedback_pb2 as feedback
from personakit.feedback.v1.feedback_pb2_grpc import FeedbackServiceStub
from personakit.gateway.v1 import health_pb2 as health
from personakit.gateway.v1.health_pb2_grpc import HealthServiceStub
from personakit.ingest.v1 import ingest_pb2 as ingest
from personakit.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from personakit.persona.v1 import mapper_pb2 as mapper
from personakit.persona.v1 import persona_pb2 as persona
from personakit.persona.v1.mapper_pb2_grpc import MapperServiceStub
from personakit.persona.v1.persona_pb2_grpc import PersonaServiceStub
from personakit.profiler.v1 import profiler_pb2 as profiler
from personakit.profiler.v1.profiler_pb2_grpc import ProfilerServiceStub

PERSON = "person-0"
NAMES = ("ingest", "profiler", "persona", "feedback")
SERVICES: tuple[ServiceDescriptor, ...] = tuple(
    service
    for module in (feedback, health, ingest, mapper, persona, profiler)
    for service in module.DESCRIPTOR.services_by_name.values()
)
Call = Callable[[int], Awaitable[object]]


def time_all(address: str, calls: int, erased: int) -> dict[str, list[float]]:
    """Returns the seconds of each call by method, but for a first one of each, which finds nothing
    ready. A method waits until what those before it recorded is worked off. `person-1` and on are
    erased, one a call."""

    async def run() -> dict[str, list[float]]:
        async with grpc.aio.insecure_channel(address) as channel:
            methods = await Methods.on(dict.fromkeys(NAMES, channel))
            known = {method.name for service in SERVICES for method in service.methods}
            named = {call.__name__ for call in methods.all()}
            if known != named:
                raise RuntimeError(f"not the methods of the API: {sorted(known ^ named)}")
            took = {}
            for call in methods.all():
                await methods.WaitProcessed(0)
                took[call.__name__] = await _time(call, _times(call.__name__, calls, erased))
            return took

    return asyncio.run(run())


def _times(name: str, calls: int, erased: int) -> int:
    # Ten verdicts a day are taken, and a person is erased once.
    return {"SubmitFeedback": 7, "ErasePerson": erased, "ExportPerson": 20}.get(name, calls)


async def _time(call: Call, times: int) -> list[float]:
    await call(0)
    took = []
    for number in range(1, 1 + times):
        began = perf_counter()
        await call(number)
        took.append(perf_counter() - began)
    return took


class Methods:
    """One call of each method, by its name; the number tells calls apart."""

    @classmethod
    async def on(cls, channels: Mapping[str, grpc.aio.Channel]) -> "Methods":
        """Returns the methods, with a persona and suggestions to ask about."""
        methods = cls(channels)
        await methods.prepare()
        return methods

    def __init__(self, channels: Mapping[str, grpc.aio.Channel]) -> None:
        self._ingest = IngestServiceStub(channels["ingest"])
        self._profiler = ProfilerServiceStub(channels["profiler"])
        self._persona = PersonaServiceStub(channels["persona"])
        self._mapper = MapperServiceStub(channels["persona"])
        self._feedback = FeedbackServiceStub(channels["feedback"])
        self._health = HealthServiceStub(channels["persona"])
        self._suggestions: list[str] = []
        self._persona_id = ""
        self._observation_ids: list[str] = []
        self._document = ""

    async def prepare(self) -> None:
        """Has a week's suggestions made, hour by hour, and some observations to take back."""
        for hour in range(7 * 24):
            request = persona.SuggestRequest(person_id=PERSON)
            request.at.FromDatetime(datetime.now(UTC) - timedelta(hours=hour))
            answer = await self._persona.Suggest(request, wait_for_ready=True)
            self._suggestions += [one.suggestion_id for one in answer.suggestions]
            self._persona_id = answer.persona_id
        kept = await self._ingest.ListObservations(
            ingest.ListObservationsRequest(person_id=PERSON, page_size=1000)
        )
        self._observation_ids = [one.observation_id for one in kept.observations]
        coach = await self._mapper.GetMapper(mapper.GetMapperRequest(mapper_id="sql_coach"))
        self._document = coach.source.replace("sql_coach", "measured_coach")

    def all(self) -> Iterable[Any]:
        """Returns every method, reads before what changes and removes."""
        return (
            *(self.GetHealth, self.GetPerson, self.GetObservation, self.ListObservations),
            *(self.GetMindscape, self.ListMindscapeVersions, self.CompareMindscapes),
            self.ExplainTrait,
            *(self.GetProcessingStatus, self.WaitProcessed, self.ListFailedTasks),
            *(self.WatchMindscape, self.WatchSuggestions),
            *(self.RetryFailedTasks, self.Suggest, self.GeneratePersona, self.GetPersona),
            self.PlanDay,
            *(self.ListMappers, self.GetMapper, self.ValidateMapper, self.TryMapper),
            self.UploadMapper,
            *(self.ListPersonas, self.SubmitFeedback, self.ListFeedback, self.GetAnalytics),
            *(self.GetWeights, self.ListWeightChanges, self.ResetWeights),
            *(self.UpdatePerson, self.RecordObservation),
            *(self.RecordObservations, self.StreamObservations, self.RetractObservation),
            *(self.ExportPerson, self.ErasePerson),
        )

    async def GetHealth(self, _: int) -> object:
        return await self._health.GetHealth(health.GetHealthRequest())

    async def GetPerson(self, _: int) -> object:
        return await self._ingest.GetPerson(ingest.GetPersonRequest(person_id=PERSON))

    async def GetObservation(self, number: int) -> object:
        request = ingest.GetObservationRequest(
            person_id=PERSON, observation_id=self._observation_ids[number]
        )
        return await self._ingest.GetObservation(request)

    async def ListObservations(self, _: int) -> object:
        return await self._ingest.ListObservations(ingest.ListObservationsRequest(person_id=PERSON))

    async def RecordObservation(self, number: int) -> object:
        one = observation_number(100 * number)
        return await self._ingest.RecordObservation(
            ingest.RecordObservationRequest(observation=one)
        )

    async def RecordObservations(self, number: int) -> object:
        several = [observation_number(100 * (10 * number + one)) for one in range(10)]
        return await self._ingest.RecordObservations(
            ingest.RecordObservationsRequest(observations=several)
        )

    async def StreamObservations(self, number: int) -> object:
        async def requests() -> AsyncIterator[ingest.StreamObservationsRequest]:
            for one in range(10):
                recorded = observation_number(100 * (10 * number + one))
                yield ingest.StreamObservationsRequest(observation=recorded)

        return await self._ingest.StreamObservations(requests())

    async def RetractObservation(self, number: int) -> object:
        request = ingest.RetractObservationRequest(
            person_id=PERSON, observation_id=self._observation_ids[number]
        )
        return await self._ingest.RetractObservation(request)

    async def UpdatePerson(self, _: int) -> object:
        person = ingest.Person(person_id=PERSON, time_zone="Europe/Berlin")
        return await self._ingest.UpdatePerson(ingest.UpdatePersonRequest(person=person))

    async def ExportPerson(self, _: int) -> object:
        # A stream of any length: what counts is when it begins.
        call = self._ingest.ExportPerson(ingest.ExportPersonRequest(person_id=PERSON))
        first = await call.read()
        call.cancel()
        return first

    async def ErasePerson(self, number: int) -> object:
        request = ingest.ErasePersonRequest(person_id=f"person-{number + 1}")
        return await self._ingest.ErasePerson(request)

    async def GetMindscape(self, _: int) -> object:
        return await self._profiler.GetMindscape(profiler.GetMindscapeRequest(person_id=PERSON))

    async def ListMindscapeVersions(self, _: int) -> object:
        return await self._profiler.ListMindscapeVersions(
            profiler.ListMindscapeVersionsRequest(person_id=PERSON)
        )

    async def CompareMindscapes(self, _: int) -> object:
        return await self._profiler.CompareMindscapes(
            profiler.CompareMindscapesRequest(person_id=PERSON)
        )

    async def ExplainTrait(self, _: int) -> object:
        return await self._profiler.ExplainTrait(
            profiler.ExplainTraitRequest(person_id=PERSON, trait="work.peak_hours")
        )

    async def GetProcessingStatus(self, _: int) -> object:
        return await self._profiler.GetProcessingStatus(
            profiler.GetProcessingStatusRequest(person_id=PERSON)
        )

    async def WaitProcessed(self, _: int) -> object:
        return await self._profiler.WaitProcessed(profiler.WaitProcessedRequest(person_id=PERSON))

    async def WatchMindscape(self, _: int) -> object:
        request = profiler.WatchMindscapeRequest(person_id=PERSON)
        return await _first(self._profiler.WatchMindscape(request))

    async def WatchSuggestions(self, _: int) -> object:
        request = persona.WatchSuggestionsRequest(person_id=PERSON)
        return await _first(self._persona.WatchSuggestions(request))

    async def ListFailedTasks(self, _: int) -> object:
        return await self._profiler.ListFailedTasks(
            profiler.ListFailedTasksRequest(person_id=PERSON)
        )

    async def RetryFailedTasks(self, _: int) -> object:
        return await self._profiler.RetryFailedTasks(
            profiler.RetryFailedTasksRequest(person_id=PERSON)
        )

    async def Suggest(self, _: int) -> object:
        return await self._persona.Suggest(persona.SuggestRequest(person_id=PERSON))

    async def GeneratePersona(self, _: int) -> object:
        return await self._persona.GeneratePersona(persona.GeneratePersonaRequest(person_id=PERSON))

    async def PlanDay(self, _: int) -> object:
        return await self._persona.PlanDay(persona.PlanDayRequest(person_id=PERSON))

    async def GetPersona(self, _: int) -> object:
        return await self._persona.GetPersona(
            persona.GetPersonaRequest(person_id=PERSON, persona_id=self._persona_id)
        )

    async def ListPersonas(self, _: int) -> object:
        return await self._persona.ListPersonas(persona.ListPersonasRequest(person_id=PERSON))

    async def ListMappers(self, _: int) -> object:
        return await self._mapper.ListMappers(mapper.ListMappersRequest())

    async def GetMapper(self, _: int) -> object:
        return await self._mapper.GetMapper(mapper.GetMapperRequest(mapper_id="sql_coach"))

    async def ValidateMapper(self, _: int) -> object:
        return await self._mapper.ValidateMapper(
            mapper.ValidateMapperRequest(source=self._document)
        )

    async def UploadMapper(self, number: int) -> object:
        changed = f"{self._document}\n# {number}\n"
        return await self._mapper.UploadMapper(mapper.UploadMapperRequest(source=changed))

    async def TryMapper(self, _: int) -> object:
        return await self._mapper.TryMapper(
            mapper.TryMapperRequest(person_id=PERSON, source=self._document)
        )

    async def SubmitFeedback(self, number: int) -> object:
        return await self._feedback.SubmitFeedback(
            feedback.SubmitFeedbackRequest(
                person_id=PERSON, suggestion_id=self._suggestions[number], helpful=number % 2 == 0
            )
        )

    async def ListFeedback(self, _: int) -> object:
        return await self._feedback.ListFeedback(feedback.ListFeedbackRequest(person_id=PERSON))

    async def GetAnalytics(self, _: int) -> object:
        return await self._feedback.GetAnalytics(feedback.GetAnalyticsRequest(person_id=PERSON))

    async def GetWeights(self, _: int) -> object:
        return await self._feedback.GetWeights(feedback.GetWeightsRequest(person_id=PERSON))

    async def ListWeightChanges(self, _: int) -> object:
        request = feedback.ListWeightChangesRequest(person_id=PERSON)
        return await self._feedback.ListWeightChanges(request)

    async def ResetWeights(self, _: int) -> object:
        return await self._feedback.ResetWeights(feedback.ResetWeightsRequest(person_id=PERSON))


async def _first(watch: "grpc.aio.UnaryStreamCall[Any, Any]") -> object:
    """Returns the first answer of a stream that has no end."""
    try:
        return await anext(aiter(watch))
    finally:
        watch.cancel()
