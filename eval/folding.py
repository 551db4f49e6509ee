"""How long a fold takes: `python -m eval.folding` prints milliseconds of a processor, for made-up
people and for somebody whose sessions are all alike.

What is added up is keys, not sessions: forty sessions of the same length at the same times share
theirs, so that they take less time than twenty as people have them, with meetings.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from time import process_time
from typing import NamedTuple

from clients.workbench.families import Family
from eval.believing import statements
from eval.made_up.diary import Diary
from eval.made_up.measuring import FIRST, live
from services.profiler.days import merge
from services.profiler.ledger import weeks_from
from services.profiler.memory import MOST_WEEKS
from services.profiler.model import Fact, WorkSession
from services.profiler.traits import fold
from services.profiler.traits.prior import SHIPPED
from services.profiler.weeks import Week

WEEKS = (4, 13, 52, MOST_WEEKS)
TIMES = 30
ALIKE_A_DAY, ALIKE_SECONDS = 8, 45 * 60


class Taken(NamedTuple):
    """How many weeks were folded, how many keys each has, and the milliseconds."""

    weeks: int
    keys: float
    milliseconds: float


def main() -> None:
    """Prints a line for everybody and each number of weeks."""
    end = FIRST + timedelta(weeks=MOST_WEEKS)
    for family in Family:
        _show(family, Diary(live(family, 1), FIRST).between(FIRST, end))
    _show("all alike", alike(FIRST, end))


def _show(name: str, facts: Sequence[Fact]) -> None:
    sessions = sum(isinstance(fact, WorkSession) for fact in facts) / MOST_WEEKS
    for one in taken(facts, WEEKS):
        print(
            f"{name}, {sessions:.0f} sessions and {one.keys:.0f} keys a week, {one.weeks} weeks:"
            f" {one.milliseconds:.2f} ms"
        )


def alike(first: date, end: date) -> list[Fact]:
    """Returns eight sessions of 45 minutes on each weekday, at the same times."""
    days = (first + timedelta(days=number) for number in range((end - first).days))
    starts = (
        int(datetime(day.year, day.month, day.day, 9 + hour, tzinfo=UTC).timestamp())
        for day in days
        if day.weekday() < 5
        for hour in range(ALIKE_A_DAY)
    )
    return [
        WorkSession(start, start + ALIKE_SECONDS, "UTC", start // 3600 % 5 + 1, start // 3600 % 3)
        for start in starts
    ]


def taken(facts: Sequence[Fact], sizes: Sequence[int]) -> list[Taken]:
    """Returns how long a fold of the newest so many weeks takes, at its fastest."""
    weeks = sorted(weeks_from(merge({}, statements(facts))).values(), key=lambda one: one.start)
    return [_taken(weeks[-size:]) for size in sizes]


def _taken(weeks: Sequence[Week]) -> Taken:
    keys = sum(len(counts) for week in weeks for counts in week.counts.values())
    least = min(_milliseconds(lambda: fold(weeks, SHIPPED)) for _ in range(TIMES))
    return Taken(len(weeks), keys / len(weeks), least)


def _milliseconds(work: Callable[[], object]) -> float:
    begun = process_time()
    work()
    return 1000 * (process_time() - begun)


if __name__ == "__main__":
    main()
