"""Finds mappers: those that came with PersonaKit, and those that apps brought."""

from collections.abc import Iterable

from services.kit.errors import NotFound
from services.persona.mappers import PersonaMapper


class Catalog:
    """Implements `ports.Mappers`."""

    def __init__(self, shipped: Iterable[PersonaMapper]) -> None:
        self._shipped = {mapper.mapper_id: mapper for mapper in shipped}

    async def get(self, mapper_id: str, version: int = 0) -> PersonaMapper:
        mapper = self._shipped.get(mapper_id)
        if mapper is None or version not in (0, mapper.version):
            raise NotFound("MAPPER_NOT_FOUND", f"there is no mapper {mapper_id}")
        return mapper
