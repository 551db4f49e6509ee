"""Has the mapper speak at many more moments than anybody asks at, of what is believed of people."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import grpc

from eval.simulation.days import MINUTE, Day, day_of
from eval.simulation.judge import Advice
from eval.simulation.people import Mind
from eval.simulation.run import is_misplaced
from services.persona.mappers import DailyWorkOptimizer
from services.persona.model import (
    Commitment,
    EnergyLevel,
    Mindscape,
    PersonId,
    Situation,
    Suggestion,
)
from services.persona.neighbours import ProfilerBeliefs

DAYS, EVERY = 14, 5 * MINUTE


async def sweep(address: str, minds: Sequence[Mind], days: int) -> tuple[int, int]:
    """Return how many suggestions are made on the two weeks after the days of use, and how many of
    them are misplaced: every five minutes of the working days, with their real calendars."""
    made = misplaced = 0
    async with grpc.aio.insecure_channel(address) as channel:
        beliefs = ProfilerBeliefs(channel)
        for mind in minds:
            first = mind.first_day + timedelta(days=days)
            coming = [day_of(mind, first + timedelta(days=each)) for each in range(DAYS)]
            working = [(day, day.working.start, day.working.end) for day in coming if day.working]
            believed = await beliefs.mindscape(PersonId(mind.name), working[0][1])
            assert believed is not None
            for day, start, end in working:
                found = list(_spoken(day, start, end, believed))
                made, misplaced = made + len(found), misplaced + sum(found)
    return made, misplaced


def _spoken(day: Day, start: datetime, end: datetime, believed: Mindscape) -> Iterator[bool]:
    """Yield for each suggestion whether it is misplaced."""
    # What the day was so far holds for one moment alone.
    traits = {name: one for name, one in believed.traits.items() if name != EnergyLevel.NAME}
    mindscape = Mindscape(believed.version, believed.zone, traits)
    booked = tuple(Commitment(each.start, each.end) for each in day.meetings)
    at = start
    while at < end:
        situation = Situation(at, day.mind.person.time_zone, booked)
        _, overlay = DailyWorkOptimizer().map(mindscape, situation)
        yield from (is_misplaced(day, at, _advice(each)) for each in overlay.suggestions)
        at += EVERY


def _advice(made: Suggestion) -> Advice:
    return Advice(made.type, made.start_at, made.end_at, made.duration_minutes)
