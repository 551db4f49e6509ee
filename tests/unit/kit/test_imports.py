"""What a service has in memory: each module is there four times, or at least once for all."""

import subprocess
import sys

import pytest

RUNNING = """
import asyncio, sys
import services.__main__ as program
from services.kit.settings import Settings

async def assemble():
    settings = Settings.from_environment()
    return [assemble(settings) for assemble in program.ASSEMBLE.values()]

asyncio.run(assemble())
print(*{name.partition(".")[0] for name in sys.modules})
"""


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    home = tmp_path_factory.mktemp("home")
    (home / "secrets").mkdir()
    for name in ("ingest", "profiler", "persona", "feedback"):
        (home / "secrets" / f"database-personakit_{name}").write_text("secret")
    (home / "secrets" / "signing-key").write_text("secret")
    done = subprocess.run(
        [sys.executable, "-c", RUNNING],
        env={"PERSONAKIT_HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "name",
    [
        *("alembic", "sqlalchemy", "cryptography", "jwt", "icalendar", "typer", "rich", "numpy"),
        *("opentelemetry", "email"),
    ],
)
def test_a_running_service_has_not_imported(modules: set[str], name: str) -> None:
    assert "asyncpg" in modules
    assert name not in modules
