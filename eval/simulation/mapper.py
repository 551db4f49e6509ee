"""The mapper alone: what PersonaKit would say, of what is believed of people now; kept nowhere.

It is asked at many more moments than people ask at: what Suggest says counts as told, and would
change what is said later.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import grpc

from clients.workbench.days import Stretch
from eval.simulation.api import Api
from eval.simulation.days import MINUTE, Day, date_at, day_of
from eval.simulation.judge import Advice, helps
from eval.simulation.load import with_load
from eval.simulation.log import Log, Planned, Relived
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
RELIVED_EVERY = 60 * MINUTE


class Peek:
    """Advises as the services would now: from what they believe and what they heard."""

    def __init__(self, channel: grpc.aio.Channel, api: Api) -> None:
        self._beliefs = ProfilerBeliefs(channel)
        self._judgements = FeedbackJudgements(channel)
        self._api = api
        self._known: dict[tuple[str, int], tuple[Mindscape, Verdicts]] = {}

    async def advise(self, day: Day, at: datetime, refused: frozenset[str]) -> Sequence[Advice]:
        """Return what would be said, once all that happened until then is known."""
        await self._api.tell(day.mind, at)
        person_id = PersonId(day.mind.name)
        mindscape = await self._beliefs.mindscape(person_id, at)
        verdicts = await self._judgements.verdicts(person_id)
        if mindscape is None:
            return []
        number = (date_at(day.mind, at) - day.mind.first_day).days + 1
        self._known[day.mind.name, number] = (
            mindscape,
            Verdicts(verdicts.weights, (), verdicts.helpfulness),
        )
        return _said(day, at, mindscape, verdicts)

    async def hear(self, day: Day, advice: Advice, helpful: bool) -> None:
        """Nobody was told anything."""

    async def sweep(self, minds: Sequence[Mind], days: int, log: Log) -> None:
        """Live through the working days of the two weeks after the days of use, with their real
        calendars: count what is said and what of it is misplaced, plan each day, and say what would
        have been said there by what was known on earlier days."""
        for mind in minds:
            first = mind.first_day + timedelta(days=days)
            coming = [day_of(mind, first + timedelta(days=each)) for each in range(SWEPT_DAYS)]
            working = [(day, day.working) for day in coming if day.working]
            mindscape = await self._beliefs.mindscape(PersonId(mind.name), working[0][1].start)
            assert mindscape is not None
            for day, hours in working:
                _sweep(day, hours, mindscape, log)
                log.planned.append(_planned(day, hours, mindscape))
            log.relived += self._relived(mind, working)

    def _relived(self, mind: Mind, working: Sequence[tuple[Day, Stretch]]) -> Iterator[Relived]:
        for (name, number), (mindscape, verdicts) in self._known.items():
            if name == mind.name:
                helped = [
                    helps(day, advice, ())
                    for day, hours in working
                    for at in _moments(hours, RELIVED_EVERY)
                    for advice in _said(day, at, with_load(mindscape, day, at), verdicts)
                ]
                yield Relived(name, number, len(helped), sum(helped))


def _planned(day: Day, hours: Stretch, believed: Mindscape) -> Planned:
    situation = _situation(day, hours.start, Verdicts())
    return score(day, hours, DailyWorkOptimizer().plan(_lasting(believed), situation))


def _lasting(believed: Mindscape) -> Mindscape:
    """Leave out what the day was so far, which holds for one moment alone."""
    traits = {name: one for name, one in believed.traits.items() if name != EnergyLevel.NAME}
    return replace(believed, traits=traits)


def _moments(hours: Stretch, every: timedelta) -> list[datetime]:
    return [hours.start + every * each for each in range(-((hours.start - hours.end) // every))]


def _sweep(day: Day, hours: Stretch, believed: Mindscape, log: Log) -> None:
    mindscape = _lasting(believed)
    for at in _moments(hours, SWEPT_EVERY):
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
