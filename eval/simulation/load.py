"""What a day was so far, as the profiler would say it of what is logged."""

from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from clients.workbench.days import Session
from eval.simulation.days import MINUTE, REST, Day
from services.persona.mappers.daily_work_optimizer.curve import Curve
from services.persona.mappers.daily_work_optimizer.moment import HIGH_FROM, LOW_BELOW
from services.persona.model import EnergyLevel, Mindscape, Trait


def with_load(believed: Mindscape, day: Day, at: datetime) -> Mindscape:
    """Return what is believed with the work of another day, and the curve's energy at its hour."""
    value = Curve.of(believed, ZoneInfo(day.mind.person.time_zone)).level(at)
    level = "low" if value < LOW_BELOW else "high" if value >= HIGH_FROM else "medium"
    logged = [one for one in day.work if isinstance(one, Session) and one.logged and one.end <= at]
    worked = sum((one.end - one.start) // MINUTE for one in logged)
    energy = EnergyLevel(level, value, worked, 0, _since_break(logged, at))
    known = Trait(energy, len(logged), 1.0, provisional=False)
    return replace(believed, traits={**believed.traits, EnergyLevel.NAME: known})


def _since_break(logged: list[Session], at: datetime) -> int:
    if not logged or at - logged[-1].end >= REST:
        return 0
    began = logged[0].start
    for before, after in pairwise(logged):
        if after.start - before.end >= REST:
            began = after.start
    return (at - began) // MINUTE
