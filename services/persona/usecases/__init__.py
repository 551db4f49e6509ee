"""What the persona context does: generate, get, and forget in time."""

from services.persona.usecases.catalog import Catalog, MapperVersions
from services.persona.usecases.mappers import Trial, Workshop, problems_of, try_out, upload
from services.persona.usecases.personas import forget_expired, generate, get, remade
from services.persona.usecases.planning import plan_day
from services.persona.usecases.ports import (
    DEFAULT_MAPPER,
    DEFAULT_TIME_TO_LIVE,
    LONGEST_TIME_TO_LIVE,
    Beliefs,
    Diary,
    Judgements,
    Life,
    Mappers,
    Neighbours,
    Order,
    Patience,
    Personas,
    Said,
    Studio,
)

__all__ = [
    "DEFAULT_MAPPER",
    "DEFAULT_TIME_TO_LIVE",
    "LONGEST_TIME_TO_LIVE",
    "Beliefs",
    "Catalog",
    "Diary",
    "Judgements",
    "Life",
    "MapperVersions",
    "Mappers",
    "Neighbours",
    "Order",
    "Patience",
    "Personas",
    "Said",
    "Studio",
    "Trial",
    "Workshop",
    "forget_expired",
    "generate",
    "get",
    "plan_day",
    "problems_of",
    "remade",
    "try_out",
    "upload",
]
