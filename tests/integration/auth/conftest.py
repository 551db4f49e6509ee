"""All four services, asking for tokens."""

from dataclasses import replace

import grpc
import pytest

import services.feedback.main
import services.ingest.main
import services.persona.main
import services.profiler.main
from clients.keys import KeyRing
from services.kit.settings import Settings
from tests.conftest import Serve
from tests.tokens import Issuer

ASSEMBLE = {
    "ingest": services.ingest.main.assemble,
    "profiler": services.profiler.main.assemble,
    "persona": services.persona.main.assemble,
    "feedback": services.feedback.main.assemble,
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    KeyRing(settings.secrets).make()
    return replace(settings, auth=True, jwks=settings.secrets / "jwks.json")


@pytest.fixture
def issuer(settings: Settings) -> Issuer:
    return Issuer(settings.secrets)


@pytest.fixture
async def channels(serve: Serve) -> dict[str, grpc.aio.Channel]:
    return {name: await serve(assemble) for name, assemble in ASSEMBLE.items()}
