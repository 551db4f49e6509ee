"""What one made-up person is told in a row, as a table to read."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from eval.simulation.arms import Adviser
from eval.simulation.days import Day
from eval.simulation.judge import Advice, helps

SINCE_DAY, TOLD = 15, 20


class Overheard:
    """Advises as another does, and keeps every word."""

    def __init__(self, adviser: Adviser) -> None:
        self._adviser = adviser
        self._kept: list[tuple[datetime, Advice, bool]] = []

    async def advise(self, day: Day, at: datetime, refused: frozenset[str]) -> Sequence[Advice]:
        said = await self._adviser.advise(day, at, refused)
        local = at.astimezone(ZoneInfo(day.mind.person.time_zone))
        if (local.date() - day.mind.first_day).days + 1 >= SINCE_DAY:
            self._kept += [(local, each, helps(day, each, refused)) for each in said]
        return said

    async def hear(self, day: Day, advice: Advice, helpful: bool) -> None:
        await self._adviser.hear(day, advice, helpful)

    def table(self) -> Iterator[str]:
        """Yield the lines: the local time, the words, and whether it helps by the hidden self."""
        yield "| when | what is said | helps |"
        yield "| --- | --- | --- |"
        before = ""
        for local, advice, helped in self._kept[:TOLD]:
            when, verdict = f"{local:%a %H:%M}", "yes" if helped else "no"
            yield f"| {'' if when == before else when} | {advice.words} | {verdict} |"
            before = when
