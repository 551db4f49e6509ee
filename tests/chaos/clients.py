"""Well-behaved clients: they send the same again, when they are told to, until it is answered."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import grpc
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from grpc import StatusCode

from personakit.ingest.v1 import ingest_pb2 as pb
from personakit.ingest.v1.ingest_pb2_grpc import IngestServiceStub

AnswerT = TypeVar("AnswerT")

HONEST = {
    StatusCode.UNAVAILABLE,
    StatusCode.ABORTED,
    StatusCode.RESOURCE_EXHAUSTED,
    StatusCode.DEADLINE_EXCEEDED,
}
HINTED = HONEST - {StatusCode.DEADLINE_EXCEEDED}
# Words that only a driver, a traceback or a statement says.
FOREIGN_WORDS = ("asyncpg", "sqlalchemy", "psycopg", "traceback", "select ", "insert ", "pg_")
WRITERS = 4
BETWEEN_WRITES = 0.03
ZONES = ("Asia/Tokyo", "Europe/Berlin", "America/New_York")
LATEST = datetime(2026, 11, 20, tzinfo=UTC)


@dataclass(frozen=True)
class Refused:
    """What a client saw instead of an answer. Nobody could give a reason where nobody listened."""

    code: StatusCode
    reason: str
    retry_seconds: float | None
    words: str

    @property
    def name(self) -> str:
        """Its code, and its reason unless it is what the client itself says of a silence."""
        return f"{self.code.name} {self.reason}".strip()

    @property
    def clean(self) -> bool:
        spoken = not any(word in self.words.lower() for word in FOREIGN_WORDS)
        hinted = not self.reason or self.code not in HINTED or self.retry_seconds is not None
        return self.code in HONEST and spoken and hinted


def refused(error: grpc.aio.AioRpcError) -> Refused:
    info, retry, seconds = ErrorInfo(), RetryInfo(), None
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin" and isinstance(value, bytes):
            for detail in Status.FromString(value).details:
                detail.Unpack(info)
                if detail.Unpack(retry):
                    seconds = retry.retry_delay.ToTimedelta().total_seconds()
    return Refused(error.code(), info.reason, seconds, error.details() or "")


@dataclass
class Client:
    """Calls one address, and keeps what it was refused with."""

    channel: grpc.aio.Channel
    deadline: float = 8.0
    refusals: list[Refused] = field(default_factory=list)

    async def ask(self, call: Callable[..., Awaitable[AnswerT]], request: object) -> AnswerT:
        """Calls until it is answered, with the same request each time."""
        while True:
            try:
                return await call(request, timeout=self.deadline)
            except grpc.aio.AioRpcError as error:
                self.refusals.append(refused(error))
                if error.code() not in HONEST:
                    raise
                await asyncio.sleep(min(self.refusals[-1].retry_seconds or 0.1, 1.0))


@dataclass
class Feed:
    """Records made-up observations of people, and takes some back; knows what was acknowledged."""

    people: list[str]
    client: Client
    seed: int = 1
    acknowledged: dict[str, dict[str, str]] = field(default_factory=dict)
    """By person, then by `source_id`: the observation's id."""
    retracted: set[tuple[str, str]] = field(default_factory=set)
    count: int = 0

    def __post_init__(self) -> None:
        self._stub = IngestServiceStub(self.client.channel)
        self._stop = asyncio.Event()
        self._answers = 0
        self.acknowledged = {person: {} for person in self.people}

    @asynccontextmanager
    async def flowing(self, writers: int = WRITERS) -> AsyncIterator["Feed"]:
        """Writes for as long as the block runs; ends when all that was sent is answered."""
        async with asyncio.TaskGroup() as group:
            for number in range(writers):
                group.create_task(self._write(random.Random(self.seed * 1000 + number)))
            try:
                yield self
            finally:
                self._stop.set()

    async def _write(self, chance: random.Random) -> None:
        mine: list[tuple[str, str]] = []
        while not self._stop.is_set():
            kind = chance.random()
            if kind < 0.05 and mine:
                await self._retract(*mine.pop(chance.randrange(len(mine))))
            elif kind < 0.2:
                mine += await self._record_many(chance)
            else:
                mine.append(await self._record(chance))
            await asyncio.sleep(BETWEEN_WRITES)

    async def next_answer(self) -> float:
        """Waits for the next acknowledgement; returns how many seconds that took."""
        began, known = time.monotonic(), self._answers
        while self._answers == known:
            await asyncio.sleep(0.005)
        return time.monotonic() - began

    async def _record(self, chance: random.Random) -> tuple[str, str]:
        observation = self._observation(chance)
        request = pb.RecordObservationRequest(observation=observation)
        answer = await self.client.ask(self._stub.RecordObservation, request)
        return self._acknowledge(observation, answer.observation_id)

    async def _record_many(self, chance: random.Random) -> list[tuple[str, str]]:
        several = [self._observation(chance) for _ in range(5)]
        request = pb.RecordObservationsRequest(observations=several)
        answer = await self.client.ask(self._stub.RecordObservations, request)
        pairs = zip(several, answer.observation_ids, strict=True)
        return [self._acknowledge(observation, name) for observation, name in pairs]

    async def _retract(self, person: str, observation_id: str) -> None:
        request = pb.RetractObservationRequest(person_id=person, observation_id=observation_id)
        await self.client.ask(self._stub.RetractObservation, request)
        self.retracted.add((person, observation_id))

    def _acknowledge(self, sent: pb.Observation, observation_id: str) -> tuple[str, str]:
        self._answers += 1
        self.acknowledged[sent.person_id][sent.source_id] = observation_id
        return sent.person_id, observation_id

    def _observation(self, chance: random.Random) -> pb.Observation:
        self.count += 1
        observation = pb.Observation(
            person_id=chance.choice(self.people),
            time_zone=chance.choice(ZONES),
            source="chaos",
            source_id=f"{self.seed}-{self.count}",
        )
        start = LATEST - timedelta(minutes=chance.randrange(400 * 24 * 60))
        minutes = chance.randrange(5, 180)
        if chance.random() < 0.8:
            observation.work_session.start_time.FromDatetime(start)
            observation.work_session.duration_minutes = minutes
            observation.work_session.productivity_score = chance.randrange(1, 6)
            observation.work_session.interruptions = chance.randrange(4)
        else:
            observation.calendar_event.start_time.FromDatetime(start)
            observation.calendar_event.end_time.FromDatetime(start + timedelta(minutes=minutes))
        return observation
