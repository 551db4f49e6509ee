"""Finds mappers: those that came with PersonaKit, and those that apps brought."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from services.kit.errors import NotFound
from services.persona.mappers import Compiler, DataMapper, PersonaMapper
from services.persona.model import MapperVersion

# Each takes some 0.1 MB; 4 MB, if its author made the most of every limit.
MOST_COMPILED: Final = 16


class MapperVersions(Protocol):
    """Where the documents of mappers are kept, every version."""

    async def newest(self, mapper_id: str) -> int | None:
        """The number of the newest version; None if there is none."""
        ...

    async def get(self, mapper_id: str, version: int) -> MapperVersion | None:
        """One version of a mapper."""
        ...

    async def add(self, mapper: MapperVersion) -> MapperVersion:
        """Keeps a document under the next number; if the newest is the same, returns that."""
        ...

    async def page(self, after: str, size: int) -> Sequence[MapperVersion]:
        """At most `size` mappers at their newest version, by id, from after that id on."""
        ...


class Catalog:
    """Implements `ports.Mappers`: the mappers of PersonaKit's own, and those that are kept.

    The newest version of a kept one is asked for at each call, so that an upload counts in every
    process at once. What was compiled of a version stays, as long as there is room.
    """

    def __init__(
        self, own: Iterable[PersonaMapper], versions: MapperVersions, compiler: Compiler
    ) -> None:
        self._own = {(mapper.mapper_id, mapper.version): mapper for mapper in own}
        self._versions = versions
        self._compiler = compiler
        self._compiled: OrderedDict[tuple[str, int], DataMapper] = OrderedDict()

    async def get(self, mapper_id: str, version: int = 0) -> PersonaMapper:
        number = version or await self._newest(mapper_id)
        found = self._own.get((mapper_id, number)) or await self._kept(mapper_id, number)
        if found is None:
            raise _not_found(mapper_id, version)
        return found

    async def told(self, mapper_id: str, version: int = 0) -> MapperVersion:
        """What is told of a mapper, at its newest version or another. Refuses as `get` does."""
        number = version or await self._newest(mapper_id)
        if own := self._own.get((mapper_id, number)):
            return told_of(own)
        kept = None if self.is_own(mapper_id) else await self._versions.get(mapper_id, number)
        if kept is None:
            raise _not_found(mapper_id, version)
        return kept

    async def page(self, after: str, size: int) -> list[MapperVersion]:
        """At most `size` mappers at their newest version, by id, from after that id on."""
        # Of the versions of one id, the last one stays.
        newest = dict(sorted(self._own))
        own = [told_of(self._own[key]) for key in newest.items() if key[0] > after]
        kept = [
            one for one in await self._versions.page(after, size) if one.mapper_id not in newest
        ]
        return sorted([*own, *kept], key=lambda one: one.mapper_id)[:size]

    def is_own(self, mapper_id: str) -> bool:
        """Whether it is one of PersonaKit's, which no document replaces."""
        return any(own == mapper_id for own, _ in self._own)

    async def _newest(self, mapper_id: str) -> int:
        own = [version for name, version in self._own if name == mapper_id]
        return max(own, default=0) or await self._versions.newest(mapper_id) or 0

    async def _kept(self, mapper_id: str, version: int) -> DataMapper | None:
        key = mapper_id, version
        if key in self._compiled:
            self._compiled.move_to_end(key)
            return self._compiled[key]
        kept = None if self.is_own(mapper_id) else await self._versions.get(mapper_id, version)
        if kept is None:
            return None
        mapper = await asyncio.to_thread(self._compiler.compile, kept.source, version)
        self._compiled[key] = mapper
        if len(self._compiled) > MOST_COMPILED:
            self._compiled.popitem(last=False)
        return mapper


def told_of(mapper: PersonaMapper) -> MapperVersion:
    """What is told of a mapper that is at hand."""
    return MapperVersion(
        mapper_id=mapper.mapper_id,
        version=mapper.version,
        description=mapper.description,
        required_traits=mapper.required_traits,
        suggestion_types=tuple(sorted(mapper.suggestion_types)),
        source=mapper.source if isinstance(mapper, DataMapper) else "",
    )


def _not_found(mapper_id: str, version: int) -> NotFound:
    which = f"version {version} of the mapper" if version else "mapper"
    return NotFound("MAPPER_NOT_FOUND", f"there is no {which} {mapper_id}")
