"""PersonaKit as the command line sees it: the real contract, made-up answers, no database."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import grpc
from google.api.httpbody_pb2 import HttpBody
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message

from personakit.feedback.v1 import feedback_pb2 as feedback
from personakit.feedback.v1 import feedback_pb2_grpc as feedback_grpc
from personakit.gateway.v1 import health_pb2 as health
from personakit.gateway.v1 import health_pb2_grpc as health_grpc
from personakit.ingest.v1 import ingest_pb2 as ingest
from personakit.ingest.v1 import ingest_pb2_grpc as ingest_grpc
from personakit.persona.v1 import mapper_pb2 as mapper
from personakit.persona.v1 import mapper_pb2_grpc as mapper_grpc
from personakit.persona.v1 import persona_pb2 as persona
from personakit.persona.v1 import persona_pb2_grpc as persona_grpc
from personakit.profiler.v1 import profiler_pb2 as profiler
from personakit.profiler.v1 import profiler_pb2_grpc as profiler_grpc
from services.kit.auth.guard import Guard
from services.kit.calls import Calls, Context
from services.kit.errors import NotFound, Refusal
from services.kit.server import Server
from tests.unit.cli import protos

PAGE = 2
"""Lists are answered in small pages, so that a client that reads the first only is found out."""


@dataclass
class World:
    """What the fakes know and what they were asked; `refusals` are by the name of the RPC."""

    zone: str = "Asia/Tokyo"
    observations: dict[str, ingest.Observation] = field(default_factory=dict)
    failed_tasks: list[profiler.ListFailedTasksResponse.FailedTask] = field(default_factory=list)
    pending: int = 0
    serving: bool = True
    refusals: dict[str, Refusal] = field(default_factory=dict)
    export: list[bytes] = field(default_factory=list)
    changes: list[persona.WatchSuggestionsResponse] = field(default_factory=list)
    requests: list[Message] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def enter(self, rpc: str, request: Message, context: Context) -> None:
        """Notes the call; raises what it is to be refused with."""
        self.requests.append(request)
        self.headers.append({str(k): str(v) for k, v in context.invocation_metadata() or ()})
        if rpc in self.refusals:
            raise self.refusals[rpc]

    def asked(self, kind: type[Message]) -> list[Message]:
        """The requests of that kind, in order."""
        return [request for request in self.requests if isinstance(request, kind)]

    def keep(self, observation: ingest.Observation) -> tuple[ingest.Observation, bool]:
        """Keeps it once by its source and id; tells whether it is new."""
        key = "/".join((observation.source, observation.source_id, observation.request_id))
        observation_id = str(uuid5(NAMESPACE_URL, key))
        kept = self.observations.get(observation_id)
        if kept:
            return kept, False
        observation.observation_id = observation_id
        observation.time_zone = observation.time_zone or self.zone
        self.zone = self.zone or observation.time_zone
        self.observations[observation_id] = observation
        return observation, True


class Ingest(ingest_grpc.IngestServiceServicer):
    def __init__(self, world: World) -> None:
        self._world = world

    async def RecordObservation(
        self, request: ingest.RecordObservationRequest, context: Context
    ) -> ingest.Observation:
        self._world.enter("RecordObservation", request, context)
        return self._world.keep(request.observation)[0]

    async def RecordObservations(
        self, request: ingest.RecordObservationsRequest, context: Context
    ) -> ingest.RecordObservationsResponse:
        self._world.enter("RecordObservations", request, context)
        kept = [self._world.keep(observation) for observation in request.observations]
        return ingest.RecordObservationsResponse(
            observation_ids=[observation.observation_id for observation, _ in kept],
            recorded=sum(new for _, new in kept),
            already_recorded=sum(not new for _, new in kept),
        )

    async def StreamObservations(
        self, request_iterator: object, context: Context
    ) -> ingest.StreamObservationsResponse:
        raise NotImplementedError

    async def GetObservation(self, request: object, context: Context) -> ingest.Observation:
        raise NotImplementedError

    async def ListObservations(
        self, request: ingest.ListObservationsRequest, context: Context
    ) -> ingest.ListObservationsResponse:
        self._world.enter("ListObservations", request, context)
        kept = [it for it in self._world.observations.values() if it.source == request.source]
        begin = int(request.page_token or 0)
        token = str(begin + PAGE) if len(kept) > begin + PAGE else ""
        page = kept[begin : begin + PAGE]
        return ingest.ListObservationsResponse(observations=page, next_page_token=token)

    async def RetractObservation(
        self, request: ingest.RetractObservationRequest, context: Context
    ) -> Empty:
        self._world.enter("RetractObservation", request, context)
        self._world.observations.pop(request.observation_id, None)
        return Empty()

    async def GetPerson(self, request: ingest.GetPersonRequest, context: Context) -> ingest.Person:
        self._world.enter("GetPerson", request, context)
        if not self._world.zone:
            raise NotFound("PERSON_NOT_FOUND", "nothing was ever recorded")
        return ingest.Person(person_id=request.person_id, time_zone=self._world.zone)

    async def UpdatePerson(
        self, request: ingest.UpdatePersonRequest, context: Context
    ) -> ingest.Person:
        self._world.enter("UpdatePerson", request, context)
        return request.person

    async def ExportPerson(
        self, request: ingest.ExportPersonRequest, context: Context
    ) -> AsyncIterator[HttpBody]:
        self._world.enter("ExportPerson", request, context)
        for piece in self._world.export:
            yield HttpBody(content_type="application/json", data=piece)

    async def ErasePerson(
        self, request: ingest.ErasePersonRequest, context: Context
    ) -> ingest.ErasureReceipt:
        self._world.enter("ErasePerson", request, context)
        rows = len(self._world.observations)
        self._world.observations.clear()
        removed = ingest.ErasureReceipt.Removed(holder="ingest", table="observations", rows=rows)
        return ingest.ErasureReceipt(removed=[removed], rows=rows)


class Profiler(profiler_grpc.ProfilerServiceServicer):
    def __init__(self, world: World) -> None:
        self._world = world

    async def GetMindscape(
        self, request: profiler.GetMindscapeRequest, context: Context
    ) -> profiler.Mindscape:
        self._world.enter("GetMindscape", request, context)
        return protos.mindscape(request.person_id, version=request.version or 12)

    async def ListMindscapeVersions(
        self, request: object, context: Context
    ) -> profiler.ListMindscapeVersionsResponse:
        raise NotImplementedError

    async def CompareMindscapes(
        self, request: profiler.CompareMindscapesRequest, context: Context
    ) -> profiler.CompareMindscapesResponse:
        self._world.enter("CompareMindscapes", request, context)
        return protos.comparison(request.from_version, request.to_version or 12)

    async def ExplainTrait(
        self, request: profiler.ExplainTraitRequest, context: Context
    ) -> profiler.ExplainTraitResponse:
        self._world.enter("ExplainTrait", request, context)
        return protos.explanation(request.trait)

    def WatchMindscape(
        self, request: object, context: Context
    ) -> AsyncIterator[profiler.WatchMindscapeResponse]:
        raise NotImplementedError

    async def GetProcessingStatus(
        self, request: profiler.GetProcessingStatusRequest, context: Context
    ) -> profiler.ProcessingStatus:
        self._world.enter("GetProcessingStatus", request, context)
        return self._status(request.person_id)

    async def WaitProcessed(
        self, request: profiler.WaitProcessedRequest, context: Context
    ) -> profiler.ProcessingStatus:
        self._world.enter("WaitProcessed", request, context)
        return self._status(request.person_id)

    async def ListFailedTasks(
        self, request: profiler.ListFailedTasksRequest, context: Context
    ) -> profiler.ListFailedTasksResponse:
        self._world.enter("ListFailedTasks", request, context)
        begin = int(request.page_token or 0)
        tasks = self._world.failed_tasks
        token = str(begin + PAGE) if len(tasks) > begin + PAGE else ""
        page = tasks[begin : begin + PAGE]
        return profiler.ListFailedTasksResponse(failed_tasks=page, next_page_token=token)

    async def RetryFailedTasks(
        self, request: profiler.RetryFailedTasksRequest, context: Context
    ) -> profiler.RetryFailedTasksResponse:
        self._world.enter("RetryFailedTasks", request, context)
        retried = len(self._world.failed_tasks)
        self._world.failed_tasks.clear()
        return profiler.RetryFailedTasksResponse(retried=retried)

    def _status(self, person_id: str) -> profiler.ProcessingStatus:
        return profiler.ProcessingStatus(
            person_id=person_id,
            pending=self._world.pending,
            failed=len(self._world.failed_tasks),
            mindscape_version=12,
        )


class Persona(persona_grpc.PersonaServiceServicer):
    def __init__(self, world: World) -> None:
        self._world = world

    async def GeneratePersona(
        self, request: persona.GeneratePersonaRequest, context: Context
    ) -> persona.Persona:
        self._world.enter("GeneratePersona", request, context)
        return protos.persona(request.person_id, at=request.at)

    async def PlanDay(self, request: persona.PlanDayRequest, context: Context) -> persona.DayPlan:
        self._world.enter("PlanDay", request, context)
        return protos.plan(request.person_id, at=request.at)

    async def WatchSuggestions(
        self, request: persona.WatchSuggestionsRequest, context: Context
    ) -> AsyncIterator[persona.WatchSuggestionsResponse]:
        kept = persona.WatchSuggestionsRequest()
        kept.CopyFrom(request)
        self._world.enter("WatchSuggestions", kept, context)
        for change in self._world.changes:
            yield change
        # The stream ends; who comes back is refused, so that the command ends too.
        self._world.refusals["WatchSuggestions"] = NotFound("MAPPER_NOT_FOUND", "gone")

    async def GetPersona(self, request: object, context: Context) -> persona.Persona:
        raise NotImplementedError

    async def ListPersonas(self, request: object, context: Context) -> persona.ListPersonasResponse:
        raise NotImplementedError

    async def Suggest(self, request: object, context: Context) -> persona.SuggestResponse:
        raise NotImplementedError


class Mapper(mapper_grpc.MapperServiceServicer):
    """Finds fault with a document that says "bad"; has two mappers, a page each."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def ListMappers(
        self, request: mapper.ListMappersRequest, context: Context
    ) -> mapper.ListMappersResponse:
        self._world.enter("ListMappers", request, context)
        if request.page_token:
            return mapper.ListMappersResponse(mappers=[protos.mapper("sql_coach")])
        first = protos.mapper("reading_coach", version=3)
        return mapper.ListMappersResponse(mappers=[first], next_page_token="more")

    async def GetMapper(self, request: mapper.GetMapperRequest, context: Context) -> mapper.Mapper:
        self._world.enter("GetMapper", request, context)
        is_class = request.mapper_id == "daily_work_optimizer"
        source = "" if is_class else f"mapper_id: {request.mapper_id}\n"
        return protos.mapper(request.mapper_id, request.version or 1, source)

    async def ValidateMapper(
        self, request: mapper.ValidateMapperRequest, context: Context
    ) -> mapper.ValidateMapperResponse:
        self._world.enter("ValidateMapper", request, context)
        if "bad" not in request.source:
            return mapper.ValidateMapperResponse()
        return mapper.ValidateMapperResponse(
            problems=[
                mapper.MapperProblem(line=1, column=1, message="'rules' is missing"),
                mapper.MapperProblem(rule="read", line=9, column=3, message="\x1b[2Jno"),
            ]
        )

    async def UploadMapper(
        self, request: mapper.UploadMapperRequest, context: Context
    ) -> mapper.Mapper:
        self._world.enter("UploadMapper", request, context)
        return protos.mapper("reading_coach", 2, request.source)

    async def TryMapper(
        self, request: mapper.TryMapperRequest, context: Context
    ) -> persona.Persona:
        self._world.enter("TryMapper", request, context)
        return protos.persona(request.person_id, at=request.at)


