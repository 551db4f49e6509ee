"""The queue, the books and the mindscapes kept in memory, and a clock that stands still."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import UUID, uuid4

from services.kit.bells import Bell
from services.profiler.days import NOWHERE, Days, Entries
from services.profiler.ledger import Books
from services.profiler.model import (
    Backlog,
    Claim,
    Due,
    FailedTask,
    Failure,
    Mindscape,
    PersonId,
    ProcessingStatus,
    Task,
    Token,
    Version,
)
from services.profiler.usecases import MOST_ATTEMPTS, NEWEST_KEPT, Outcome, Wanted
from services.profiler.weeks import Week

LEASE = timedelta(seconds=5)
ALONE_FROM = MOST_ATTEMPTS - 1


@dataclass
class StoppedClock:
    """Stands still until it is set."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def pass_by(self, time: timedelta) -> None:
        self.moment += time


@dataclass
class _Row:
    person_id: PersonId
    task: Task
    run_after: datetime
    created_at: datetime
    updated_at: datetime
    status: str = "pending"
    last_error: str = ""


@dataclass
class Memory:
    """All that the stores of one test keep."""

    rows: dict[UUID, _Row] = field(default_factory=dict)
    leases: dict[PersonId, tuple[Token, datetime]] = field(default_factory=dict)
    days: defaultdict[PersonId, dict[date, Entries]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    weeks: defaultdict[PersonId, dict[date, Week]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    history: defaultdict[PersonId, list[Mindscape]] = field(
        default_factory=lambda: defaultdict(list)
    )
    positions: Iterator[int] = field(default_factory=lambda: count(1))

    def put(
        self, person_id: PersonId, task_type: str, payload: Mapping[str, object], now: datetime
    ) -> UUID:
        """Publishes a task as ingest does."""
        task = Task(uuid4(), next(self.positions), task_type, payload, 0)
        self.rows[task.task_id] = _Row(person_id, task, now, now, now)
        return task.task_id

    def open_rows(self, person_id: PersonId, now: datetime) -> list[_Row]:
        due = (
            row
            for row in self.rows.values()
            if row.person_id == person_id
            and row.status in ("pending", "in_progress")
            and row.run_after <= now
        )
        return sorted(due, key=lambda row: row.task.position)


class MemoryQueue:
    """Implements `usecases.Queue`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def due(self, now: datetime, limit: int) -> Due:
        people = {row.person_id for row in self._memory.rows.values()}
        due = {one: rows for one in people if (rows := self._memory.open_rows(one, now))}
        since = {one: min(row.created_at for row in rows) for one, rows in due.items()}
        free = [one for one in due if not self._is_held(one, now)]
        found = sorted(free, key=lambda one: (since[one], one))[:limit]
        return Due(
            {
                one: together
                for one in found
                if (together := sum(row.task.attempts < ALONE_FROM for row in due[one]))
            },
            [one for one in found if any(row.task.attempts >= ALONE_FROM for row in due[one])],
        )

    def _is_held(self, person_id: PersonId, now: datetime) -> bool:
        lease = self._memory.leases.get(person_id)
        return lease is not None and lease[1] > now

    async def claim(self, people: Collection[PersonId], now: datetime) -> Sequence[Claim]:
        token, claims = Token(uuid4()), []
        for person_id in people:
            if not self._is_held(person_id, now):
                rows = self._memory.open_rows(person_id, now)
                together = [row for row in rows if row.task.attempts < ALONE_FROM]
                claims += self._take(person_id, together, token, now)
        return claims

    async def claim_alone(self, person_id: PersonId, now: datetime) -> Claim | None:
        if self._is_held(person_id, now):
            return None
        rows = self._memory.open_rows(person_id, now)
        alone = [row for row in rows if row.task.attempts >= ALONE_FROM]
        for row in alone:
            if row.status == "in_progress" and row.task.attempts >= MOST_ATTEMPTS:
                row.status, row.last_error = "failed", "its worker died"
        first = [row for row in alone if row.status != "failed"][:1]
        return next(iter(self._take(person_id, first, Token(uuid4()), now)), None)

    def _take(
        self, person_id: PersonId, rows: Sequence[_Row], token: Token, now: datetime
    ) -> list[Claim]:
        for row in rows:
            row.status, row.updated_at = "in_progress", now
            row.task = row.task._replace(attempts=row.task.attempts + 1)
        if not rows:
            return []
        self._memory.leases[person_id] = (token, now + LEASE)
        return [Claim(person_id, token, [row.task for row in rows])]

    async def hand_back(self, claims: Sequence[Claim], now: datetime) -> None:
        for claim in claims:
            if self._holds(claim):
                for task in claim.tasks:
                    row = self._memory.rows[task.task_id]
                    row.status = "pending"
                    row.task = row.task._replace(attempts=row.task.attempts - 1)
                del self._memory.leases[claim.person_id]

    def _holds(self, claim: Claim) -> bool:
        lease = self._memory.leases.get(claim.person_id)
        return lease is not None and lease[0] == claim.token

    async def fail(self, claim: Claim, failures: Sequence[Failure], now: datetime) -> None:
        if self._holds(claim):
            note(self._memory, failures, now)
            del self._memory.leases[claim.person_id]

    async def status(self, person_id: PersonId, now: datetime) -> ProcessingStatus:
        rows = [row for row in self._memory.rows.values() if row.person_id == person_id]
        waiting = [row.created_at for row in rows if row.status in ("pending", "in_progress")]
        oldest = min(waiting, default=None)
        history = self._memory.history.get(person_id, [])
        return ProcessingStatus(
            person_id=person_id,
            pending=len(waiting),
            failed=sum(row.status == "failed" for row in rows),
            oldest_pending_at=oldest,
            lag=now - oldest if oldest else timedelta(0),
            processed_up_to=oldest or now,
            mindscape_version=history[-1].version if history else 0,
        )

    async def last_position(self, person_id: PersonId) -> int:
        rows = self._memory.open_rows(person_id, datetime.max.replace(tzinfo=UTC))
        return rows[-1].task.position if rows else 0

    async def is_open(self, person_id: PersonId, position: int) -> bool:
        rows = self._memory.open_rows(person_id, datetime.max.replace(tzinfo=UTC))
        return bool(rows) and rows[0].task.position <= position

    async def failed(
        self, person_id: PersonId, after: int, limit: int
    ) -> Sequence[tuple[int, FailedTask]]:
        rows = [
            row
            for row in self._memory.rows.values()
            if row.person_id == person_id and row.status == "failed" and row.task.position > after
        ]
        rows.sort(key=lambda row: row.task.position)
        return [(row.task.position, _failed(row)) for row in rows[:limit]]

    async def retry(self, person_id: PersonId, task_ids: Collection[UUID], now: datetime) -> int:
        rows = [
            row
            for name, row in self._memory.rows.items()
            if row.person_id == person_id
            and row.status == "failed"
            and (not task_ids or name in task_ids)
        ]
        for row in rows:
            row.status, row.run_after = "pending", now
            row.task = row.task._replace(attempts=0)
        return len(rows)

    async def backlog(self, now: datetime) -> Backlog:
        rows = self._memory.rows.values()
        waiting = [row.created_at for row in rows if row.status in ("pending", "in_progress")]
        failed = sum(row.status == "failed" for row in rows)
        return Backlog(len(waiting), failed, now - min(waiting, default=now))


def note(memory: Memory, failures: Sequence[Failure], now: datetime) -> None:
    """Puts tasks back for another attempt, or gives them up."""
    for failure in failures:
        row = memory.rows[failure.task.task_id]
        row.status = "pending" if failure.retry_at else "failed"
        row.last_error, row.updated_at = failure.reason, now
        row.run_after = failure.retry_at or row.run_after


def _failed(row: _Row) -> FailedTask:
    return FailedTask(
        row.task.task_id,
        row.task.task_type,
        str(row.task.payload.get("observation_id") or ""),
        row.task.attempts,
        row.last_error,
        row.created_at,
        row.updated_at,
    )


class MemoryLedgers:
    """Implements `usecases.Ledgers`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    @asynccontextmanager
    async def open(self, claims: Sequence[Claim]) -> AsyncIterator["OpenMemoryLedgers"]:
        yield OpenMemoryLedgers(self._memory, claims)

    async def days(self, person_id: PersonId, days: Collection[date]) -> Days:
        return {day: known for day, known in self._memory.days[person_id].items() if day in days}

    async def weeks(self, person_id: PersonId, limit: int, group: str) -> Sequence[Week]:
        known = self._memory.weeks[person_id]
        return [
            replace(week, counts={name: c for name, c in week.counts.items() if name == group})
            for week in (known[start] for start in sorted(known, reverse=True)[:limit])
        ]


class OpenMemoryLedgers:
    """Implements `usecases.OpenLedgers`."""

    def __init__(self, memory: Memory, claims: Sequence[Claim]) -> None:
        self._memory = memory
        self._claims = claims

    async def books(self, wanted: Mapping[PersonId, Wanted]) -> Mapping[PersonId, Books]:
        return {person_id: self._books(person_id, one) for person_id, one in wanted.items()}

    def _books(self, person_id: PersonId, wanted: Wanted) -> Books:
        days = {
            day: entries
            for day, entries in self._memory.days[person_id].items()
            if day in wanted.days or day == NOWHERE or wanted.knowing & set(entries)
        }
        return Books(days, dict(self._memory.weeks[person_id]))

    async def all_days(self, person_id: PersonId) -> Days:
        return dict(self._memory.days[person_id])

    async def hold(self) -> Sequence[Claim]:
        leases = self._memory.leases
        tokens = {one: leases[one][0] for one in leases}
        return [claim for claim in self._claims if tokens.get(claim.person_id) == claim.token]

    async def close(self, outcomes: Sequence[Outcome], now: datetime) -> None:
        await asyncio.sleep(0)
        for outcome in outcomes:
            self._write(outcome, now)
            given_up = {failure.task.task_id for failure in outcome.failures}
            note(self._memory, outcome.failures, now)
            for task in outcome.claim.tasks:
                if task.task_id not in given_up:
                    self._memory.rows[task.task_id].status = "done"
            del self._memory.leases[outcome.claim.person_id]

    def _write(self, outcome: Outcome, now: datetime) -> None:
        person_id, entered = outcome.claim.person_id, outcome.entered
        if entered is None:
            return
        weeks = {**self._memory.weeks[person_id], **entered.weeks}
        self._memory.days[person_id] |= entered.days
        self._memory.weeks[person_id] = {start: week for start, week in weeks.items() if week}
        history = self._memory.history[person_id]
        version = history[-1].version + 1 if history else 1
        belief = entered.belief
        history.append(Mindscape(person_id, version, now, belief.zone, belief.traits))
        last = {_hour(one.updated_at): one.version for one in history}
        history[:] = [
            one
            for one in history
            if one.version > version - NEWEST_KEPT or last[_hour(one.updated_at)] == one.version
        ]


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


class MemoryMindscapes:
    """Implements `usecases.Mindscapes`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def current(self, person_id: PersonId) -> Mindscape | None:
        return self._newest(self._memory.history[person_id])

    async def at_version(self, person_id: PersonId, version: int) -> Mindscape | None:
        return self._newest(
            [one for one in self._memory.history[person_id] if one.version == version]
        )

    async def as_of(self, person_id: PersonId, moment: datetime) -> Mindscape | None:
        return self._newest(
            [one for one in self._memory.history[person_id] if one.updated_at <= moment]
        )

    def _newest(self, mindscapes: Sequence[Mindscape]) -> Mindscape | None:
        return mindscapes[-1] if mindscapes else None

    async def versions(
        self, person_id: PersonId, before: int | None, limit: int
    ) -> Sequence[Version]:
        kept = reversed(self._memory.history[person_id])
        found = [Version(one.version, one.updated_at) for one in kept]
        return [one for one in found if before is None or one.version < before][:limit]

    async def newest(self, people: Sequence[PersonId]) -> Sequence[Version | None]:
        found = [self._newest(self._memory.history[person_id]) for person_id in people]
        return [Version(one.version, one.updated_at) if one else None for one in found]

    async def around(self, person_id: PersonId, version: int) -> Sequence[int]:
        kept = [one.version for one in self._memory.history[person_id]]
        below = max((one for one in kept if one < version), default=None)
        above = min((one for one in kept if one > version), default=None)
        return [one for one in (below, above) if one is not None]

    async def thin(self, before: datetime) -> int:
        removed = 0
        for person_id, history in self._memory.history.items():
            last = {one.updated_at.date(): one.version for one in history}
            kept = [
                one
                for one in history
                if one.updated_at >= before or last[one.updated_at.date()] == one.version
            ]
            removed += len(history) - len(kept)
            self._memory.history[person_id] = kept
        return removed


class MemoryNotices:
    """Implements `usecases.Notices`; `changed` rings for everybody who waits for a person."""

    def __init__(self) -> None:
        self.waiting: dict[Bell, PersonId] = {}

    @contextmanager
    def mindscape(self, person_id: PersonId) -> Iterator[Bell]:
        bell = Bell()
        self.waiting[bell] = person_id
        try:
            yield bell
        finally:
            del self.waiting[bell]

    def changed(self, person_id: PersonId) -> None:
        for bell, waits_for in self.waiting.items():
            if waits_for == person_id:
                bell.ring()
