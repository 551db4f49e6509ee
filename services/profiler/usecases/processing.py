"""Works on the queue: claim people, enter what their tasks say, believe, complete."""

import asyncio
import logging
import traceback
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.kit.clock import Clock
from services.kit.errors import Refusal
from services.kit.logs import correlated
from services.kit.telemetry import telemetry
from services.profiler.days import places
from services.profiler.ledger import Books, Entered, are_current, enter, weeks_from
from services.profiler.model import Claim, Due, Failure, PersonId, Statement, Task
from services.profiler.statements import Unreadable, read
from services.profiler.traits.prior import Prior
from services.profiler.usecases.ports import Ledgers, OpenLedgers, Outcome, Queue, Wanted

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
MOST_TASKS = 1000
"""Of one person in a claim: they become one version, and others' turn comes soon."""
BACKOFF = (timedelta(seconds=2), timedelta(seconds=10))
"""How long a task rests after its first and its second failure."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """A claim's tasks, as far as they can be read."""

    statements: Sequence[tuple[Task, Statement]]
    unreadable: Sequence[Failure]

    @property
    def wanted(self) -> Wanted:
        said = [statement for _, statement in self.statements]
        days = (day for statement in said for day in places(statement))
        moved = (one.observation_id for one in said if one.fact is None or one.again)
        return Wanted(frozenset(days), frozenset(moved))


class Processor:
    """Turns claimed tasks into beliefs."""

    def __init__(
        self,
        queue: Queue,
        ledgers: Ledgers,
        clock: Clock,
        prior: Prior,
    ) -> None:
        self._queue = queue
        self._ledgers = ledgers
        self._clock = clock
        self._prior = prior
        self._owed: list[Sequence[Claim]] = []

    def adopt(self, prior: Prior) -> None:
        """Has people leaned on this prior from the next fold on."""
        self._prior = prior

    async def due(self, limit: int) -> Due:
        """Returns people whose tasks wait."""
        while self._owed:
            await self._queue.hand_back(self._owed[-1], self._clock.now())
            self._owed.pop()
        return await self._queue.due(self._clock.now(), limit)

    async def work_off(self, people: Collection[PersonId]) -> int:
        """Works on the tasks of those people whom nobody holds, but for their last attempts;
        returns how many it took.

        Raises a `Refusal` if the database does not answer; what was claimed by then is handed
        back as soon as it does, or at the latest when the lease is over.
        """
        claims = await self._queue.claim(people, self._clock.now())
        if claims:
            await self._settle_all(claims)
        return sum(len(claim.tasks) for claim in claims)

    async def work_alone(self, person_id: PersonId) -> int:
        """Makes the last attempt at one task of a person; returns how many tasks it took.

        It may be what ended two workers, or may have been with it. As long as this runs nothing
        else should be under way in the process, so that the culprit alone is given up.
        """
        claim = await self._queue.claim_alone(person_id, self._clock.now())
        if claim is None:
            return 0
        await self._settle_all([claim])
        return len(claim.tasks)

    async def _settle_all(self, claims: Sequence[Claim]) -> None:
        try:
            await self._settle(claims)
        except Refusal:
            self._owed.append(claims)
            raise
        except Exception as error:
            if len(claims) == 1:
                await self._fail(claims[0], error)
                return
            for claim in claims:
                await self._settle_all([claim])

    async def _settle(self, claims: Sequence[Claim]) -> None:
        readings = {claim.person_id: self._read(claim) for claim in claims}
        async with self._ledgers.open(claims) as ledgers:
            books = await ledgers.books({one: said.wanted for one, said in readings.items()})
            opened = {one: await self._current(ledgers, one, found) for one, found in books.items()}
            outcomes: list[Outcome] = []
            held = await ledgers.hold()
            if len(held) < len(claims):
                log.warning("leases ran out", extra={"people": len(claims) - len(held)})
            for claim in held:
                person_id = claim.person_id
                outcomes.append(self._enter(claim, opened[person_id], readings[person_id]))
                # The other lane gets a turn: the database need not wait for the end of this.
                await asyncio.sleep(0)
            await ledgers.close(outcomes, self._clock.now())
        for outcome in outcomes:
            _report(outcome)

    def _read(self, claim: Claim) -> _Reading:
        statements: list[tuple[Task, Statement]] = []
        unreadable: list[Failure] = []
        for task in claim.tasks:
            try:
                statements.append((task, read(task)))
            except Unreadable as error:
                unreadable.append(self._failure(task, str(error)))
        return _Reading(statements, unreadable)

    async def _current(self, ledgers: OpenLedgers, person_id: PersonId, books: Books) -> Books:
        if are_current(books.weeks.values()):
            return books
        days = await ledgers.all_days(person_id)
        return Books(days, weeks_from(days), rebuilt=True)

    def _enter(self, claim: Claim, books: Books, reading: _Reading) -> Outcome:
        statements = [statement for _, statement in reading.statements]
        try:
            entered = enter(books, statements, self._prior)
        except Exception:
            return self._enter_sound(claim, books, reading)
        return Outcome(claim, _if_changed(entered, books), reading.unreadable)

    def _enter_sound(self, claim: Claim, books: Books, reading: _Reading) -> Outcome:
        """Tries each statement alone, so that one which cannot be entered fails alone."""
        sound: list[Statement] = []
        failures = [*reading.unreadable]
        for task, statement in reading.statements:
            try:
                enter(books, [statement], self._prior)
            except Exception as error:
                failures.append(self._failure(task, _reason(error)))
            else:
                sound.append(statement)
        return Outcome(claim, _if_changed(enter(books, sound, self._prior), books), failures)

    async def _fail(self, claim: Claim, error: Exception) -> None:
        failures = [self._failure(task, _reason(error)) for task in claim.tasks]
        await self._queue.fail(claim, failures, self._clock.now())
        _report(Outcome(claim, None, failures))

    def _failure(self, task: Task, reason: str) -> Failure:
        return Failure(task, reason, retry_at(task.attempts, self._clock.now()))


def retry_at(attempts: int, now: datetime) -> datetime | None:
    """Returns when to try again after so many attempts; None if they were enough."""
    return None if attempts >= MOST_ATTEMPTS else now + BACKOFF[attempts - 1]


def _if_changed(entered: Entered, books: Books) -> Entered | None:
    if books.rebuilt:
        return replace(entered, weeks={**books.weeks, **entered.weeks})
    return entered if entered.days else None


def _reason(error: Exception) -> str:
    """Names an error and its place; its message may quote what a person said."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {last.name}"


def _report(outcome: Outcome) -> None:
    person_id, tasks = outcome.claim.person_id, outcome.claim.tasks
    newest = tasks[-1].payload
    with (
        correlated(_text(newest, "correlation_id")),
        telemetry().work("process", _text(newest, "traceparent") or None),
    ):
        log.info("processed", extra={"person_id": person_id, "tasks": len(tasks)})
    for failure in outcome.failures:
        with correlated(_text(failure.task.payload, "correlation_id")):
            log.warning("a task failed", extra=_fields(person_id, failure))


def _fields(person_id: PersonId, failure: Failure) -> dict[str, object]:
    return {
        "person_id": person_id,
        "task_id": failure.task.task_id,
        "attempts": failure.task.attempts,
        "reason": failure.reason,
        "given_up": failure.retry_at is None,
    }


def _text(payload: Mapping[str, object], name: str) -> str:
    value = payload.get(name)
    return value if isinstance(value, str) else ""