class Feedback(feedback_grpc.FeedbackServiceServicer):
    def __init__(self, world: World) -> None:
        self._world = world

    async def SubmitFeedback(
        self, request: feedback.SubmitFeedbackRequest, context: Context
    ) -> feedback.Feedback:
        self._world.enter("SubmitFeedback", request, context)
        return protos.verdict(request.person_id, request.suggestion_id, request.helpful)

    async def ListFeedback(
        self, request: object, context: Context
    ) -> feedback.ListFeedbackResponse:
        raise NotImplementedError

    async def GetAnalytics(
        self, request: feedback.GetAnalyticsRequest, context: Context
    ) -> feedback.Analytics:
        self._world.enter("GetAnalytics", request, context)
        return protos.analytics(request.person_id)

    async def GetWeights(
        self, request: feedback.GetWeightsRequest, context: Context
    ) -> feedback.GetWeightsResponse:
        self._world.enter("GetWeights", request, context)
        return protos.weights()

    async def ListWeightChanges(
        self, request: feedback.ListWeightChangesRequest, context: Context
    ) -> feedback.ListWeightChangesResponse:
        self._world.enter("ListWeightChanges", request, context)
        return protos.weight_changes()

    async def ResetWeights(
        self, request: feedback.ResetWeightsRequest, context: Context
    ) -> feedback.GetWeightsResponse:
        self._world.enter("ResetWeights", request, context)
        return protos.weights(1.0)


