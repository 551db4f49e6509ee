"""Who gives advice: anybody that can be told what happens, asked, and told what it was worth."""

from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Protocol

from eval.simulation.days import MINUTE, Day
from eval.simulation.judge import Advice, best
from eval.simulation.people import TYPES

RANDOM_AT_ONCE = 2


class Adviser(Protocol):
    """Advises people. What it does not know of the hidden self it must not look at."""

    async def advise(self, day: Day, at: datetime, refused: frozenset[str]) -> Sequence[Advice]:
        """Return what it says at a moment of the day, best first."""
        ...

    async def hear(self, day: Day, advice: Advice, helpful: bool) -> None:
        """Take a verdict."""
        ...


class Oracle:
    """Knows the hidden self: says the best of what helps, and else nothing."""

    async def advise(self, day: Day, at: datetime, refused: frozenset[str]) -> Sequence[Advice]:
        """Ask the judge first."""
        found = best(day, at, refused)
        return [found] if found else []

    async def hear(self, day: Day, advice: Advice, helpful: bool) -> None:
        """Learn nothing: there is nothing to learn."""


class Chance:
    """Says anything, beginning now and for any time up to an hour and a half."""

    async def advise(self, day: Day, at: datetime, refused: frozenset[str]) -> Sequence[Advice]:
        """Draw types and lengths."""
        dice = Random(f"chance {day.mind.name} {at}")
        lengths = [5 * dice.randint(1, 18) for _ in range(RANDOM_AT_ONCE)]
        types = dice.sample(TYPES, RANDOM_AT_ONCE)
        pairs = zip(types, lengths, strict=True)
        return [Advice(one, at, at + length * MINUTE, length) for one, length in pairs]

    async def hear(self, day: Day, advice: Advice, helpful: bool) -> None:
        """Learn nothing."""
