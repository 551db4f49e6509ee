"""Lets people live for weeks, ask at several moments a day, and judge what they are told."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random

from eval.simulation.arms import Adviser
from eval.simulation.days import MINUTE, Day, date_at, day_of
from eval.simulation.judge import OUTSIDE, Advice, Verdict, judge
from eval.simulation.log import Asked, Log, Said
from eval.simulation.people import Mind

DAYS = 28
ASKS_A_DAY = 5
ASKS_OUTSIDE, ASKS_ON_FREE_DAYS = 0.25, 0.3
"""Probabilities of one more moment: outside the working day, and on a day that is free."""
PROBED_DAYS = frozenset(range(1, 8)) | frozenset(range(22, 29))
"""Of the first and the fourth week it is looked closely what each person would be told."""
PROBED_AFTER = (0 * MINUTE, 10 * MINUTE, 20 * MINUTE)
"""When, after each moment of those days at which anybody asks: a week in which little is said is
then known by more than what a few moments happened to bring."""
IN_FLIGHT = 32


@dataclass(frozen=True)
class Moment:
    """When somebody asks; what is said to a mere probe is not shown to anybody."""

    at: datetime
    mind: Mind
    shown: bool


@dataclass
class Months:
    """A run: people, who advises them, and the clock that all services read.

    With a `prober`, that one is asked besides, at every ten minutes or so of the days that are
    looked at closely.
    """

    minds: Sequence[Mind]
    adviser: Adviser
    clock: Path | None = None
    days: int = DAYS
    prober: Adviser | None = None
    log: Log = field(default_factory=Log)
    _refused: dict[str, tuple[date, frozenset[str]]] = field(default_factory=dict)

    async def live(self) -> Log:
        """Go through all moments in their order, everybody's at once."""
        moments: defaultdict[datetime, list[Moment]] = defaultdict(list)
        for mind in self.minds:
            for moment in moments_of(mind, self.days, self.prober is not None):
                moments[moment.at].append(moment)
        for at in sorted(moments):
            self._set_clock(at)
            await self._all(moments[at])
        return self.log

    def _set_clock(self, at: datetime) -> None:
        if self.clock:
            fresh = self.clock.with_suffix(".next")
            fresh.write_text(at.isoformat())
            fresh.replace(self.clock)

    async def _all(self, moments: Sequence[Moment]) -> None:
        turns = asyncio.Semaphore(IN_FLIGHT)

        async def one(moment: Moment) -> None:
            async with turns:
                await self._ask(moment)

        await asyncio.gather(*(one(moment) for moment in moments))

    async def _ask(self, moment: Moment) -> None:
        on = date_at(moment.mind, moment.at)
        day, number = day_of(moment.mind, on), (on - moment.mind.first_day).days + 1
        refused = self._refused_on(moment.mind, on)
        adviser = self.adviser if moment.shown or self.prober is None else self.prober
        said = await adviser.advise(day, moment.at, refused)
        if moment.shown:
            self.log.asked.append(Asked(moment.mind.name, number, len(said)))
        for advice in said:
            verdict = judge(day, moment.at, advice, self._refused_on(moment.mind, on))
            self._note(day, number, moment, advice, verdict)
            if moment.shown and verdict.told:
                await self._answer(day, on, advice, verdict)

    async def _answer(self, day: Day, on: date, advice: Advice, verdict: Verdict) -> None:
        if not verdict.felt:
            refused = self._refused_on(day.mind, on)
            self._refused[day.mind.name] = (on, refused | {advice.type})
        await self.adviser.hear(day, advice, verdict.felt)

    def _note(
        self, day: Day, number: int, moment: Moment, advice: Advice, verdict: Verdict
    ) -> None:
        said = Said(
            person=day.mind.name,
            day=number,
            type=advice.type,
            never=advice.type in day.mind.never,
            shown=moment.shown,
            misplaced=is_misplaced(day, moment.at, advice),
            helps=verdict.helps,
            felt=verdict.felt,
        )
        self.log.said.append(said)

    def _refused_on(self, mind: Mind, on: date) -> frozenset[str]:
        when, refused = self._refused.get(mind.name, (on, frozenset()))
        return refused if when == on else frozenset()


def is_misplaced(day: Day, at: datetime, advice: Advice) -> bool:
    """Tell whether it collides with a meeting or leaves the window that it names."""
    fits = at <= advice.start < advice.end
    fits = fits and advice.duration_minutes * MINUTE <= advice.end - advice.start
    return not fits or any(
        each.start < advice.end and advice.start < each.end for each in day.meetings
    )


def moments_of(mind: Mind, days: int, probed: bool) -> Iterator[Moment]:
    """Yield when somebody asks on every day of use, and the probes."""
    for number in range(days):
        on = mind.first_day + timedelta(days=number)
        day = day_of(mind, on)
        around = [at for at in _ticks(on) if date_at(mind, at) == on]
        asked = set(_asks(day, on, around))
        yield from (Moment(at, mind, shown=True) for at in asked)
        if probed and number + 1 in PROBED_DAYS:
            probes = {at + later for at in around for later in PROBED_AFTER} - asked
            inside = (at for at in probes if _is_inside(day, at) and date_at(mind, at) == on)
            yield from (Moment(at, mind, shown=False) for at in inside)


def _asks(day: Day, on: date, around: Sequence[datetime]) -> Iterator[datetime]:
    dice = Random(f"asks {day.mind.name} {on}")
    inside = [at for at in around if _is_inside(day, at)]
    outside = [at for at in around if at not in inside]
    yield from dice.sample(inside, min(ASKS_A_DAY, len(inside)))
    if dice.random() < (ASKS_OUTSIDE if inside else ASKS_ON_FREE_DAYS):
        yield dice.choice(outside)


def _is_inside(day: Day, at: datetime) -> bool:
    working = day.working
    return working is not None and working.start - OUTSIDE <= at <= working.end + OUTSIDE


@lru_cache(maxsize=100)
def _ticks(on: date) -> Sequence[datetime]:
    """Return the moments around a date at which anybody asks: one in every half an hour of UTC,
    at any minute of it, so that many share it and meetings begin at any distance from it."""
    first = datetime.combine(on - timedelta(days=1), time(), UTC)
    begins = [first + 30 * half * MINUTE for half in range(3 * 24 * 2)]
    return [begin + Random(f"tick {begin}").randrange(30) * MINUTE for begin in begins]
