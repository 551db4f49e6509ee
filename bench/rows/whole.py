"""The system as a whole: its memory, its start, and the room it takes on disk."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import psutil
from google.protobuf.json_format import MessageToDict

from bench.database import ask, wait_drained
from bench.loads.asking import suggest
from bench.loads.recording import observation_number, record_all
from bench.memory import of_stack, pss, services_of
from bench.running import Bench, free_port
from bench.table import Row, below, stated

READY = "Stop with Ctrl-C"
SUGGESTED = "Recommended"
SETTLE_SECONDS = 100
OBSERVATIONS = 100_000
SIZES = """
    SELECT relnamespace::regnamespace::text AS schema, relname AS name,
           pg_total_relation_size(oid) AS bytes
    FROM pg_class
    WHERE relkind = 'r' AND relnamespace::regnamespace::text
          IN ('ingest', 'profiler', 'persona', 'feedback')
    ORDER BY bytes DESC
"""
WAL = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')"
ROWS = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables"


def ready(bench: Bench) -> Iterable[Row]:
    """What `make run` takes in memory when it is ready, and how long it takes to start again."""
    with TemporaryDirectory(prefix="pk-bench-") as folder:
        with make_run(Path(folder)) as (process, _):
            time.sleep(bench.seconds(10))
            tree = [process, *process.children(recursive=True)]
            services, stack = pss(services_of(tree)), of_stack(process)
        bench.say(f"services {services:.0f} MB, all of it {stack:.0f} MB")
        starts = []
        for _ in range(3):
            with make_run(Path(folder)) as (_, seconds):
                starts.append(seconds)
        bench.say(f"seconds until the first suggestion: {starts}")
    yield below("memory-services-ready", "MB", services, 120, 100)
    yield below("memory-stack-ready", "MB", stack, 230)
    yield below("start", "s", sorted(starts)[1], 5)


@contextmanager
def make_run(home: Path) -> Iterator[tuple[psutil.Process, float]]:
    """Runs what `make run` runs until it is ready; gives the seconds until the suggestion."""
    environment = {
        **os.environ,
        "PERSONAKIT_HOME": str(home),
        "PERSONAKIT_PORT": str(free_port()),
        "PYTHONUNBUFFERED": "1",
    }
    began = time.monotonic()
    command = [sys.executable, "-m", "deploy.local"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield psutil.Process(process.pid), _until_ready(process, began)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _until_ready(process: "subprocess.Popen[str]", began: float) -> float:
    suggested = 0.0
    for line in process.stdout or ():
        if SUGGESTED in line:
            suggested = suggested or time.monotonic() - began
        if READY in line:
            return suggested or time.monotonic() - began
    raise RuntimeError("`make run` ended before it was ready")


def size(bench: Bench) -> Iterable[Row]:
    """The database after 100,000 observations that arrived one at a time, beside their JSON."""
    count = bench.amount(OBSERVATIONS)
    with bench.stack() as world:
        bench.load(record_all, world.address("ingest"), count, 64)
        wait_drained(world.database)
        bench.say(f"{count:,} recorded; waiting until finished tasks are gone")
        time.sleep(SETTLE_SECONDS)
        tables = ask(world.database, lambda connection: connection.fetch(SIZES))
    for table in tables[:8]:
        bench.say(f"{table['schema']}.{table['name']}: {table['bytes'] / count:.0f} B each")
    each = sum(table["bytes"] for table in tables) / count
    raw = sum(_raw(number) for number in range(1000)) / 1000
    yield below("database-size", "B", each, 3 * raw, raw)


def _raw(number: int) -> int:
    document = MessageToDict(observation_number(number), preserving_proto_field_name=True)
    return len(json.dumps(document, separators=(",", ":")))


def writes(bench: Bench) -> Iterable[Row]:
    """What GET suggestions writes: rows, and bytes of the database's log."""
    calls = 200

    async def look(connection: asyncpg.Connection) -> tuple[float, float]:
        await connection.execute("SELECT pg_stat_force_next_flush()")
        await connection.execute("SELECT pg_stat_clear_snapshot()")
        return float(await connection.fetchval(WAL)), float(await connection.fetchval(ROWS))

    with bench.stack() as world:
        bench.load(record_all, world.address("ingest"), 100, 1)
        wait_drained(world.database)
        bench.load(suggest, world.address("persona"), ["person-0"], 1)
        time.sleep(2)
        log, rows = ask(world.database, look)
        bench.load(suggest, world.address("persona"), ["person-0"], calls - 1)
        time.sleep(2)
        log_after, rows_after = ask(world.database, look)
    yield stated("suggest-writes-rows", "rows", round((rows_after - rows) / calls, 1))
    yield stated("suggest-writes-log", "B", (log_after - log) / calls)
