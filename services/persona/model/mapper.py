"""Mappers as they are listed and kept."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MapperVersion:
    """What is told of a mapper at one version.

    `source` is its YAML document, empty for one that is a class; `created_at` is None for one that
    came with PersonaKit.
    """

    mapper_id: str
    version: int
    description: str
    required_traits: tuple[str, ...]
    suggestion_types: tuple[str, ...]
    source: str = ""
    created_at: datetime | None = None
