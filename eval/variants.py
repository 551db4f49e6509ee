"""Other constants that the model might as well have had, to see what choosing among them did."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf

from services.profiler.traits import energy_patterns, recall


@dataclass(frozen=True)
class Variant:
    """The say of people's habits, the memories with their trust, and what counts as evidence for
    one of them."""

    habits_share: float
    memories: tuple[tuple[float, float], ...]
    temper: float


_EVEN = ((21.0, 0.2), (180.0, 0.3), (inf, 0.5))
_SLOW = ((28.0, 0.1), (180.0, 0.2), (inf, 0.7))
SHIPPED = Variant(energy_patterns.HABITS_SHARE, recall.MEMORIES, recall.TEMPER)
VARIANTS = (
    SHIPPED,
    Variant(0.4, recall.MEMORIES, recall.TEMPER),
    Variant(1.0, _EVEN, 0.25),
    Variant(0.4, _SLOW, 0.1),
)


@contextmanager
def tried(variant: Variant) -> Iterator[None]:
    """Lets the profiler of this process believe with other constants."""
    _set(variant)
    try:
        yield
    finally:
        _set(SHIPPED)


def _set(variant: Variant) -> None:
    energy_patterns.HABITS_SHARE = variant.habits_share
    recall.MEMORIES = variant.memories
    recall.TEMPER = variant.temper
