"""PersonaKit as adviser in one process: the services' models without the services.

It says what the API says, many times faster, so that many people can be looked at. What one
person's verdicts do to newcomers is left out, and so is what several people's days are like.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from eval.simulation.api import WEEKS
from eval.simulation.believer import Believer
from eval.simulation.days import Day, date_at
from eval.simulation.judge import Advice
from eval.simulation.log import Log
from eval.simulation.people import Family, Mind, draw
from eval.simulation.run import DAYS, Months
from eval.simulation.told import Overheard
from services.feedback.model import DAILY_LIMIT, Helpfulness, TraitWeight, judged, part_of_day
from services.persona import model as persona
from services.persona.mappers import DailyWorkOptimizer
from services.persona.model.persona import told_after

LIVES = 4
BETWEEN_LIVES = timedelta(weeks=WEEKS)
"""From the first day of a life to that of the next, which begins on the same day of the week."""


def rehearse(family: Family, people: int, days: int = DAYS) -> Log:
    """Let so many people of a family live with PersonaKit, each alone."""
    with ProcessPoolExecutor() as pool:
        return _together(pool.map(partial(_alone, family, days), range(people), chunksize=5))


def relive(family: Family, people: int, lives: int) -> list[Log]:
    """Let so many people of a family live with PersonaKit several times, in other months, and look
    closely at what each would be told in the first week and the fourth."""
    with ProcessPoolExecutor() as pool:
        return [
            _together(pool.map(partial(_alone_in, family, life), range(people), chunksize=5))
            for life in range(lives)
        ]


def _together(logs: Iterable[Log]) -> Log:
    together = Log()
    for log in logs:
        together.said += log.said
        together.asked += log.asked
    return together


def _alone(family: Family, days: int, seed: int) -> Log:
    mind = draw(family, seed)
    return asyncio.run(Months([mind], Rehearsal(mind), days=days).live())


def _alone_in(family: Family, life: int, seed: int) -> Log:
    mind = draw(family, seed)
    then = replace(mind, first_day=mind.first_day + life * BETWEEN_LIVES)
    rehearsal = Rehearsal(then)
    return asyncio.run(Months([then], rehearsal, prober=Probe(rehearsal)).live())


def overhear(mind: Mind) -> Overheard:
    """Let somebody live with PersonaKit, and keep what they are told."""
    overheard = Overheard(Rehearsal(mind))
    asyncio.run(Months([mind], overheard).live())
    return overheard


class Heard:
    """What somebody thought of suggestions, by the rules of feedback."""

    def __init__(self) -> None:
        self._weights: dict[tuple[str, str], TraitWeight] = {}
        self._helpfulness: dict[tuple[str, str], Helpfulness] = {}
        self._refusals: list[persona.Refusal] = []
        self._times: Counter[date] = Counter()

    def verdicts(self, at: datetime) -> persona.Verdicts:
        """Return it as the mapper takes it."""
        faded = {key: one.at(at) for key, one in self._helpfulness.items()}
        return persona.Verdicts(
            {key: persona.Weight(one.weight, one.original) for key, one in self._weights.items()},
            tuple(self._refusals),
            {key: persona.Helpfulness(one.helpful, one.not_helpful) for key, one in faded.items()},
        )

    def hear(self, said: persona.Suggestion, local: datetime, helpful: bool) -> None:
        """Take a verdict that is given at once, unless the day has had its ten."""
        if self._times[local.date()] >= DAILY_LIMIT:
            return
        self._times[local.date()] += 1
        key = (said.type, part_of_day(local))
        before = self._helpfulness.get(key) or Helpfulness.none_yet(*key, local)
        self._helpfulness[key] = before.with_verdict(helpful, local)
        of_type = [one for one in self._weights.values() if one.suggestion_type == said.type]
        new = TraitWeight(said.type, said.related_traits[0])
        for one in judged(of_type, new, helpful, local):
            self._weights[one.suggestion_type, one.trait] = one
        if not helpful:
            self._refusals.append(persona.Refusal(said.type, local))


class Rehearsal:
    """Advises one person."""

    def __init__(self, mind: Mind) -> None:
        self._believer, self._heard = Believer(mind), Heard()
        self._zone = ZoneInfo(mind.person.time_zone)
        self._mapper = DailyWorkOptimizer()
        self._told: dict[date, tuple[persona.Told, ...]] = {}
        self._said: dict[str, tuple[persona.Suggestion, datetime]] = {}

    async def advise(self, day: Day, at: datetime, refused: frozenset[str]) -> Sequence[Advice]:
        """Say what the services would, and count it as told."""
        said, on = self.would_say(day, at), date_at(day.mind, at)
        self._told = {on: told_after(self._told.get(on, ()), said, at)}
        return [self._advice(one, at) for one in said]

    def would_say(self, day: Day, at: datetime) -> Sequence[persona.Suggestion]:
        """Return what the services would say."""
        mindscape = self._believer.believes(at)
        if mindscape is None or self._mapper.lacks(mindscape):
            return ()
        told, booked = self._told.get(date_at(day.mind, at), ()), self._believer.booked(at)
        verdicts = self._heard.verdicts(at)
        situation = persona.Situation(at, self._zone.key, booked, verdicts, told)
        return self._mapper.map(mindscape, situation)[1].suggestions

    async def hear(self, day: Day, advice: Advice, helpful: bool) -> None:
        """Take the verdict."""
        said, at = self._said[advice.reference]
        self._heard.hear(said, at.astimezone(self._zone), helpful)

    def _advice(self, said: persona.Suggestion, at: datetime) -> Advice:
        reference = f"{said.type} {at}"
        self._said[reference] = (said, at)
        return _as_advice(said, reference)


class Probe:
    """Sees what a rehearsal would say, which is neither told nor answered."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self._rehearsal = rehearsal

    async def advise(self, day: Day, at: datetime, refused: frozenset[str]) -> Sequence[Advice]:
        """Say what the services would."""
        return [_as_advice(one) for one in self._rehearsal.would_say(day, at)]

    async def hear(self, day: Day, advice: Advice, helpful: bool) -> None:
        """Nobody was told anything."""


def _as_advice(said: persona.Suggestion, reference: str = "") -> Advice:
    words = f"**{said.title}.** {said.description}"
    return Advice(said.type, said.start_at, said.end_at, said.duration_minutes, reference, words)
