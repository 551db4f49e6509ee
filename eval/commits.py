"""Public commit times of people, as work that began when the commit was made."""

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

HOURS = 24


@dataclass(frozen=True)
class Committer:
    """A person and the local times at which they committed, oldest first."""

    name: str
    times: tuple[datetime, ...]

    @cached_property
    def hours(self) -> tuple[int, ...]:
        return tuple(time.hour for time in self.times)

    @cached_property
    def days(self) -> tuple[date, ...]:
        return tuple(time.date() for time in self.times)

    @cached_property
    def shares(self) -> tuple[float, ...]:
        """The shares of the commits by local hour, adding up to 1."""
        return tuple(self.hours.count(hour) / len(self.hours) for hour in range(HOURS))


def read(path: Path) -> Sequence[Committer]:
    """Reads people, one a line: {"person", "times": [ISO 8601 local times with offset]}."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [_committer(json.loads(line)) for line in lines]


def _committer(line: dict[str, object]) -> Committer:
    times = line["times"]
    assert isinstance(times, list)
    in_order = sorted(map(datetime.fromisoformat, times))
    local = tuple(time.replace(tzinfo=None) for time in in_order)
    return Committer(str(line["person"]), local)
