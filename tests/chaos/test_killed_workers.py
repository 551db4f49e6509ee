"""Two workers fed with observations, and SIGKILL for whoever holds a claim."""

import asyncio
import random
import signal
import time
from collections.abc import Sequence

from asyncpg import Record

from tests.chaos.audit import audit
from tests.chaos.clients import Client, Feed
from tests.chaos.form import times
from tests.chaos.report import Report
from tests.chaos.system import WORKERS, Connection, System

PEOPLE = [f"worker-{number}" for number in range(40)]
# A lease lasts for five seconds, and is looked at every second.
TAKEOVER_SECONDS = 10.0

# Which connection holds a claim, so that a kill counts only if it hit its holder.
WATCH = """
    ALTER TABLE profiler.leases ADD COLUMN IF NOT EXISTS claimed_by integer;
    CREATE OR REPLACE FUNCTION profiler.note_claimant() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN NEW.claimed_by := pg_backend_pid(); RETURN NEW; END';
    CREATE OR REPLACE TRIGGER claimant BEFORE INSERT OR UPDATE ON profiler.leases
        FOR EACH ROW EXECUTE FUNCTION profiler.note_claimant();
"""
CLAIMS = """
    SELECT lease.* FROM profiler.leases AS lease
    WHERE EXISTS (
        SELECT FROM ingest.outbox_tasks AS task
        WHERE task.person_id = lease.person_id AND task.status = 'in_progress'
    )
"""
CONNECTED = "SELECT pid FROM pg_stat_activity WHERE application_name = 'profiler worker'"
STANDING = "SELECT count(*) FROM profiler.leases WHERE token = ANY($1)"


async def test_a_worker_killed_with_a_claim_loses_and_doubles_nothing(
    system: System, report: Report
) -> None:
    wanted, kills = times(2, 50), 0
    takeovers: list[asyncio.Task[float]] = []
    async with system.database() as eye, system.channel("ingest") as channel:
        await eye.execute(WATCH)
        feed = Feed(PEOPLE, Client(channel))
        async with feed.flowing():
            while len(takeovers) < wanted:
                await asyncio.sleep(random.uniform(0.05, 0.4))
                victim = WORKERS[kills % len(WORKERS)]
                held = await kill(system, victim, eye)
                system.start(victim)
                kills += 1
                if held:
                    takeovers.append(asyncio.create_task(taken_over(system, held)))
                await system.healthy([victim])
            recoveries = await asyncio.gather(*takeovers)
        found = await audit(system, feed)
    report.add("worker killed holding a claim", recoveries, wanted, found)
    report.note("worker killed", kills=kills, holding_a_claim=wanted)
    found.check()
    assert max(recoveries) < TAKEOVER_SECONDS


async def kill(system: System, victim: str, eye: Connection) -> Sequence[object]:
    """Kills a worker; returns the tokens of the claims it held at that moment."""
    claims = await catch(system, victim, eye)
    system.kill(victim)
    await asyncio.sleep(0.2)
    alive = {row["pid"] for row in await eye.fetch(CONNECTED)}
    return [row["token"] for row in claims if row["claimed_by"] not in alive]


async def catch(system: System, victim: str, eye: Connection) -> Sequence[Record]:
    """Freezes a worker at a moment at which claims stand, its own or the other one's."""
    while True:
        system.signal(victim, signal.SIGSTOP)
        if claims := await eye.fetch(CLAIMS):
            return claims
        system.signal(victim, signal.SIGCONT)
        await asyncio.sleep(random.uniform(0.005, 0.05))


async def taken_over(system: System, tokens: Sequence[object]) -> float:
    """Waits until none of the claims stands; returns the seconds that took."""
    began = time.monotonic()
    async with system.database() as eye:
        while await eye.fetchval(STANDING, tokens):
            assert time.monotonic() < began + 30
            await asyncio.sleep(0.1)
    return time.monotonic() - began
