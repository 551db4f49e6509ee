"""When a type helps a person: verdicts by part of the day, those of old counted for less."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

# As long as the mindscape remembers. There that was measured; for verdicts nothing was yet.
HALF_LIFE = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Helpfulness:
    """Sums over verdicts as they count at `as_of`: each for 1 when given, for half after
    `HALF_LIFE`. Nothing is ever taken from them, so that fading loses no precision."""

    suggestion_type: str
    part_of_day: str
    helpful: float
    not_helpful: float
    as_of: datetime

    @classmethod
    def none_yet(cls, suggestion_type: str, part_of_day: str, at: datetime) -> "Helpfulness":
        return cls(suggestion_type, part_of_day, 0.0, 0.0, at)

    def at(self, moment: datetime) -> "Helpfulness":
        """Returns it faded to a moment; as it is, if that is earlier."""
        if moment <= self.as_of:
            return self
        left = 0.5 ** ((moment - self.as_of) / HALF_LIFE)
        return replace(
            self, helpful=self.helpful * left, not_helpful=self.not_helpful * left, as_of=moment
        )

    def with_verdict(self, helpful: bool, at: datetime) -> "Helpfulness":
        """Returns it with one more verdict."""
        faded = self.at(at)
        if helpful:
            return replace(faded, helpful=faded.helpful + 1)
        return replace(faded, not_helpful=faded.not_helpful + 1)
