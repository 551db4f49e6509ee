"""One Envoy for all tests of the gateway, and services that start each test anew."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from gateway.config import Gateway
from tests.integration.gateway.fakes import NAMES, FakeServices, World
from tests.integration.gateway.running import Running, free_port, run

NAMED_ORIGIN = "https://app.example.com"
Serve = Callable[..., Running]


@pytest.fixture(scope="package")
def folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="pk-") as path:
        yield Path(path)


@pytest.fixture(scope="package")
def shared_services(folder: Path) -> Iterator[FakeServices]:
    services = FakeServices(folder)
    yield services
    services.close()


@pytest.fixture(scope="package")
def shared_gateway(folder: Path, shared_services: FakeServices) -> Iterator[Running]:
    with run(configure(folder, shared_services), folder) as running:
        yield running


@pytest.fixture
def services(shared_services: FakeServices) -> FakeServices:
    """All four services, up, with empty answers."""
    shared_services.world = World()
    shared_services.start(*NAMES)
    return shared_services


@pytest.fixture
def world(services: FakeServices) -> World:
    return services.world


@pytest.fixture
def gateway(shared_gateway: Running, services: FakeServices) -> Running:
    return shared_gateway


@pytest.fixture
def serve(folder: Path, services: FakeServices) -> Iterator[Serve]:
    """Starts another gateway, set up as the test says."""
    with ExitStack() as stack:

        def start(**options: object) -> Running:
            return stack.enter_context(run(configure(folder, services, **options), folder))

        yield start


def configure(folder: Path, services: FakeServices, **options: object) -> Gateway:
    port = free_port()
    defaults: dict[str, object] = {
        "port": port,
        "access_log": str(folder / f"{port}.access.log"),
        "allowed_origins": (NAMED_ORIGIN,),
    }
    addresses = {name: services.address(name) for name in NAMES}
    return Gateway(**addresses, **(defaults | options))  # type: ignore[arg-type]
