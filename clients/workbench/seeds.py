"""Ten sample people, each of another kind, so that what they are told differs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from clients.workbench.families import draw_person
from clients.workbench.history import write_history
from clients.workbench.people import WORKDAYS, Amount, Chronotype, Person
from personakit.ingest.v1 import ingest_pb2 as pb

WEEKS: Final = 6
_EARLY, _MIDDLE, _LATE = Chronotype
_LOW, _MEDIUM, _HIGH = Amount


@dataclass(frozen=True)
class Sample:
    """Somebody to seed: a name, and the kind of person that is drawn."""

    person_id: str
    chronotype: Chronotype
    meetings: Amount
    interruptions: Amount
    seed: int

    def person(self, time_zone: str) -> Person:
        """Draw the person."""
        return draw_person(self.seed, time_zone, self.chronotype, self.meetings, self.interruptions)

    @property
    def in_words(self) -> str:
        """Such as "early; meetings low, interruptions high"."""
        return f"{self.chronotype}; meetings {self.meetings}, interruptions {self.interruptions}"


SAMPLES: Final = (
    Sample("sample-aiko", _EARLY, _LOW, _LOW, 101),
    Sample("sample-bruno", _EARLY, _MEDIUM, _HIGH, 102),
    Sample("sample-chen", _EARLY, _HIGH, _MEDIUM, 103),
    Sample("sample-dalia", _MIDDLE, _LOW, _HIGH, 104),
    Sample("sample-emeka", _MIDDLE, _MEDIUM, _MEDIUM, 105),
    Sample("sample-freya", _MIDDLE, _HIGH, _LOW, 106),
    Sample("sample-goran", _MIDDLE, _HIGH, _HIGH, 117),
    Sample("sample-hana", _LATE, _LOW, _MEDIUM, 108),
    Sample("sample-ines", _LATE, _MEDIUM, _LOW, 109),
    Sample("sample-jomo", _LATE, _HIGH, _HIGH, 110),
)


def histories(time_zone: str, now: datetime) -> Iterator[tuple[Sample, list[pb.Observation]]]:
    """Yield each with the weeks up to `now`."""
    for sample in SAMPLES:
        yield sample, write_history(sample.person(time_zone), sample.person_id, now, WEEKS)


def at_work(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment itself, or 10:30 of the next Monday if it is at a weekend."""
    local = now.astimezone(zone)
    days = 7 - local.weekday() if local.weekday() >= WORKDAYS else 0
    if not days:
        return now
    monday = local.date() + timedelta(days=days)
    return datetime.combine(monday, time(10, 30), zone).astimezone(UTC)
