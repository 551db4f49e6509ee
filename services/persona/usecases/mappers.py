"""Checks documents that are to be mappers, keeps them, and tries them on a person."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from services.kit.clock import Clock
from services.kit.errors import FailedPrecondition
from services.kit.status import InvalidFields
from services.persona.mappers import Compiler, DataMapper, InvalidDocument, Problem
from services.persona.model import MapperVersion, Persona, PersonId
from services.persona.usecases.catalog import Catalog, MapperVersions, told_of
from services.persona.usecases.personas import make
from services.persona.usecases.ports import Order, Studio

# Of a persona that is not kept.
NOWHERE: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where documents become mappers."""

    compiler: Compiler
    catalog: Catalog
    versions: MapperVersions
    clock: Clock


@dataclass(frozen=True, slots=True)
class Trial:
    """A document to try on a person; `at` left out means now."""

    person_id: PersonId
    source: str
    at: datetime | None = None


async def problems_of(source: str, workshop: Workshop) -> Sequence[Problem]:
    """All that keeps a document from being a mapper."""
    try:
        await asyncio.to_thread(workshop.compiler.prove, source)
    except InvalidDocument as error:
        return error.problems
    return ()


async def upload(source: str, workshop: Workshop) -> MapperVersion:
    """Keeps a document as the next version of its mapper; the same again is the same version.

    Refuses with MAPPER_INVALID, and with MAPPER_RESERVED for a mapper of PersonaKit's own.
    """
    mapper = await _proven(source, workshop)
    if workshop.catalog.is_own(mapper.mapper_id):
        raise FailedPrecondition(
            "MAPPER_RESERVED", f"{mapper.mapper_id} is PersonaKit's own: choose another mapper_id"
        )
    return await workshop.versions.add(replace(told_of(mapper), created_at=workshop.clock.now()))


async def try_out(trial: Trial, workshop: Workshop, studio: Studio) -> Persona:
    """Makes the persona that a document would make of a person, and keeps nothing.

    Refuses with MAPPER_INVALID, and as `generate` does.
    """
    mapper = await _proven(trial.source, workshop)
    order = Order(trial.person_id, mapper.mapper_id, trial.at)
    return await make(order, NOWHERE, mapper, workshop.clock.now(), studio)


async def _proven(source: str, workshop: Workshop) -> DataMapper:
    try:
        return await asyncio.to_thread(workshop.compiler.prove, source)
    except InvalidDocument as error:
        raise InvalidFields(
            [("source", _in_words(problem)) for problem in error.problems], "MAPPER_INVALID"
        ) from None


def _in_words(problem: Problem) -> str:
    place = f"{problem.place.line}:{problem.place.column}"
    return ": ".join(filter(None, (place, problem.rule, problem.message)))
