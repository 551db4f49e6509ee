"""A family that nobody looked at while advice was worked on: its figures are a test, not a choice.

Most begin early, some in the afternoon; many meetings or hardly any; interruptions cost half of
them nearly nothing and the others much; two days a week are shorter.
"""

import math
from random import Random

from clients.workbench.people import WORKDAYS, Amount, Chronotype, Person, Scale
from clients.workbench.shapes import Gamma, Plateau, Rise, Wave, Weibull

_LATEST_END = 23.0


def draw_on_ward(dice: Random, seed: int, zone: str) -> Person:
    """Draw somebody of the wards."""
    chronotype = dice.choices(list(Chronotype), (6, 1, 3))[0]
    start = _start(dice, chronotype)
    end = min(_LATEST_END, start + dice.uniform(6.5, 11.0))
    lost = dice.uniform(0.0, 0.15) if dice.random() < 0.5 else dice.uniform(0.25, 0.9)
    return Person(
        seed=2_000_000 + seed,
        time_zone=zone,
        chronotype=chronotype,
        peaks=_energy(dice, start, end),
        start_hour=start,
        end_hour=end,
        focus=Gamma(math.exp(dice.uniform(math.log(20), math.log(75))), dice.uniform(2.0, 6.0)),
        meetings_a_day=_meetings(dice),
        stand_up_hour=round(2 * start + 1) / 2 if dice.random() < 0.7 else None,
        recovery=Weibull(dice.uniform(1.5, 28.0), dice.uniform(1.5, 3.0)),
        interruptions_an_hour=min(5.0, dice.expovariate(1 / 1.6)),
        sensitivity=Amount.HIGH if lost > 0.2 else Amount.LOW,
        score_lost_per_interruption=lost,
        weekend_work=dice.choice((0.0, 0.0, 0.35)),
        unscored=dice.uniform(0.0, 0.6),
        forgotten=dice.uniform(0.05, 0.4),
        rest_energy=dice.uniform(0.1, 0.3),
        scale=Scale(dice.uniform(1.3, 2.4), dice.uniform(2.4, 3.6), dice.uniform(0.4, 0.8)),
        clumping=dice.uniform(0.0, 1.0),
        shorter_by=(0.0, 0.0, dice.uniform(0.0, 2.5), 0.0, dice.uniform(0.0, 2.5)),
        punctuality=dice.uniform(0.1, 0.8),
    )


def _start(dice: Random, chronotype: Chronotype) -> float:
    if chronotype is Chronotype.EARLY:
        return dice.triangular(5.0, 8.0, 6.0)
    return dice.uniform(8.5, 9.5) if chronotype is Chronotype.MIDDLE else dice.uniform(11.5, 14.0)


def _energy(dice: Random, start: float, end: float) -> tuple[Rise, ...]:
    """A wave that is over by noon or begins after it, a day with a dip, or a steep early top."""
    length = end - start
    shape = dice.choice(("wave", "dip", "steep"))
    if shape == "wave":
        at = start + length * dice.choice((0.3, 0.75))
        return (Wave(at, dice.uniform(0.5, 0.75), dice.uniform(5.0, 9.0)),)
    if shape == "dip":
        first = Wave(start + 0.2 * length, dice.uniform(0.4, 0.7), dice.uniform(3.5, 6.0))
        second = Wave(start + 0.85 * length, dice.uniform(0.3, 0.55), dice.uniform(3.5, 6.0))
        return (first, second)
    at = start + length * dice.uniform(0.15, 0.35)
    return (Plateau(at, dice.uniform(0.5, 0.75), 2.0, 0.5, dice.uniform(4.0, 9.0)),)


def _meetings(dice: Random) -> tuple[float, ...]:
    a_day = dice.uniform(1.5, 5.0) if dice.random() < 0.6 else 0.2
    return tuple(a_day * dice.uniform(0.6, 1.4) for _ in range(WORKDAYS))
