"""Draws made-up people from families: other shapes, other numbers, so that what was tuned on one
family can be shown on another.

The numbers are the workbench's own. They are drawn wider than an average office, so that people
differ enough for advice to differ.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from random import Random
from typing import Final

from clients.workbench.people import WORKDAYS, Amount, Chronotype, Person, Scale
from clients.workbench.shapes import (
    AtLeast,
    Gamma,
    LogLogistic,
    LogNormal,
    Peak,
    Plateau,
    Rise,
    Tent,
    TwoKinds,
    Wave,
    Weibull,
)

_COST: Final = {Amount.LOW: 0.1, Amount.MEDIUM: 0.35, Amount.HIGH: 0.7}
_STUDIO_COST: Final = {Amount.LOW: 0.05, Amount.MEDIUM: 0.27, Amount.HIGH: 0.6}
_WORKSHOP_COST: Final = {Amount.LOW: 0.08, Amount.MEDIUM: 0.3, Amount.HIGH: 0.65}
_CLINIC_COST: Final = {Amount.LOW: 0.06, Amount.MEDIUM: 0.28, Amount.HIGH: 0.7}
_CLINIC_START: Final = {Chronotype.EARLY: 6.5, Chronotype.MIDDLE: 8.5, Chronotype.LATE: 12.0}
_WORKSHOP_START: Final = {Chronotype.EARLY: 7.0, Chronotype.MIDDLE: 9.0, Chronotype.LATE: 11.0}
_STUDIO_PEAK: Final = {Chronotype.EARLY: 9.0, Chronotype.MIDDLE: 13.5, Chronotype.LATE: 19.0}


class Family(StrEnum):
    """Round peaks and logarithms that are normal; flat tops and long tails; waves, and lengths
    that are sums of steps; or straight lines up and down, and lengths of two kinds."""

    OFFICE = "office"
    STUDIO = "studio"
    WORKSHOP = "workshop"
    CLINIC = "clinic"


def costs(family: Family) -> Mapping[Amount, float]:
    """Return what an interruption costs about, for people of each sensitivity."""
    return {
        Family.OFFICE: _COST,
        Family.STUDIO: _STUDIO_COST,
        Family.WORKSHOP: _WORKSHOP_COST,
        Family.CLINIC: _CLINIC_COST,
    }[family]


def draw_person(
    seed: int,
    time_zone: str,
    chronotype: Chronotype | None = None,
    meetings: Amount | None = None,
    interruptions: Amount | None = None,
    family: Family = Family.OFFICE,
) -> Person:
    """Make a person; the same arguments make the same one. What is left out is drawn."""
    named = "" if family is Family.OFFICE else f"{family} "
    dice = Random(f"{named}person {seed}")  # noqa: S311
    drawn_type = dice.choices(list(Chronotype), weights=(3, 4, 2))[0]
    drawn_meetings, drawn_interruptions = dice.choice(list(Amount)), dice.choice(list(Amount))
    kind = chronotype or drawn_type
    match family:
        case Family.OFFICE:
            person = _with_office_hours(_office(dice, seed, time_zone), kind, dice)
        case Family.STUDIO:
            person = _studio(dice, seed, time_zone, kind)
        case Family.WORKSHOP:
            person = _workshop(dice, seed, time_zone, kind)
        case Family.CLINIC:
            person = _clinic(dice, seed, time_zone, kind)
    person = _with_meetings(person, meetings or drawn_meetings, dice)
    return _with_interruptions(person, interruptions or drawn_interruptions, dice)


def _office(dice: Random, seed: int, time_zone: str) -> Person:
    focus_minutes = dice.choice((28.0, 40.0, 52.0, 65.0, 80.0)) * dice.uniform(0.9, 1.1)
    focus_spread = dice.uniform(0.25, 0.45)
    recovery_minutes = dice.choice((5.0, 12.0, 18.0, 27.0)) * dice.uniform(0.9, 1.1)
    sensitivity = dice.choice(list(Amount))
    return Person(
        seed=seed,
        time_zone=time_zone,
        chronotype=Chronotype.MIDDLE,
        peaks=(),
        start_hour=0.0,
        end_hour=0.0,
        focus=LogNormal(focus_minutes, focus_spread),
        meetings_a_day=(),
        stand_up_hour=None,
        recovery=LogNormal(recovery_minutes, 0.35),
        interruptions_an_hour=0.0,
        sensitivity=sensitivity,
        score_lost_per_interruption=_COST[sensitivity],
        weekend_work=dice.choice((0.0, 0.05, 0.3)),
        unscored=dice.uniform(0.05, 0.4),
        forgotten=dice.uniform(0.02, 0.2),
    )


def _with_office_hours(person: Person, chronotype: Chronotype, dice: Random) -> Person:
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


def _studio(dice: Random, seed: int, time_zone: str, chronotype: Chronotype) -> Person:
    """Make somebody with one long flat top, the peak anywhere in the day, and their own way to
    rate; half of all lengths end soon, half have a long tail."""
    middle = _STUDIO_PEAK[chronotype] + dice.uniform(-1.5, 1.5)
    begin = middle - dice.uniform(2.0, 5.0)
    sensitivity = dice.choice(list(Amount))
    minutes = math.exp(dice.uniform(math.log(22), math.log(105)))
    tailed, steadiness = dice.random() < 0.5, dice.uniform(1.6, 3.0)
    focus = LogLogistic(minutes, 1.6 * steadiness) if tailed else Weibull(minutes, steadiness)
    return Person(
        seed=seed,
        time_zone=time_zone,
        chronotype=chronotype,
        peaks=_flat_tops(dice, middle),
        start_hour=begin,
        end_hour=begin + dice.uniform(6.5, 10.5),
        focus=focus,
        meetings_a_day=(),
        stand_up_hour=None,
        recovery=LogLogistic(math.exp(dice.uniform(math.log(3), math.log(35))), 3.5),
        interruptions_an_hour=0.0,
        sensitivity=sensitivity,
        score_lost_per_interruption=_STUDIO_COST[sensitivity] * dice.uniform(0.85, 1.15),
        weekend_work=dice.uniform(0.0, 0.4),
        unscored=dice.uniform(0.0, 0.5),
        forgotten=dice.uniform(0.0, 0.3),
        rest_energy=dice.uniform(0.05, 0.25),
        scale=Scale(dice.uniform(1.2, 2.6), dice.uniform(2.2, 3.6), dice.uniform(0.35, 0.75)),
        clumping=dice.uniform(0.0, 0.8),
        shorter_by=(0.0, 0.0, 0.0, 0.0, dice.uniform(0.0, 3.0)),
        punctuality=dice.uniform(0.1, 0.9),
    )


def _flat_tops(dice: Random, middle: float) -> tuple[Rise, ...]:
    height, width = dice.uniform(0.5, 0.8), dice.uniform(1.5, 2.8)
    top = Plateau(middle, height, width, dice.uniform(0.7, 3.0), dice.uniform(0.7, 3.0))
    if dice.random() < 0.5:
        return (top,)
    away = dice.choice((-1, 1)) * dice.uniform(4.5, 6.5)
    return (top, Plateau(middle + away, 0.6 * height, 1.5, 1.0, 1.0))


def _workshop(dice: Random, seed: int, time_zone: str, chronotype: Chronotype) -> Person:
    """Make somebody with two waves of energy in the day, who works in steps."""
    begin = _WORKSHOP_START[chronotype] + dice.uniform(-0.75, 0.75)
    length = dice.uniform(7.5, 10.0)
    best = begin + length * dice.choice((0.25, 0.7)) + dice.uniform(-0.5, 0.5)
    other = best + dice.choice((-1, 1)) * dice.uniform(4.0, 6.0)
    height, sensitivity = dice.uniform(0.5, 0.75), dice.choice(list(Amount))
    return Person(
        seed=seed,
        time_zone=time_zone,
        chronotype=chronotype,
        peaks=(
            Wave(best, height, dice.uniform(5.0, 8.0)),
            Wave(other, height * dice.uniform(0.4, 0.75), dice.uniform(3.0, 5.0)),
        ),
        start_hour=begin,
        end_hour=begin + length,
        focus=Gamma(math.exp(dice.uniform(math.log(25), math.log(90))), dice.uniform(3.0, 9.0)),
        meetings_a_day=(),
        stand_up_hour=round(2 * (begin + 1)) / 2 if dice.random() < 0.5 else None,
        recovery=Gamma(dice.uniform(4.0, 30.0), dice.uniform(3.0, 9.0)),
        interruptions_an_hour=0.0,
        sensitivity=sensitivity,
        score_lost_per_interruption=_WORKSHOP_COST[sensitivity] * dice.uniform(0.9, 1.1),
        weekend_work=dice.uniform(0.0, 0.3),
        unscored=dice.uniform(0.0, 0.4),
        forgotten=dice.uniform(0.0, 0.25),
        rest_energy=dice.uniform(0.1, 0.2),
        scale=Scale(dice.uniform(1.5, 2.2), dice.uniform(2.8, 3.6), dice.uniform(0.4, 0.65)),
        clumping=dice.uniform(0.0, 0.5),
        shorter_by=(0.0, 0.0, dice.uniform(0.0, 2.0), 0.0, dice.uniform(0.0, 2.0)),
        punctuality=dice.uniform(0.15, 0.7),
    )


def _clinic(dice: Random, seed: int, time_zone: str, chronotype: Chronotype) -> Person:
    """Make somebody whose energy rises and falls in straight lines, with two kinds of work."""
    begin = _CLINIC_START[chronotype] + dice.uniform(-0.75, 0.75)
    length = dice.uniform(7.0, 10.0)
    best = begin + length * dice.uniform(0.2, 0.8)
    sensitivity = dice.choice(list(Amount))
    minutes = math.exp(dice.uniform(math.log(25), math.log(85)))
    return Person(
        seed=seed,
        time_zone=time_zone,
        chronotype=chronotype,
        peaks=(
            Tent(best, dice.uniform(0.55, 0.8), dice.uniform(2.5, 6.0), dice.uniform(2.5, 6.0)),
            Tent(begin + length * dice.random(), dice.uniform(0.0, 0.2), 2.0, 2.0),
        ),
        start_hour=begin,
        end_hour=begin + length,
        focus=TwoKinds((0.4 * minutes, 1.15 * minutes), (0.85 * minutes, 2.0 * minutes), 0.5),
        meetings_a_day=(),
        stand_up_hour=None,
        recovery=AtLeast(dice.uniform(1.0, 12.0), dice.uniform(3.0, 20.0)),
        interruptions_an_hour=0.0,
        sensitivity=sensitivity,
        score_lost_per_interruption=_CLINIC_COST[sensitivity] * dice.uniform(0.85, 1.15),
        weekend_work=dice.uniform(0.0, 0.35),
        unscored=dice.uniform(0.0, 0.45),
        forgotten=dice.uniform(0.0, 0.3),
        rest_energy=dice.uniform(0.05, 0.2),
        scale=Scale(dice.uniform(1.0, 2.4), dice.uniform(2.4, 4.0), dice.uniform(0.35, 0.8)),
        clumping=dice.uniform(0.0, 0.6),
        shorter_by=(0.0, 0.0, 0.0, 0.0, dice.uniform(0.0, 2.0)),
        punctuality=dice.uniform(0.12, 0.75),
    )


def _with_meetings(person: Person, amount: Amount, dice: Random) -> Person:
    a_day = {Amount.LOW: 0.5, Amount.MEDIUM: 1.6, Amount.HIGH: 3.4}[amount]
    by_weekday = tuple(a_day * dice.uniform(0.5, 1.5) for _ in range(WORKDAYS))
    return replace(person, meetings_a_day=by_weekday)


def _with_interruptions(person: Person, amount: Amount, dice: Random) -> Person:
    an_hour = {Amount.LOW: 0.3, Amount.MEDIUM: 1.0, Amount.HIGH: 2.4}[amount]
    return replace(person, interruptions_an_hour=an_hour * dice.uniform(0.8, 1.2))
