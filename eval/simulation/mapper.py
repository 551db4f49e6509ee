"""The mapper alone: what PersonaKit would say, of what is believed of people now; kept nowhere.

It is asked at many more moments than people ask at: what Suggest says counts as told, and would
change what is said later.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import grpc

from clients.workbench.days import Stretch
from eval.simulation.api import Api
from eval.simulation.days import MINUTE, Day, day_of
from eval.simulation.judge import Advice
from eval.simulation.log import Log, Planned
from eval.simulation.people import Mind
from eval.simulation.planning import score
from eval.simulation.run import is_misplaced
from services.persona.mappers import DailyWorkOptimizer
from services.persona.model import (
    Commitment,
    EnergyLevel,
    Mindscape,
    PersonId,
    Situation,
    Verdicts,
)
from services.persona.neighbours import FeedbackJudgements, ProfilerBeliefs

SWEPT_DAYS, SWEPT_EVERY = 14, 5 * MINUTE


class Peek:
    """Advises as the services would now: from what they believe and what they heard."""

    def __init__(self, channel: grpc.aio.Channel, api: Api) -> None:
        self._beliefs = ProfilerBeliefs(channel)
        self._judgements = FeedbackJudgements(channel)
        self._api = api

    async def advise(self, day: Day, at: datetime, refused: frozenset[str]) -> Sequence[Advice]:
        """Return what would be said, once all that happened until then is known."""
        await self._api.tell(day.mind, at)
        person_id = PersonId(day.mind.name)
        mindscape = await self._beliefs.mindscape(person_id, at)
        verdicts = await self._judgements.verdicts(person_id)
        return _said(day, at, mindscape, verdicts) if mindscape else []

    async def hear(self, day: Day, advice: Advice, helpful: bool) -> None:
        """Nobody was told anything."""

    async def sweep(self, minds: Sequence[Mind], days: int, log: Log) -> None:
        """Live through the working days of the two weeks after the days of use, with their real
        calendars: count what is said and what of it is misplaced, and plan each day."""
        for mind in minds:
            first = mind.first_day + timedelta(days=days)
            coming = [day_of(mind, first + timedelta(days=each)) for each in range(SWEPT_DAYS)]
            working = [(day, day.working) for day in coming if day.working]
            mindscape = await self._beliefs.mindscape(PersonId(mind.name), working[0][1].start)
            assert mindscape is not None
            for day, hours in working:
                _sweep(day, hours, mindscape, log)
                log.planned.append(_planned(day, hours, mindscape))


def _planned(day: Day, hours: Stretch, believed: Mindscape) -> Planned:
    situation = _situation(day, hours.start, Verdicts())
    return score(day, hours, DailyWorkOptimizer().plan(_lasting(believed), situation))


def _lasting(believed: Mindscape) -> Mindscape:
    """Leave out what the day was so far, which holds for one moment alone."""
    traits = {name: one for name, one in believed.traits.items() if name != EnergyLevel.NAME}
    return replace(believed, traits=traits)


def _sweep(day: Day, hours: Stretch, believed: Mindscape, log: Log) -> None:
    mindscape, moments = _lasting(believed), range(-((hours.start - hours.end) // SWEPT_EVERY))
    for at in (hours.start + SWEPT_EVERY * each for each in moments):
        for advice in _said(day, at, mindscape, Verdicts()):
            log.swept += 1
            log.swept_misplaced += is_misplaced(day, at, advice)


def _said(day: Day, at: datetime, mindscape: Mindscape, verdicts: Verdicts) -> list[Advice]:
    mapper = DailyWorkOptimizer()
    if mapper.lacks(mindscape):
        return []
    _, overlay = mapper.map(mindscape, _situation(day, at, verdicts))
    return [
        Advice(each.type, each.start_at, each.end_at, each.duration_minutes)
        for each in overlay.suggestions
    ]


def _situation(day: Day, at: datetime, verdicts: Verdicts) -> Situation:
    booked = tuple(Commitment(each.start, each.end) for each in day.meetings)
    return Situation(at, day.mind.person.time_zone, booked, verdicts)
