"""What was learned, kept in memory, and people in memory to learn from."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from services.profiler.model import PersonId
from services.profiler.usecases import Lesson
from services.profiler.weeks import Week
from tests.unit.profiler.fakes import Memory

HOURS = "work.energy_patterns"


@dataclass
class MemoryPriors:
    """Implements `usecases.Priors`."""

    lessons: dict[int, Lesson] = field(default_factory=dict)

    async def newest(self) -> Lesson | None:
        return self.lessons[max(self.lessons)] if self.lessons else None

    async def numbered(self, number: int) -> Lesson | None:
        return self.lessons.get(number)

    async def keep(self, lesson: Lesson) -> bool:
        return self.lessons.setdefault(lesson.number, lesson) is lesson


class MemoryPopulation:
    """Implements `usecases.Population`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def sample(self, effective_n: float, most: int) -> Sequence[PersonId]:
        current = {one: kept[-1].traits for one, kept in self._memory.history.items() if kept}
        return [
            one
            for one, traits in current.items()
            if HOURS in traits and traits[HOURS].effective_n >= effective_n
        ][:most]

    async def weeks(
        self, people: Collection[PersonId], most: int
    ) -> Mapping[PersonId, Sequence[Week]]:
        return {
            one: sorted(self._memory.weeks[one].values(), key=lambda week: week.start)[-most:]
            for one in people
        }
