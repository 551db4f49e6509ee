"""Whether the database is as this release reads and writes it."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

import asyncpg

from services.kit.database import Database
from services.kit.errors import BadSetting, Unavailable
from services.kit.loops import Loop, stopped_within
from services.kit.sockets import SERVICES
from services.kit.sql import Sql

log = logging.getLogger(__name__)

# Sooner than a worker gives a task up that it cannot read any more.
BETWEEN_LOOKS = timedelta(seconds=5)
SERVICES_DIR = Path(__file__).resolve().parents[1]
FOUND = Sql("SELECT version_num FROM alembic_version WHERE starts_with(version_num, :prefix)")


def migrations_of(service: str) -> Path:
    """Returns the folder of a service's migrations."""
    return SERVICES_DIR / service / "migrations"


def _revisions_of(service: str) -> Sequence[str]:
    numbers = (file.name.partition("_")[0] for file in migrations_of(service).glob("[0-9]*.py"))
    return [f"{service}_{number}" for number in sorted(numbers)]


KNOWN: Final = {service: _revisions_of(service) for service in SERVICES}
"""The revisions that this release knows, such as "ingest_0001", oldest first. As they were when it
was imported: the next release may be put in its place while it runs."""


async def check_revision(service: str, database: Database) -> None:
    """Returns if the service's part of the database has its newest revision; raises `BadSetting`
    if it was migrated by another release. Nobody waits for a database that does not answer, or lets
    nobody in: that is told by health, and may pass."""
    known = KNOWN[service]
    try:
        found = await database.value(FOUND, prefix=f"{service}_")
    except (asyncpg.UndefinedTableError, asyncpg.InsufficientPrivilegeError):
        found = None
    except (Unavailable, asyncpg.PostgresError):
        return
    if found == known[-1]:
        return
    if found is None or found in known:
        raise BadSetting(
            f"the database is not ready for this release of {service}: "
            "run `python -m services migrate`"
        )
    raise BadSetting(
        f"the database is at {found}, and this release of {service} knows {known[-1]} at most: "
        "run the release that migrated it, or a newer one"
    )


def watch_revision(service: str, database: Database, between: timedelta = BETWEEN_LOOKS) -> Loop:
    """Returns a loop that stops the service once another release has migrated its database."""

    async def loop(stop: asyncio.Event) -> None:
        while not await stopped_within(stop, between):
            try:
                await check_revision(service, database)
            except BadSetting as error:
                log.error("stops", extra={"error": str(error)})
                stop.set()

    return loop
