"""What is true of a made-up person on one day: what the traits ought to say."""

from dataclasses import dataclass
from datetime import date
from typing import Self

from clients.workbench.people import Amount, Person
from clients.workbench.shapes import HOURS, Lengths


@dataclass(frozen=True)
class Truth:
    """The hidden self in the units of the traits.

    `levels` is the mean energy of each local hour; `best_window` the hour at which the best three
    begin; lengths are in minutes; `start_hour` and `end_hour` are local and decimal.
    `focus_minutes` are a hundred lengths, as often short and long as theirs.
    """

    levels: tuple[float, ...]
    best_window: int
    focus_p50: float
    focus_p75: float
    focus_p90: float
    recovery_p50: float
    recovery_p90: float
    score_lost_per_interruption: float
    sensitivity: Amount
    start_hour: float
    end_hour: float
    focus_minutes: tuple[float, ...]

    @classmethod
    def of(cls, person: Person, day: date) -> Self:
        """Return the truth of a day, after all that drifted and moved until then."""
        today = person.on(day)
        return cls(
            levels=tuple(today.level(hour) for hour in range(HOURS)),
            best_window=today.best_window(),
            focus_p50=today.focus.quantile(0.5),
            focus_p75=today.focus.quantile(0.75),
            focus_p90=today.focus.quantile(0.9),
            recovery_p50=today.recovery.quantile(0.5),
            recovery_p90=today.recovery.quantile(0.9),
            score_lost_per_interruption=today.score_lost_per_interruption,
            sensitivity=today.sensitivity,
            start_hour=today.start_hour,
            end_hour=today.end_hour,
            focus_minutes=_hundred(today.focus),
        )


def _hundred(lengths: Lengths) -> tuple[float, ...]:
    return tuple(lengths.quantile((number + 0.5) / 100) for number in range(100))
