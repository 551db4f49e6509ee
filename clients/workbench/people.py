"""A made-up person, and the truth about them, which no observation tells outright."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Self

from clients.workbench.shapes import HOURS, Lengths, Rise

WORKDAYS = 5
MONTH = timedelta(days=30)


class Chronotype(StrEnum):
    """When in the day somebody's energy is highest."""

    EARLY = "early"
    MIDDLE = "middle"
    LATE = "late"


class Amount(StrEnum):
    """How much of something somebody has."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True)
class Scale:
    """How somebody rates work: the score with no energy, what full energy adds, and the standard
    deviation of what else decides."""

    least: float = 1.8
    range: float = 3.5
    noise: float = 0.5


@dataclass(frozen=True)
class Stay:
    """Local days, first to last."""

    first: date
    last: date

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Trip(Stay):
    """Days on which the person lives by another zone."""

    time_zone: str


@dataclass(frozen=True)
class Move:
    """That from a day on the best hours lie later (or earlier), and perhaps all of the work."""

    on: date
    hours: float
    with_the_work: bool = True


@dataclass(frozen=True)
class Person:
    """The hidden self of a made-up person.

    Hours are local and decimal. `meetings_a_day` is by weekday, Monday first, without the
    stand-up, which not everybody has; `shorter_by` are the hours that a weekday ends earlier.
    `weekend_work`, `unscored` and `forgotten` are probabilities: that a day of the weekend is
    worked, that a session has no score, that it is not logged at all. `clumping` tells how much
    days differ in interruptions: the variance of a day's rate, as a share of its mean squared.
    `punctuality` is the standard deviation of the hour at which a day begins.
    """

    seed: int
    time_zone: str
    chronotype: Chronotype
    peaks: tuple[Rise, ...]
    start_hour: float
    end_hour: float
    focus: Lengths
    meetings_a_day: tuple[float, ...]
    stand_up_hour: float | None
    recovery: Lengths
    interruptions_an_hour: float
    sensitivity: Amount
    score_lost_per_interruption: float
    weekend_work: float
    unscored: float
    forgotten: float
    rest_energy: float = 0.1
    scale: Scale = Scale()
    clumping: float = 0.0
    shorter_by: tuple[float, ...] = (0.0,) * WORKDAYS
    punctuality: float = 0.25
    drift_from: date | None = None
    drift_hours_a_month: float = 0.0
    moves: tuple[Move, ...] = ()
    trips: tuple[Trip, ...] = ()
    holidays: tuple[Stay, ...] = ()

    @property
    def focus_minutes(self) -> float:
        """The typical length of work that nothing cuts short."""
        return self.focus.median

    @property
    def recovery_minutes(self) -> float:
        """The typical time from a meeting's end to the next work."""
        return self.recovery.median

    def energy(self, hour: float) -> float:
        """Return the energy at a local hour, from 0 to 1."""
        return min(1.0, self.rest_energy + sum(peak.at(hour) for peak in self.peaks))

    def level(self, hour: int) -> float:
        """Return the mean energy of a full local hour."""
        return sum(self.energy(hour + (2 * tenth + 1) / 20) for tenth in range(10)) / 10

    def best_window(self, hours: int = 3) -> int:
        """Return the local hour at which the best window of so many hours begins."""
        levels = [self.level(hour) for hour in range(HOURS)]
        return max(
            range(HOURS),
            key=lambda begin: sum(levels[(begin + each) % HOURS] for each in range(hours)),
        )

    def energy_in_words(self, hour: float) -> str:
        """Return "low", "medium" or "high", by thirds of the person's own working day."""
        steps = int((self.end_hour - self.start_hour) * 4)
        day = sorted(self.energy(self.start_hour + step / 4) for step in range(steps))
        now = self.energy(hour)
        if now <= day[len(day) // 3]:
            return Amount.LOW
        return Amount.HIGH if now >= day[2 * len(day) // 3] else Amount.MEDIUM

    def is_away(self, day: date) -> bool:
        """Tell whether it is a holiday."""
        return any(stay.covers(day) for stay in self.holidays)

    def on(self, day: date) -> Self:
        """Return the person as they are on one day: what drifted and moved until then, and the
        zone in which they are."""
        trip = next((trip for trip in self.trips if trip.covers(day)), None)
        moved = [move for move in self.moves if move.on <= day]
        drift = self._drift(day)
        best = drift + sum(move.hours for move in moved)
        work = drift + sum(move.hours for move in moved if move.with_the_work)
        if not (trip or best or work):
            return self
        return replace(
            self,
            time_zone=trip.time_zone if trip else self.time_zone,
            peaks=tuple(peak.moved(best) for peak in self.peaks),
            start_hour=self.start_hour + work,
            end_hour=self.end_hour + work,
            stand_up_hour=self._stand_up(work),
            drift_from=None,
            moves=(),
            trips=(),
        )

    def _stand_up(self, later: float) -> float | None:
        return None if self.stand_up_hour is None else self.stand_up_hour + round(2 * later) / 2

    def _drift(self, day: date) -> float:
        if self.drift_from is None or day <= self.drift_from:
            return 0.0
        return self.drift_hours_a_month * ((day - self.drift_from) / MONTH)
