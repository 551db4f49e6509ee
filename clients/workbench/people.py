"""Makes plausible people, and knows the truth about each of them.

The numbers are the workbench's own. They are drawn wider than an average office, so that people
differ enough for advice to differ.
"""

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random
from statistics import NormalDist

HOURS = 24
WORKDAYS = 5


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
class Peak:
    """A rise of energy: around which local hour, how high (0 to 1), and how sharp."""

    hour: float
    height: float
    sharpness: float

    def at(self, hour: float) -> float:
        """Return its share of the energy at an hour of the 24-hour circle."""
        angle = 2 * math.pi * (hour - self.hour) / HOURS
        return self.height * math.exp(self.sharpness * (math.cos(angle) - 1))


@dataclass(frozen=True)
class Person:
    """The hidden self of a made-up person.

    Hours are local and decimal. `meetings_a_day` is by weekday, Monday first, without the
    stand-up. `weekend_work`, `unscored` and `forgotten` are probabilities: that a day of the
    weekend is worked, that a session has no score, that it is not logged at all.
    """

    seed: int
    time_zone: str
    chronotype: Chronotype
    peaks: tuple[Peak, ...]
    start_hour: float
    end_hour: float
    focus_minutes: float
    focus_spread: float
    meetings_a_day: tuple[float, ...]
    stand_up_hour: float
    recovery_minutes: float
    interruptions_an_hour: float
    score_lost_per_interruption: float
    weekend_work: float
    unscored: float
    forgotten: float

    def energy(self, hour: float) -> float:
        """Return the energy at a local hour, from 0 to 1."""
        return min(1.0, 0.1 + sum(peak.at(hour) for peak in self.peaks))

    def focus_quantile(self, share: float) -> float:
        """Return the minutes that this share of uncut sessions stays below."""
        return self.focus_minutes * math.exp(self.focus_spread * NormalDist().inv_cdf(share))

    def best_window(self, hours: int = 3) -> int:
        """Return the local hour at which the best window of so many hours begins."""
        return max(
            range(HOURS),
            key=lambda begin: sum(self.energy(begin + quarter / 4) for quarter in range(4 * hours)),
        )

    def energy_in_words(self, hour: float) -> str:
        """Return "low", "medium" or "high", by thirds of the person's own working day."""
        steps = int((self.end_hour - self.start_hour) * 4)
        day = sorted(self.energy(self.start_hour + step / 4) for step in range(steps))
        now = self.energy(hour)
        if now <= day[len(day) // 3]:
            return Amount.LOW
        return Amount.HIGH if now >= day[2 * len(day) // 3] else Amount.MEDIUM


def draw_person(
    seed: int,
    time_zone: str,
    chronotype: Chronotype | None = None,
    meetings: Amount | None = None,
    interruptions: Amount | None = None,
) -> Person:
    """Make a person; the same arguments make the same one. What is left out is drawn."""
    dice = Random(f"person {seed}")  # noqa: S311
    drawn_type = dice.choices(list(Chronotype), weights=(3, 4, 2))[0]
    drawn_meetings, drawn_interruptions = dice.choice(list(Amount)), dice.choice(list(Amount))
    person = _draw_habits(dice, seed, time_zone)
    person = _with_chronotype(person, chronotype or drawn_type, dice)
    person = _with_meetings(person, meetings or drawn_meetings, dice)
    return _with_interruptions(person, interruptions or drawn_interruptions, dice)


def _draw_habits(dice: Random, seed: int, time_zone: str) -> Person:
    return Person(
        seed=seed,
        time_zone=time_zone,
        chronotype=Chronotype.MIDDLE,
        peaks=(),
        start_hour=0.0,
        end_hour=0.0,
        focus_minutes=dice.choice((28.0, 40.0, 52.0, 65.0, 80.0)) * dice.uniform(0.9, 1.1),
        focus_spread=dice.uniform(0.25, 0.45),
        meetings_a_day=(),
        stand_up_hour=0.0,
        recovery_minutes=dice.choice((5.0, 12.0, 18.0, 27.0)) * dice.uniform(0.9, 1.1),
        interruptions_an_hour=0.0,
        score_lost_per_interruption=dice.choice((0.1, 0.35, 0.7)),
        weekend_work=dice.choice((0.0, 0.05, 0.3)),
        unscored=dice.uniform(0.05, 0.4),
        forgotten=dice.uniform(0.02, 0.2),
    )


def _with_chronotype(person: Person, chronotype: Chronotype, dice: Random) -> Person:
    """Set two peaks, the second lower, with the dip of early afternoon between or before them."""
    main, second, start = {
        Chronotype.EARLY: (8.7, 15.3, 7.4),
        Chronotype.MIDDLE: (10.4, 15.9, 8.8),
        Chronotype.LATE: (17.2, 11.6, 10.2),
    }[chronotype]
    shift = dice.gauss(0, 0.5)
    begin = start + shift + dice.uniform(-0.25, 0.25)
    return replace(
        person,
        chronotype=chronotype,
        peaks=(
            Peak(main + shift, dice.uniform(0.65, 0.8), dice.uniform(9, 14)),
            Peak(second + shift, dice.uniform(0.3, 0.45), dice.uniform(9, 16)),
        ),
        start_hour=begin,
        end_hour=begin + dice.uniform(8.2, 9.6),
        stand_up_hour=round(2 * (begin + 0.8)) / 2,
    )


def _with_meetings(person: Person, amount: Amount, dice: Random) -> Person:
    a_day = {Amount.LOW: 0.5, Amount.MEDIUM: 1.6, Amount.HIGH: 3.4}[amount]
    by_weekday = tuple(a_day * dice.uniform(0.5, 1.5) for _ in range(WORKDAYS))
    return replace(person, meetings_a_day=by_weekday)


def _with_interruptions(person: Person, amount: Amount, dice: Random) -> Person:
    an_hour = {Amount.LOW: 0.3, Amount.MEDIUM: 1.0, Amount.HIGH: 2.4}[amount]
    return replace(person, interruptions_an_hour=an_hour * dice.uniform(0.8, 1.2))
