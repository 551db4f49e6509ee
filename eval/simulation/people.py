"""People with a hidden self, of families that differ.

Advice is judged by four of them. Two are the workbench's: the office, on which constants were
chosen, and the studio, with flat tops and long tails. The slopes have shapes of their own: energy
that rises or falls all day, short and long days, meetings heaped on two days. The wards were
written when the rules were done. The others are only rehearsed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from random import Random
from statistics import median

from clients.workbench.families import Family as Workbench
from clients.workbench.families import draw_person
from clients.workbench.people import WORKDAYS, Person
from clients.workbench.shapes import LogNormal, Peak
from eval.simulation.harbour import draw_at_harbour
from eval.simulation.wards import draw_on_ward

TYPES = (
    "deep_work_window",
    "light_work",
    "break",
    "meeting_preparation",
    "meeting_recovery",
    "protect_from_interruptions",
    "wrap_up",
)
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "America/Los_Angeles",
    "Europe/London",
    "Australia/Sydney",
    "America/Sao_Paulo",
)
FIRST_MONDAY = date(2026, 9, 7)


class Family(StrEnum):
    """Where people are drawn from; the harbour and the workshop were chosen by, too, and the clinic
    was not looked at."""

    OFFICE = "office"
    STUDIO = "studio"
    SLOPES = "slopes"
    WARDS = "wards"
    HARBOUR = "harbour"
    WORKSHOP = "workshop"
    CLINIC = "clinic"


JUDGED = (Family.OFFICE, Family.STUDIO, Family.SLOPES, Family.WARDS)


@dataclass(frozen=True, eq=False)
class Mind:
    """Somebody's hidden self. `never` are the types that never help them, whatever the rules say.

    They begin on `first_day`; first days are spread over a week, so that the fifth day of use is
    not the same day of the week for everybody.
    """

    name: str
    person: Person
    never: frozenset[str]
    first_day: date

    @cached_property
    def working_levels(self) -> Sequence[float]:
        """Return the energy at every quarter of an hour of the working day, lowest first."""
        person = self.person
        steps = int((person.end_hour - person.start_hour) * 4)
        return sorted(person.energy(person.start_hour + step / 4) for step in range(steps))

    @cached_property
    def median_level(self) -> float:
        """Return the median working energy."""
        return median(self.working_levels)

    def level_above(self, share: float) -> float:
        """Return the energy that this share of the working day does not exceed."""
        return self.working_levels[
            min(int(share * len(self.working_levels)), len(self.working_levels) - 1)
        ]


def draw(family: Family, seed: int) -> Mind:
    """Draw somebody; the same arguments draw the same one."""
    dice = Random(f"mind {family} {seed}")
    zone = dice.choice(ZONES)
    return Mind(
        name=f"{family}-{seed}",
        person=_person(family, dice, seed, zone),
        never=_never(dice),
        first_day=FIRST_MONDAY + timedelta(days=seed % 7),
    )


def _person(family: Family, dice: Random, seed: int, zone: str) -> Person:
    if family is Family.SLOPES:
        return _on_a_slope(dice, seed, zone)
    if family is Family.WARDS:
        return draw_on_ward(dice, seed, zone)
    if family is Family.HARBOUR:
        return draw_at_harbour(dice, seed, zone)
    return draw_person(seed, zone, family=Workbench(family))


def named(name: str) -> Mind:
    """Return who has that name."""
    family, _, seed = name.rpartition("-")
    return draw(Family(family), int(seed))


def _never(dice: Random) -> frozenset[str]:
    """Two of five people have one or two types that never help them."""
    if dice.random() >= 0.4:
        return frozenset()
    return frozenset(dice.sample(TYPES, dice.randint(1, 2)))


def _on_a_slope(dice: Random, seed: int, zone: str) -> Person:
    start = dice.triangular(5.5, 12.5, 8.5)
    end = start + dice.triangular(5, 10.5, 8)
    return replace(
        draw_person(seed, zone),
        seed=1_000_000 + seed,
        peaks=_peaks(dice, start, end),
        start_hour=start,
        end_hour=end,
        focus=LogNormal(
            min(130.0, max(18.0, 48 * math.exp(dice.gauss(0, 0.5)))), dice.uniform(0.15, 0.6)
        ),
        meetings_a_day=_heaped(dice),
        stand_up_hour=round(2 * dice.uniform(start + 0.5, end - 1)) / 2,
        recovery=LogNormal(min(45.0, max(2.0, dice.gammavariate(2, 8))), 0.5),
        interruptions_an_hour=min(4.0, dice.expovariate(1.0)),
        score_lost_per_interruption=min(1.2, dice.expovariate(1 / 0.35)),
        weekend_work=dice.choice((0.0, 0.15, 0.5)),
        unscored=dice.uniform(0.0, 0.8),
        forgotten=dice.uniform(0.0, 0.35),
    )


def _peaks(dice: Random, start: float, end: float) -> tuple[Peak, ...]:
    """One broad peak, three small ones, or a slope over the whole day, either way; the first is
    the highest."""
    shape = dice.choice(("one", "three", "rising", "falling"))
    if shape == "three":
        hours = (start + (end - start) * share for share in (0.15, 0.5, 0.85))
        three = (Peak(hour, dice.uniform(0.35, 0.75), dice.uniform(15, 30)) for hour in hours)
        return tuple(sorted(three, key=lambda peak: -peak.height))
    hour = {"one": dice.uniform(start + 0.5, end - 0.5), "rising": end, "falling": start}[shape]
    return (Peak(hour, dice.uniform(0.6, 0.85), dice.uniform(3, 8)),)


def _heaped(dice: Random) -> tuple[float, ...]:
    heavy, most = dice.sample(range(WORKDAYS), 2), dice.uniform(1, 5)
    return tuple(most if day in heavy else 0.3 for day in range(WORKDAYS))
