"""What was acknowledged against what is there, and beliefs against a computation in one go."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from personakit.ingest.v1 import ingest_pb2
from personakit.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from personakit.profiler.v1 import profiler_pb2 as pb
from personakit.profiler.v1.profiler_pb2_grpc import ProfilerServiceStub
from services.ingest.model import PersonId as IngestPersonId
from services.ingest.model import statement
from services.ingest.store import PostgresObservations
from services.ingest.usecases import Filter
from services.kit.database import Database
from services.profiler.ledger import Books, enter
from services.profiler.model import PersonId, Task, Trait
from services.profiler.statements import PROCESS, read
from services.profiler.store import PostgresMindscapes, PostgresPriors
from services.profiler.traits.prior import SHIPPED, Prior
from services.profiler.usecases import prior_named
from tests.chaos.clients import Client, Feed, Refused
from tests.chaos.form import times
from tests.chaos.system import System

MORE_THAN_ALL = 1_000_000
SETTLING_SECONDS = times(60.0, 300.0)


@dataclass(frozen=True)
class Audit:
    """What the fault cost."""

    lost: int
    doubled: int
    unequal: Sequence[str]
    unclean: Sequence[Refused]
    refusals: Mapping[str, int]
    retried: int
    observations: int

    def check(self) -> None:
        """Fails unless it cost nothing."""
        assert (self.lost, self.doubled) == (0, 0), self
        assert not self.unequal, self.unequal
        assert not self.unclean, self.unclean


async def audit(system: System, feed: Feed) -> Audit:
    """Waits until all is worked off, retrying what was given up, and looks."""
    async with asyncio.timeout(SETTLING_SECONDS), system.channel("profiler") as channel:
        client = Client(channel)
        retried = sum([await _settle(client, person) for person in feed.people])
    stored = await _stored(system, feed.people)
    wanted, refusals = _wanted(feed), [*feed.client.refusals, *client.refusals]
    return Audit(
        lost=(wanted - stored).total(),
        doubled=(stored - wanted).total(),
        unequal=await _unequal(system, feed.people),
        unclean=[one for one in refusals if not one.clean],
        refusals=Counter(one.name for one in refusals),
        retried=retried,
        observations=stored.total(),
    )


async def _settle(client: Client, person: str) -> int:
    """Waits for all tasks of a person; returns how many had to be retried through the API."""
    stub, retried = ProfilerServiceStub(client.channel), 0
    while True:
        wait = pb.WaitProcessedRequest(person_id=person)
        status = await client.ask(stub.WaitProcessed, wait)
        if status.failed:
            retry = pb.RetryFailedTasksRequest(person_id=person)
            retried += (await client.ask(stub.RetryFailedTasks, retry)).retried
        elif not status.pending:
            return retried


def _wanted(feed: Feed) -> Counter[tuple[str, str]]:
    acknowledged = (
        (person, source_id)
        for person, known in feed.acknowledged.items()
        for source_id, observation_id in known.items()
        if (person, observation_id) not in feed.retracted
    )
    return Counter(acknowledged)


async def _stored(system: System, people: Iterable[str]) -> Counter[tuple[str, str]]:
    """Counts what the API lists."""
    found: Counter[tuple[str, str]] = Counter()
    async with system.channel("ingest") as channel:
        stub = IngestServiceStub(channel)
        for person in people:
            request = ingest_pb2.ListObservationsRequest(person_id=person, page_size=1000)
            while True:
                page = await stub.ListObservations(request)
                found.update((person, one.source_id) for one in page.observations)
                if not page.next_page_token:
                    break
                request.page_token = page.next_page_token
    return found


async def _unequal(system: System, people: Iterable[str]) -> list[str]:
    """Names those whose mindscape is not what their observations say in one go, given the prior
    that it leans on."""
    ingest, profiler = (
        Database(system.settings.database_url(name), application="audit")
        for name in ("ingest", "profiler")
    )
    priors = PostgresPriors(profiler)
    try:
        unequal = []
        for person in people:
            believed = await _believed(profiler, person)
            named = {trait.prior_version for trait in believed.values()} or {SHIPPED.version}
            computed = await _computed(ingest, person, await prior_named(priors, *named))
            unequal += [person] if believed != computed else []
        return unequal
    finally:
        await ingest.close()
        await profiler.close()


async def _believed(database: Database, person: str) -> Mapping[str, Trait]:
    mindscape = await PostgresMindscapes(database).current(PersonId(person))
    return mindscape.traits if mindscape else {}


async def _computed(database: Database, person: str, prior: Prior) -> Mapping[str, Trait]:
    wanted = Filter(IngestPersonId(person))
    observations = await PostgresObservations(database).find(wanted, None, MORE_THAN_ALL)
    tasks = [
        Task(uuid4(), position, PROCESS, statement(observation), 1)
        for position, observation in enumerate(observations)
    ]
    return enter(Books({}, {}), [read(task) for task in tasks], prior).belief.traits
