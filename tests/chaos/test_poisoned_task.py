"""A task that kills whoever works on it: three deaths, and nobody else's harm."""

import asyncio
import json
import os
import subprocess
import sys
import time
import urllib.request
from typing import Any

from personakit.ingest.v1 import ingest_pb2
from personakit.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from personakit.profiler.v1 import profiler_pb2 as pb
from personakit.profiler.v1.profiler_pb2_grpc import ProfilerServiceStub
from tests.chaos.keeper import ROOT
from tests.chaos.poisoned import POISON
from tests.chaos.report import Report
from tests.chaos.system import WORKERS, System

PEOPLE = [f"poison-{number}" for number in range(6)]
VICTIM = PEOPLE[3]
OPEN = """
    SELECT count(*) FROM ingest.outbox_tasks
    WHERE person_id LIKE 'poison-%' AND status IN ('pending', 'in_progress')
"""
FAILED = """
    SELECT person_id, attempts FROM ingest.outbox_tasks
    WHERE person_id LIKE 'poison-%' AND status = 'failed'
"""
MOST_ATTEMPTS = "SELECT max(attempts) FROM ingest.outbox_tasks WHERE status = 'done'"


async def test_a_task_that_kills_its_worker_is_given_up_alone_and_can_be_retried(
    system: System, report: Report
) -> None:
    system.kill(*WORKERS)
    try:
        name = await record(system)
        began = time.monotonic()
        deaths = await work_in_vain(system)
        seconds = round(time.monotonic() - began, 1)
        report.note("task that kills its worker", deaths=deaths, given_up_after_seconds=seconds)
        async with system.database() as eye:
            assert [tuple(row) for row in await eye.fetch(FAILED)] == [(VICTIM, 3)]
    finally:
        system.start(*WORKERS)
        await system.healthy()
    assert deaths == 3
    await check_retry(system, name)


async def record(system: System) -> str:
    """Records some sessions of each person, all in one call; returns the marked one's id."""
    request = ingest_pb2.RecordObservationsRequest()
    for number in range(5):
        for person in PEOPLE:
            start = POISON - number if person == VICTIM else POISON - 90_000 * (number + 1)
            one = request.observations.add(person_id=person, time_zone="Asia/Tokyo")
            one.work_session.start_time.FromSeconds(start)
            one.work_session.duration_minutes = 50
    async with system.channel("ingest") as channel:
        answer = await IngestServiceStub(channel).RecordObservations(request)
    return str(answer.observation_ids[PEOPLE.index(VICTIM)])


async def work_in_vain(system: System) -> int:
    """Starts a worker whenever the last one died, until nothing waits; returns how many died."""
    deaths = 0
    system.start("profiler", module="tests.chaos.poisoned")
    async with asyncio.timeout(60), system.database() as eye:
        while await eye.fetchval(OPEN):
            if system.ended("profiler"):
                deaths += 1
                system.start("profiler", module="tests.chaos.poisoned")
            await asyncio.sleep(0.05)
    system.kill("profiler")
    return deaths


async def check_retry(system: System, name: str) -> None:
    """The given-up task is listed with its reason, and a sound worker does it when told to."""
    async with system.channel("profiler") as channel:
        stub = ProfilerServiceStub(channel)
        (task,) = (
            await stub.ListFailedTasks(pb.ListFailedTasksRequest(person_id=VICTIM))
        ).failed_tasks
        assert (task.observation_id, task.attempts) == (name, 3)
        assert "died" in task.last_error
        await check_other_ways_in(system, task.task_id)
        status = await stub.WaitProcessed(pb.WaitProcessedRequest(person_id=VICTIM))
        assert (status.pending, status.failed) == (0, 0)
        mindscape = await stub.GetMindscape(pb.GetMindscapeRequest(person_id=VICTIM))
        assert mindscape.traits["work.focus_duration"].n == 5


async def check_other_ways_in(system: System, task_id: str) -> None:
    """REST lists the task too, and the command line retries it."""
    system.start("gateway")
    await system.healthy(["gateway"])
    listed = await asyncio.to_thread(rest, system, f"/v1/people/{VICTIM}/failed-tasks")
    assert [one["task_id"] for one in listed["failed_tasks"]] == [task_id]
    retry = [sys.executable, "-m", "clients.cli.main", "retry", task_id, "--person", VICTIM]
    environment = {**os.environ, "PERSONAKIT_ADDRESS": system.address("gateway")}
    done = await asyncio.to_thread(subprocess.run, retry, cwd=ROOT, env=environment, check=False)
    system.stop("gateway")
    assert done.returncode == 0


def rest(system: System, path: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"http://{system.address('gateway')}{path}", timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
        return found
