"""Whether the database is as this release reads and writes it."""

from pathlib import Path

import asyncpg

from services.kit.database import Database
from services.kit.errors import BadSetting, Unavailable
from services.kit.sql import Sql

SERVICES_DIR = Path(__file__).resolve().parents[1]
FOUND = Sql("SELECT version_num FROM alembic_version WHERE starts_with(version_num, :prefix)")


def migrations_of(service: str) -> Path:
    """Returns the folder of a service's migrations."""
    return SERVICES_DIR / service / "migrations"


def revisions_of(service: str) -> list[str]:
    """Returns the revisions that this release knows, such as "ingest_0001", oldest first."""
    numbers = (file.name.partition("_")[0] for file in migrations_of(service).glob("[0-9]*.py"))
    return [f"{service}_{number}" for number in sorted(numbers)]


async def check_revision(service: str, database: Database) -> None:
    """Returns if the service's part of the database has its newest revision; raises `BadSetting`
    if it was migrated by another release. Nobody waits for a database that does not answer, or lets
    nobody in: that is told by health, and may pass."""
    known = revisions_of(service)
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
