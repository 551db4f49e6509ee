"""Weeks of summaries: exact integers that days add to and take away from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from services.profiler.model import Answer

FORMAT = 8
"""Rises when a summary changes its meaning; weeks of another format are made again from days."""

Counts: TypeAlias = Mapping[str, Mapping[str, int]]
"""Exact sums by group (one for each kind of evidence), then by key."""


class Mark(NamedTuple):
    """What a day says that does not add up.

    `latest` is when the newest evidence of each group happened, `seen` when and in which zone
    the person was last seen; times are in seconds since 1970.
    """

    latest: Mapping[str, int]
    seen: tuple[int, str] | None
    answers: tuple[Answer, ...]

    def __bool__(self) -> bool:
        return bool(self.latest or self.seen or self.answers)


UNMARKED = Mark({}, None, ())


@dataclass(frozen=True, slots=True)
class Week:
    """The sum of a week's days; it starts on a Monday."""

    start: date
    counts: Counts
    marks: Mapping[date, Mark]
    format: int = FORMAT

    def __bool__(self) -> bool:
        return bool(self.counts or self.marks)

    def changed(self, gone: Counts, come: Counts, marks: Mapping[date, Mark]) -> "Week":
        """Returns the week without and with these counts, and with other marks of these days."""
        all_marks = {**self.marks, **marks}
        kept = {day: mark for day, mark in sorted(all_marks.items()) if mark}
        return Week(self.start, _sum(self.counts, gone, come), kept)


@lru_cache(maxsize=4096)  # each day is asked for several times, and comes round again
def week_of(day: date) -> date:
    """Returns the Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def empty_week(start: date) -> Week:
    """Returns a week of which nothing is known."""
    return Week(start, {}, {})


def _sum(counts: Counts, gone: Counts, come: Counts) -> Counts:
    total = {group: dict(keys) for group, keys in counts.items()}
    for sign, change in ((-1, gone), (1, come)):
        for group, keys in change.items():
            sums = total.setdefault(group, {})
            for key, amount in keys.items():
                sums[key] = sums.get(key, 0) + sign * amount
    kept = {group: {k: v for k, v in keys.items() if v} for group, keys in total.items()}
    return {group: keys for group, keys in kept.items() if keys}
