"""The whole system, but for the gateway."""

import pytest

from services.__main__ import ASSEMBLE
from services.kit.settings import Settings
from tests.conftest import Serve
from tests.integration.person_data.system import NOW, System


@pytest.fixture
async def system(serve: Serve, settings: Settings) -> System:
    (settings.home / "clock").write_text(NOW)
    return System(settings, {name: await serve(assemble) for name, assemble in ASSEMBLE.items()})
