"""What calls cost, in counts that are the same on every machine: statements, rows, plans."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import grpc
import pytest

import services.feedback.main
import services.ingest.main
import services.kit.validation
import services.persona.main
import services.profiler.main
from bench.database import ANY_OPEN, FILL
from bench.loads.every_rpc import NAMES, PERSON, Methods
from bench.loads.recording import observation_number
from personakit.ingest.v1 import ingest_pb2 as ingest
from personakit.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from services.kit.sql import Sql
from tests.conftest import Serve

ASSEMBLE = {
    "ingest": services.ingest.main.assemble,
    "profiler": services.profiler.main.assemble,
    "persona": services.persona.main.assemble,
    "feedback": services.feedback.main.assemble,
}
# What loops of services send by themselves, at any time.
ASIDE = (
    *("SELECT 1", "bool_or(", "profiler.leases", "ingest.erasures", "SKIP LOCKED"),
    *("'in_progress', 'failed'", "completed_at <", "recorded_at <", "alembic_version"),
    *("profiler.priors", "reltuples", "TABLESAMPLE", "pg_relation_size", "VACUUM"),
    # Asked by a call too, but in minutes once for all.
    *("feedback.populations", "avg(weight", "changed_at <"),
)
OTHERS = 3000
CLONE = """
    INSERT INTO {table} OVERRIDING SYSTEM VALUE
    SELECT (jsonb_populate_record(
        NULL::{table}, to_jsonb(kept) || jsonb_build_object('person_id', 'other-' || number))).*
    FROM (SELECT * FROM {table} WHERE person_id = $1 LIMIT 5) AS kept,
         generate_series(1, {others}) AS number
"""
TABLES = """
    SELECT format('%I.%I', table_schema, table_name) FROM information_schema.columns
    WHERE table_schema IN ('ingest', 'profiler', 'persona', 'feedback')
      AND column_name = 'person_id'
"""
# Those are nobody's, so they are not cloned.
MAPPERS = """
    INSERT INTO persona.mappers
    SELECT 'mapper_' || number, version, 'What for.', '{}', '{}', 'mapper_id: one', now()
    FROM generate_series(1, 1000) AS number, generate_series(1, 3) AS version