class Health(health_grpc.HealthServiceServicer):
    def __init__(self, world: World) -> None:
        self._world = world

    async def GetHealth(self, request: health.GetHealthRequest, context: Context) -> health.Health:
        self._world.enter("GetHealth", request, context)
        return protos.health_of(profiler_serves=self._world.serving)


@contextmanager
def served(world: World, socket: Path) -> Iterator[str]:
    """Serves the world from a thread of its own; gives the address."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    address = f"unix:{socket}"
    server = asyncio.run_coroutine_threadsafe(_start(world, address), loop).result()
    try:
        yield address
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(None), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _start(world: World, address: str) -> grpc.aio.Server:
    server = Server(Calls(Guard()))
    ingest_grpc.add_IngestServiceServicer_to_server(Ingest(world), server)
    profiler_grpc.add_ProfilerServiceServicer_to_server(Profiler(world), server)
    persona_grpc.add_PersonaServiceServicer_to_server(Persona(world), server)
    mapper_grpc.add_MapperServiceServicer_to_server(Mapper(world), server)
    feedback_grpc.add_FeedbackServiceServicer_to_server(Feedback(world), server)
    health_grpc.add_HealthServiceServicer_to_server(Health(world), server)
    server.add_insecure_port(address)
    await server.start()
    return server
