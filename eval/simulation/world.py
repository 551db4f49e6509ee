"""Runs one adviser for one population, each in a world of its own, so that no arm helps another."""

import asyncio
import multiprocessing
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

import grpc

from bench.running import running
from clients.connect import PersonaKit, Target, connect
from deploy.local.home import Home
from eval.simulation.api import PATIENCE, Api, bare_diary, whole_diary
from eval.simulation.arms import Chance, Oracle
from eval.simulation.log import Log
from eval.simulation.mapper import Peek
from eval.simulation.people import Family, Mind, draw
from eval.simulation.run import DAYS, Months


class Arm(StrEnum):
    """Who advises. Of `BARE` only the calendar is known, and answers that say nothing; of `DEAF`
    everything but what they thought of it."""

    OURS = "personakit"
    DEAF = "without feedback"
    BARE = "without traits"
    CHANCE = "random"
    ORACLE = "oracle"


_APIS: Mapping[Arm, Callable[[PersonaKit], Api]] = {
    Arm.OURS: lambda personakit: Api(personakit, whole_diary, listens=True),
    Arm.DEAF: lambda personakit: Api(personakit, whole_diary, listens=False),
    Arm.BARE: lambda personakit: Api(personakit, bare_diary, listens=True),
}


def live_all(family: Family, people: int) -> dict[Arm, Log]:
    """Let so many people of a family live with every adviser, at the same time."""
    processes = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(_APIS), mp_context=processes) as pool:
        logs = {arm: pool.submit(live, family, arm, people) for arm in Arm}
        return {arm: log.result() for arm, log in logs.items()}


def live(family: Family, arm: Arm, people: int, days: int = DAYS) -> Log:
    """Let so many people of a family live with one adviser; the same ones with every adviser."""
    minds = [draw(family, seed) for seed in range(people)]
    if arm in _APIS:
        return _in_a_stack(minds, arm, days)
    adviser = Oracle() if arm is Arm.ORACLE else Chance()
    return asyncio.run(Months(minds, adviser, days=days).live())


def _in_a_stack(minds: list[Mind], arm: Arm, days: int) -> Log:
    with _stack() as (address, home):
        return asyncio.run(_through(address, home, minds, arm, days))


@contextmanager
def _stack() -> Iterator[tuple[str, Home]]:
    with TemporaryDirectory(prefix="pk-eval-") as folder:
        home = Home(Path(folder).resolve())
        with running(home, {"PERSONAKIT_TEST_CLOCK": "1"}) as world:
            yield world.gateway, home


async def _through(address: str, home: Home, minds: list[Mind], arm: Arm, days: int) -> Log:
    async with (
        connect(Target(address), PATIENCE) as personakit,
        grpc.aio.insecure_channel(address) as channel,
    ):
        api = _APIS[arm](personakit)
        peek = Peek(channel, api)
        prober = peek if arm is Arm.OURS else None
        log = await Months(minds, api, home.folder / "clock", days, prober).live()
        if prober:
            await peek.sweep(minds, days, log)
        return log
