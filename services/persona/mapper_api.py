"""Mappers as gRPC: converts, calls a use case, converts back."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from personakit.persona.v1 import mapper_pb2 as pb
from personakit.persona.v1 import mapper_pb2_grpc as pb_grpc
from personakit.persona.v1 import persona_pb2
from services.kit.paging import decode_cursor, encode_cursor, page_size
from services.kit.times import moment, timestamp
from services.persona import usecases
from services.persona.mappers import Problem
from services.persona.model import MapperVersion, Persona, PersonId
from services.persona.usecases import Studio, Trial, Workshop

LIST: Final = "mappers"
# What only a persona that is kept has.
KEPT: Final = ("persona_id", "create_time", "expire_time")


class MapperApi(pb_grpc.MapperServiceServicer):
    """Answers `personakit.persona.v1.MapperService`; `show` converts a persona."""

    def __init__(
        self, workshop: Workshop, studio: Studio, show: Callable[[Persona], persona_pb2.Persona]
    ) -> None:
        self._workshop = workshop
        self._studio = studio
        self._show = show

    async def ListMappers(
        self, request: pb.ListMappersRequest, context: object
    ) -> pb.ListMappersResponse:
        size = page_size(request.page_size)
        after = decode_cursor(LIST, request.page_token, str) or ""
        found = await self._workshop.catalog.page(after, size + 1)
        mappers = [to_proto(mapper) for mapper in found[:size]]
        for mapper in mappers:
            mapper.ClearField("source")
        more = len(found) > size
        token = encode_cursor(LIST, found[size - 1].mapper_id) if more else ""
        return pb.ListMappersResponse(mappers=mappers, next_page_token=token)

    async def GetMapper(self, request: pb.GetMapperRequest, context: object) -> pb.Mapper:
        return to_proto(await self._workshop.catalog.told(request.mapper_id, request.version))

    async def ValidateMapper(
        self, request: pb.ValidateMapperRequest, context: object
    ) -> pb.ValidateMapperResponse:
        problems = await usecases.problems_of(request.source, self._workshop)
        return pb.ValidateMapperResponse(problems=[_problem(problem) for problem in problems])

    async def UploadMapper(self, request: pb.UploadMapperRequest, context: object) -> pb.Mapper:
        return to_proto(await usecases.upload(request.source, self._workshop))

    async def TryMapper(self, request: pb.TryMapperRequest, context: object) -> persona_pb2.Persona:
        trial = Trial(PersonId(request.person_id), request.source, _at(request))
        persona = self._show(await usecases.try_out(trial, self._workshop, self._studio))
        for field in KEPT:
            persona.ClearField(field)
        for suggestion in persona.overlay.suggestions:
            suggestion.ClearField("suggestion_id")
        return persona


def to_proto(mapper: MapperVersion) -> pb.Mapper:
    created_at = mapper.created_at
    return pb.Mapper(
        mapper_id=mapper.mapper_id,
        version=mapper.version,
        description=mapper.description,
        required_traits=mapper.required_traits,
        suggestion_types=mapper.suggestion_types,
        source=mapper.source,
        create_time=timestamp(created_at) if created_at else None,
    )


def _problem(problem: Problem) -> pb.MapperProblem:
    return pb.MapperProblem(
        rule=problem.rule,
        line=problem.place.line,
        column=problem.place.column,
        message=problem.message,
    )


def _at(request: pb.TryMapperRequest) -> datetime | None:
    return moment(request.at) if request.HasField("at") else None
