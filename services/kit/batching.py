"""Group commit: what arrives while a flush is under way goes into the next one together."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from services.kit.errors import Aborted, Refusal, ResourceExhausted

ItemT = TypeVar("ItemT")
AnswerT = TypeVar("AnswerT")

LARGEST_FLUSH = 1000
# What waits longer than its caller is work for nobody: about a second's worth.
MOST_WAITING = 20_000
# So many turns of the loop in which nobody came: then nobody is at the door. A call over gRPC takes
# some ten turns until it is here.
QUIET_TURNS = 20


@dataclass(frozen=True, slots=True)
class _Ask(Generic[ItemT, AnswerT]):
    items: Sequence[ItemT]
    answers: "asyncio.Future[Sequence[AnswerT]]"


class Batch(Generic[ItemT, AnswerT]):
    """Collects concurrent calls and flushes them as one. There is no timer: a call that finds no
    flush under way begins one, and those who are at the door when it ends share the next.

    `flush` takes items and returns their answers in the same order, all or none. A call is
    answered after its flush returned. If a flush of several calls fails for a reason that may lie
    in one of them, each half is flushed alone, and so on, so that a call fails none but itself.

    Up to `at_once` flushes are under way together, each beside the first only where half of what
    it can take waits: it is made ready while the database works on another and waits for the disk.
    Fewer items wait for each other instead, since what a flush costs is then mostly its own.
    """

    def __init__(
        self,
        flush: Callable[[Sequence[ItemT]], Awaitable[Sequence[AnswerT]]],
        *,
        largest: int = LARGEST_FLUSH,
        most_waiting: int = MOST_WAITING,
        at_once: int = 1,
    ) -> None:
        self._flush = flush
        self._largest = largest
        self._most_waiting = self._room = most_waiting
        self._at_once = at_once
        self._waiting: deque[_Ask[ItemT, AnswerT]] = deque()
        self._flushers: set[object] = set()

    async def add(self, items: Sequence[ItemT]) -> Sequence[AnswerT]:
        """Returns the answers to these items once they are flushed; refuses them if too many
        others wait."""
        if self._room < len(items):
            raise ResourceExhausted(
                "TOO_MANY_REQUESTS",
                "more waits to be stored than can be soon",
                retry_after=timedelta(seconds=1),
            )
        ask: _Ask[ItemT, AnswerT] = _Ask(items, asyncio.get_running_loop().create_future())
        self._waiting.append(ask)
        self._room -= len(items)
        if len(self._flushers) < self._at_once and self._enough_beside(len(self._flushers)):
            self._flushers.add(asyncio.create_task(self._run()))
        return await ask.answers

    async def _run(self) -> None:
        try:
            while self._waiting and self._enough_beside(len(self._flushers) - 1):
                if asks := self._take():
                    await self._answer(asks)
                await self._let_in()
        finally:
            self._flushers.discard(asyncio.current_task())

    async def _let_in(self) -> None:
        """Returns when all who are at the door have come in, or enough for a flush have."""
        quiet = 0
        while self._waiting and quiet < QUIET_TURNS and not self._are_many:
            before = len(self._waiting)
            await asyncio.sleep(0)
            quiet = quiet + 1 if len(self._waiting) == before else 0

    @property
    def _are_many(self) -> bool:
        """Whether half of what a flush can take waits."""
        return self._most_waiting - self._room >= self._largest / 2

    def _enough_beside(self, others: int) -> bool:
        """Tells whether to flush what waits beside so many other flushes."""
        return not others or self._are_many

    def _take(self) -> list[_Ask[ItemT, AnswerT]]:
        taken: list[_Ask[ItemT, AnswerT]] = []
        room = self._largest
        while self._waiting and (not taken or len(self._waiting[0].items) <= room):
            ask = self._waiting.popleft()
            self._room += len(ask.items)
            if ask.answers.cancelled():
                continue
            taken.append(ask)
            room -= len(ask.items)
        return taken

    async def _answer(self, asks: list[_Ask[ItemT, AnswerT]]) -> None:
        try:
            answers = await self._flush([item for ask in asks for item in ask.items])
        except Exception as error:
            await self._refuse(asks, error)
        else:
            start = 0
            for ask in asks:
                end = start + len(ask.items)
                _settle(ask, answers[start:end])
                start = end

    async def _refuse(self, asks: list[_Ask[ItemT, AnswerT]], error: Exception) -> None:
        if len(asks) > 1 and _may_lie_in_one(error):
            middle = len(asks) // 2
            await self._answer(asks[:middle])
            await self._answer(asks[middle:])
            return
        for ask in asks:
            if not ask.answers.done():
                ask.answers.set_exception(error)


def _may_lie_in_one(error: Exception) -> bool:
    """Tells whether other calls of the same flush may succeed: not if what they need is down."""
    if isinstance(error, Refusal):
        return error.field is not None or isinstance(error, Aborted)
    return True


def _settle(ask: _Ask[ItemT, AnswerT], answers: Sequence[AnswerT]) -> None:
    with suppress(asyncio.InvalidStateError):
        ask.answers.set_result(answers)
