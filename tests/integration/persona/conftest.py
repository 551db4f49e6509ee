"""Persona on a real Postgres, with small servers in place of its neighbours, on a Tuesday."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime

import pytest

from personakit.persona.v1.persona_pb2_grpc import PersonaServiceStub
from services.kit.settings import Settings
from services.persona.main import assemble
from tests.conftest import Serve
from tests.integration.persona.stand_ins import Neighbours
from tests.unit.persona.builders import on_tuesday

NOW = on_tuesday("09:30")


@pytest.fixture
async def neighbours(settings: Settings) -> AsyncIterator[Neighbours]:
    started = Neighbours()
    await started.start(settings)
    yield started
    await started.stop()


@pytest.fixture
def set_clock(settings: Settings) -> Callable[[datetime], None]:
    def set_to(at: datetime) -> None:
        (settings.home / "clock").write_text(at.isoformat())

    set_to(NOW)
    return set_to


@pytest.fixture
async def persona(
    neighbours: Neighbours, set_clock: Callable[[datetime], None], serve: Serve
) -> PersonaServiceStub:
    return PersonaServiceStub(await serve(assemble))
