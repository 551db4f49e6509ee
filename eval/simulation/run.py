"""Lets people live for weeks, ask at several moments a day, and judge what they are told."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

from eval.simulation.arms import Adviser
from eval.simulation.days import MINUTE, Day, date_at, day_of
from eval.simulation.judge import OUTSIDE, Advice, judge
from eval.simulation.people import Mind

DAYS = 28
ASKS_A_DAY = 5
ASKS_OUTSIDE, ASKS_ON_FREE_DAYS = 0.25, 0.3
"""Probabilities of one more moment: outside the working day, and on a day that is free."""
IN_FLIGHT = 32


@dataclass(frozen=True)
class Shown:
    """One suggestion that was shown on the `day`th day of use (from 1), and what came of it."""

    arm: str
    person: str
    day: int
    at: datetime
    advice: Advice
    never: bool
    """Whether it is of a type that never helps this person."""
    helps: bool
    felt: bool
    told: bool


@dataclass(frozen=True)
class Asked:
    """One question, and how much was said to it."""

    arm: str
    person: str
    day: int
    at: datetime
    said: int


@dataclass
class Log:
    """All that happened."""

    shown: list[Shown] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)


@dataclass
class Months:
    """A run: people, those who advise them, and the clock that all services read."""

    minds: Sequence[Mind]
    advisers: Sequence[Adviser]
    clock: Path | None = None
    days: int = DAYS
    log: Log = field(default_factory=Log)
    _refused: dict[tuple[str, str], tuple[date, frozenset[str]]] = field(default_factory=dict)

    async def live(self) -> Log:
        """Go through all moments in their order, everybody's at once."""
        moments: defaultdict[datetime, list[Mind]] = defaultdict(list)
        for mind in self.minds:
            for at in asks(mind, self.days):
                moments[at].append(mind)
        for at in sorted(moments):
            self._set_clock(at)
            await self._moment(moments[at], at)
        return self.log

    def _set_clock(self, at: datetime) -> None:
        if self.clock:
            fresh = self.clock.with_suffix(".next")
            fresh.write_text(at.isoformat())
            fresh.replace(self.clock)

    async def _moment(self, minds: Sequence[Mind], at: datetime) -> None:
        turns = asyncio.Semaphore(IN_FLIGHT)

        async def one(mind: Mind, adviser: Adviser) -> None:
            async with turns:
                await self._ask(mind, adviser, at)

        await asyncio.gather(*(one(mind, each) for mind in minds for each in self.advisers))

    async def _ask(self, mind: Mind, adviser: Adviser, at: datetime) -> None:
        on = date_at(mind, at)
        day, number = day_of(mind, on), (on - mind.first_day).days + 1
        said = await adviser.advise(day, at, self._refused_today(adviser, mind, on))
        self.log.asked.append(Asked(adviser.name, mind.name, number, at, len(said)))
        for advice in said:
            refused = self._refused_today(adviser, mind, on)
            verdict = judge(day, at, advice, refused)
            self.log.shown.append(
                Shown(
                    arm=adviser.name,
                    person=mind.name,
                    day=number,
                    at=at,
                    advice=advice,
                    never=advice.type in mind.never,
                    helps=verdict.helps,
                    felt=verdict.felt,
                    told=verdict.told,
                )
            )
            if verdict.told:
                if not verdict.felt:
                    self._refused[adviser.name, mind.name] = (on, refused | {advice.type})
                await adviser.hear(day, advice, verdict.felt)

    def _refused_today(self, adviser: Adviser, mind: Mind, on: date) -> frozenset[str]:
        when, refused = self._refused.get((adviser.name, mind.name), (on, frozenset()))
        return refused if when == on else frozenset()


def asks(mind: Mind, days: int) -> Iterator[datetime]:
    """Yield the moments at which somebody asks, on every day of use."""
    for number in range(days):
        on = mind.first_day + timedelta(days=number)
        day, dice = day_of(mind, on), Random(f"asks {mind.name} {on}")
        around = [at for at in _ticks(on) if date_at(mind, at) == on]
        inside = [at for at in around if _is_inside(day, at)]
        outside = [at for at in around if at not in inside]
        yield from dice.sample(inside, min(ASKS_A_DAY, len(inside)))
        if dice.random() < (ASKS_OUTSIDE if inside else ASKS_ON_FREE_DAYS):
            yield dice.choice(outside)


def _is_inside(day: Day, at: datetime) -> bool:
    working = day.working
    return working is not None and working.start - OUTSIDE <= at <= working.end + OUTSIDE


def _ticks(on: date) -> Iterator[datetime]:
    """Yield the moments around a date at which anybody asks: one in every quarter of an hour of
    UTC, at any minute of it, so that many share it and meetings begin at any distance from it."""
    first = datetime.combine(on - timedelta(days=1), time(), UTC)
    for quarter in range(3 * 24 * 4):
        begin = first + 15 * quarter * MINUTE
        yield begin + Random(f"tick {begin}").randrange(15) * MINUTE
