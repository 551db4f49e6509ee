"""A real system to do harm to: Postgres that flushes, a process a service, Envoy in front."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import asyncpg
import grpc
from grpc_health.v1 import health_pb2

from deploy.local.home import Home
from deploy.local.stack import without_password
from gateway.config import Gateway, command, write
from services.kit.channels import connect
from services.kit.migrate import migrate
from services.kit.settings import Settings
from tests.chaos.keeper import ROOT, Keeper
from tests.e2e.stack import free_port

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

# A second process of these, at an address of its own: another replica, another worker.
REPLICAS = {"ingest2": "ingest", "profiler2": "profiler"}
NAMES = ("ingest", "ingest2", "profiler", "profiler2", "persona", "feedback")
NEEDED = ("ingest", "profiler", "profiler2")
WORKERS = ("profiler", "profiler2")
START_SECONDS = 30.0


@dataclass
class System:
    """Everything that runs, and ways to harm it."""

    postgres: Keeper
    url: str
    home: Home
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.settings = self._settings()

    def address(self, name: str) -> str:
        """Returns where a service, or the gateway, answers."""
        return (
            f"unix:{self.home.run / name}.sock" if name != "gateway" else f"127.0.0.1:{self.port}"
        )

    def start(self, *names: str, module: str = "services", **changes: str) -> None:
        """Starts processes, with these changes of their environment."""
        for name in names:
            with self.home.log(name).open("ab") as log:
                self._processes[name] = subprocess.Popen(
                    self._command(name, module),
                    env=self._environment(changes, name),
                    cwd=ROOT,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )

    def kill(self, *names: str) -> None:
        """SIGKILL: no farewell."""
        self.stop(*names, order=signal.SIGKILL)

    def stop(self, *names: str, order: signal.Signals = signal.SIGTERM) -> None:
        """Returns when they have ended."""
        for name in names:
            self.signal(name, order)
        for name in names:
            self._processes[name].wait(15)

    def ended(self, name: str) -> bool:
        return self._processes[name].poll() is not None

    def signal(self, name: str, number: signal.Signals) -> None:
        self._processes[name].send_signal(number)

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """SIGSTOP for as long as the block runs."""
        self.signal(name, signal.SIGSTOP)
        try:
            yield
        finally:
            self.signal(name, signal.SIGCONT)

    def end(self) -> None:
        self.kill(*(name for name, one in self._processes.items() if one.poll() is None))
        self.postgres.end()

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Connection]:
        """Opens a connection of the database's owner."""
        connection: Connection = await asyncpg.connect(self.url)
        try:
            yield connection
        finally:
            await connection.close(timeout=2)

    @asynccontextmanager
    async def channel(self, name: str) -> AsyncIterator[grpc.aio.Channel]:
        async with connect(self.address(name)) as channel:
            yield channel

    async def healthy(self, names: Sequence[str] = NEEDED, within: float = START_SECONDS) -> float:
        """Waits until all of these say that they serve; returns how many seconds that took."""
        began = time.monotonic()
        async with asyncio.timeout(within):
            await asyncio.gather(*(self._serves(name) for name in names))
        return time.monotonic() - began

    async def _serves(self, name: str) -> None:
        async with self.channel(name) as channel:
            while not await _says_serving(channel):
                await asyncio.sleep(0.02)

    def _settings(self) -> Settings:
        return Settings.from_environment(self._environment({}))

    def _environment(self, changes: Mapping[str, str], name: str = "") -> dict[str, str]:
        own = {
            "PERSONAKIT_HOME": str(self.home.folder),
            "DATABASE_URL": without_password(self.url),
            **{
                f"PERSONAKIT_{service.upper()}_ADDRESS": self.address(service)
                for service in NAMES
                if service not in REPLICAS
            },
        }
        if name in REPLICAS:
            own[f"PERSONAKIT_{REPLICAS[name].upper()}_ADDRESS"] = self.address(name)
        return {**os.environ, **own, **changes}

    def _command(self, name: str, module: str) -> list[str]:
        if name == "gateway":
            return self._gateway()
        return [sys.executable, "-m", module, REPLICAS.get(name, name)]

    def _gateway(self) -> list[str]:
        gateway = Gateway(
            ingest=self.address("ingest"),
            profiler=self.address("profiler"),
            persona=self.address("persona"),
            feedback=self.address("feedback"),
            port=self.port,
            access_log=str(self.home.log("access")),
        )
        config = self.home.run / "envoy.yaml"
        write(gateway, config)
        return command(config)


async def _says_serving(channel: grpc.aio.Channel) -> bool:
    check = channel.unary_unary(
        "/grpc.health.v1.Health/Check",
        health_pb2.HealthCheckRequest.SerializeToString,
        health_pb2.HealthCheckResponse.FromString,
    )
    try:
        answer = await check(health_pb2.HealthCheckRequest(), timeout=1)
    except grpc.aio.AioRpcError:
        return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


@contextmanager
def running(folder: Path) -> Iterator[System]:
    """Starts a system with an empty database; ends all of it after the block."""
    postgres = Keeper(folder)
    url, home = postgres.start(), Home(folder.resolve())
    system = System(postgres, url, home)
    try:
        home.make_service_secrets()
        migrate(Settings.from_environment({"PERSONAKIT_HOME": str(folder), "DATABASE_URL": url}))
        system.start(*NEEDED)
        asyncio.run(system.healthy())
        yield system
    finally:
        system.end()