"""


@dataclass
class Statements:
    """The statements that were sent while it listened, without those of loops."""

    sent: list[tuple[str, Sequence[Any]]] = field(default_factory=list)

    @property
    def asked(self) -> list[str]:
        return [text for text, _ in self.sent if not any(word in text for word in ASIDE)]


@contextmanager
def listening() -> Iterator[Statements]:
    statements, arguments = Statements(), Sql.arguments

    def heard(sql: Sql, values: Mapping[str, object]) -> list[object]:
        found = arguments(sql, values)
        statements.sent.append((sql.text, found))
        return found

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Sql, "arguments", heard)
        yield statements


@pytest.fixture
async def channels(serve: Serve) -> dict[str, grpc.aio.Channel]:
    return {name: await serve(ASSEMBLE[name]) for name in NAMES}


async def fill(owner: "asyncpg.Connection[Any]", each: int) -> None:
    await owner.execute(FILL, 0, 1, each)
    async with asyncio.timeout(60):
        while await owner.fetchval(ANY_OPEN):
            await asyncio.sleep(0.05)


async def test_calls_at_once_share_statements(
    owner: "asyncpg.Connection[Any]", serve: Serve
) -> None:
    stub = IngestServiceStub(await serve(services.ingest.main.assemble))
    requests = [
        ingest.RecordObservationRequest(observation=observation_number(number))
        for number in range(64)
    ]
    await stub.RecordObservation(requests[0])
    with listening() as statements:
        async with owner.transaction():
            await owner.execute("LOCK TABLE ingest.observations IN EXCLUSIVE MODE")
            calls = [asyncio.ensure_future(stub.RecordObservation(one)) for one in requests[1:]]
            # The first is held up: by then the others wait for it.
            await asyncio.sleep(1)
        await asyncio.gather(*calls)
    stored = [text for text, _ in statements.sent if "INSERT INTO ingest.observations" in text]
    assert len(stored) <= 4


async def test_a_batch_is_one_statement(serve: Serve) -> None:
    stub = IngestServiceStub(await serve(services.ingest.main.assemble))
    several = [observation_number(number) for number in range(1000)]
    with listening() as statements:
        await stub.RecordObservations(ingest.RecordObservationsRequest(observations=several))
    assert len(statements.asked) == 1, statements.asked
    assert "INSERT INTO ingest.observations" in statements.asked[0]


async def test_messages_of_a_stream_share_a_statement_up_to_a_thousand(serve: Serve) -> None:
    stub = IngestServiceStub(await serve(services.ingest.main.assemble))

    async def messages() -> AsyncIterator[ingest.StreamObservationsRequest]:
        for first in range(0, 2000, 250):
            part = [observation_number(number) for number in range(first, first + 250)]
            yield ingest.StreamObservationsRequest(observations=part)

    with listening() as statements:
        await stub.StreamObservations(messages())
    assert len(statements.asked) == 2, statements.asked


async def test_a_batch_is_sent_to_the_database_while_it_works_on_another(
    owner: "asyncpg.Connection[Any]", serve: Serve
) -> None:
    stub = IngestServiceStub(await serve(services.ingest.main.assemble))
    batches = [
        [observation_number(number) for number in range(first, first + 1000)]
        for first in (0, 1000, 2000)
    ]
    with listening() as statements:
        async with owner.transaction():
            await owner.execute("LOCK TABLE ingest.observations IN EXCLUSIVE MODE")
            calls = [
                asyncio.ensure_future(
                    stub.RecordObservations(ingest.RecordObservationsRequest(observations=batch))
                )
                for batch in batches
            ]
            async with asyncio.timeout(10):
                while len(statements.asked) < 2:
                    await asyncio.sleep(0.01)
        await asyncio.gather(*calls)
    assert len(statements.asked) == 3


async def test_a_call_alone_is_one_statement(serve: Serve) -> None:
    stub = IngestServiceStub(await serve(services.ingest.main.assemble))
    with listening() as statements:
        for number in range(4):
            one = observation_number(number)
            one.person_id = "ana"
            await stub.RecordObservation(ingest.RecordObservationRequest(observation=one))
    # One more for the first, since it is of a stranger.
    assert len(statements.asked) == 5, statements.asked
    assert all("INSERT INTO ingest.observations" in asked for asked in statements.asked)


async def test_the_rules_of_what_is_recorded_are_checked_without_an_interpreter(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub = IngestServiceStub(await serve(services.ingest.main.assemble))
    interpreted: list[object] = []
    monkeypatch.setattr(services.kit.validation, "broken_rules", interpreted.append)
    several = [observation_number(number) for number in range(10)]
    await stub.RecordObservations(ingest.RecordObservationsRequest(observations=several))
    for one in several:
        await stub.RecordObservation(ingest.RecordObservationRequest(observation=one))
    await stub.StreamObservations(iter([ingest.StreamObservationsRequest(observations=several)]))
    assert interpreted == []


async def test_a_server_waits_for_one_call_and_not_for_one_of_each_method(serve: Serve) -> None:
    await serve(services.ingest.main.assemble)
    names = [getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks()]
    assert [name for name in names if "_request" in name] == ["AioServer._request_call"]


@pytest.mark.parametrize(
    ("method", "most"),
    [
        ("Suggest", 9),
        ("GeneratePersona", 9),
        ("GetMindscape", 2),
        ("ExplainTrait", 4),
        ("GetPersona", 1),
        ("ListObservations", 1),
        ("GetWeights", 3),
    ],
)
async def test_a_call_asks_the_database_a_few_times(
    owner: "asyncpg.Connection[Any]", channels: dict[str, grpc.aio.Channel], method: str, most: int
) -> None:
    await fill(owner, 100)
    methods = await Methods.on(channels)
    with listening() as statements:
        await getattr(methods, method)(0)
    assert 0 < len(statements.asked) <= most, statements.asked


async def test_a_backlog_of_one_person_is_few_statements(
    owner: "asyncpg.Connection[Any]", serve: Serve
) -> None:
    await serve(services.profiler.main.assemble)
    with listening() as statements:
        await fill(owner, 200)
    kept = [text for text, _ in statements.sent if "INSERT INTO profiler.mindscapes" in text]
    assert len(kept) <= 2


async def test_suggesting_reads_no_more_of_a_long_history(
    owner: "asyncpg.Connection[Any]", channels: dict[str, grpc.aio.Channel]
) -> None:
    read = []
    for each in (50, 2000):
        await fill(owner, each)
        methods = await Methods.on(channels)
        with listening() as statements:
            await methods.Suggest(0)
        plans = [await run(owner, text, values) for text, values in reads(statements)]
        read.append(sum(rows_of(plan) for plan in plans))
    assert read[1] <= read[0] + 20


async def test_no_method_reads_a_table_from_end_to_end(
    owner: "asyncpg.Connection[Any]", channels: dict[str, grpc.aio.Channel]
) -> None:
    await fill(owner, 400)
    methods = await Methods.on(channels)
    for number in (6, 7):
        await methods.SubmitFeedback(number)
    for table in [row[0] for row in await owner.fetch(TABLES)]:
        await owner.execute(CLONE.format(table=table, others=OTHERS), PERSON)
    await owner.execute(MAPPERS)
    await owner.execute("VACUUM ANALYZE")
    for call in methods.all():
        with listening() as statements:
            await call(0)
        for text, values in reads(statements):
            plan = await explain(owner, text, values)
            assert "Seq Scan" not in kinds_of(plan), (call.__name__, text)


def reads(statements: Statements) -> list[tuple[str, Sequence[Any]]]:
    asked = set(statements.asked)
    return [(text, values) for text, values in statements.sent if text in asked]


async def run(owner: "asyncpg.Connection[Any]", text: str, values: Sequence[Any]) -> dict[str, Any]:
    """Returns the plan with what it read, by index: a table of one person alone is as soon sorted,
    once the database has counted its rows."""
    return await explain(owner, text, values, "ANALYZE,", "SET LOCAL enable_sort = off")


async def explain(
    owner: "asyncpg.Connection[Any]",
    text: str,
    values: Sequence[Any],
    options: str = "",
    setting: str = "SET LOCAL enable_sort = on",
) -> dict[str, Any]:
    transaction = owner.transaction()
    await transaction.start()
    try:
        await owner.execute(setting)
        found = await owner.fetchval(f"EXPLAIN ({options} FORMAT JSON) {text}", *values)
    finally:
        await transaction.rollback()
    plan: dict[str, Any] = json.loads(found)[0]["Plan"]
    return plan


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def kinds_of(plan: dict[str, Any]) -> set[str]:
    return {node["Node Type"] for node in nodes(plan)}


def rows_of(plan: dict[str, Any]) -> float:
    scans = [node for node in nodes(plan) if "Relation Name" in node]
    return sum(float(node["Actual Loops"]) * _touched(node) for node in scans)


def _touched(node: dict[str, Any]) -> float:
    return float(node["Actual Rows"]) + float(node.get("Rows Removed by Filter", 0))
