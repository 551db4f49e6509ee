"""Brings the database to the newest schema: roles first, then every context's migrations."""

import asyncio
from collections.abc import Iterable

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from services.kit.errors import BadSetting
from services.kit.revision import SERVICES_DIR, migrations_of
from services.kit.settings import SERVICES, Settings

# Any number will do, as long as two migrators use the same.
LOCK = 7_366_573


def migrate(settings: Settings) -> None:
    """Creates the services' roles and runs all migrations; two at once wait for each other.

    Raises `BadSetting` if the owner has no way into the database.
    """
    asyncio.run(_migrate(settings))


async def _migrate(settings: Settings) -> None:
    url = make_url(settings.owner_url()).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url)
    try:
        await _reach(engine)
        async with engine.begin() as connection:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            for service in SERVICES:
                role = f"personakit_{service}"
                for statement in _role(role, settings.secret(f"database-{role}")):
                    await connection.exec_driver_sql(statement)
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


async def _reach(engine: AsyncEngine) -> None:
    try:
        async with engine.connect():
            pass
    except (OSError, DBAPIError) as error:
        why = error.orig if isinstance(error, DBAPIError) else error
        raise BadSetting(f"no way into the database {engine.url.database!r}: {why}") from error


def _role(role: str, password: str) -> Iterable[str]:
    quoted = password.replace("'", "''")
    yield (
        f"DO $$ BEGIN CREATE ROLE {role} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
    )
    yield f"ALTER ROLE {role} LOGIN PASSWORD '{quoted}'"
    yield f"ALTER ROLE {role} SET timezone = 'UTC'"


def _upgrade(connection: Connection) -> None:
    """Raises `BadSetting` if a newer release was here before."""
    try:
        command.upgrade(config_on(connection), "heads")
    except CommandError as error:
        raise BadSetting(f"the database was migrated by a newer release: {error}") from error
    # A service looks, when it starts, whether the database is as it knows it.
    roles = ", ".join(f"personakit_{service}" for service in SERVICES)
    connection.exec_driver_sql(f"GRANT SELECT ON alembic_version TO {roles}")


def config_on(connection: Connection) -> Config:
    """Returns what Alembic needs to know to move this database up or down."""
    config = Config()
    config.set_main_option("script_location", str(SERVICES_DIR / "kit" / "migrations"))
    config.set_main_option("path_separator", "newline")
    versions = [str(migrations_of(service)) for service in SERVICES]
    config.set_main_option("version_locations", "\n".join(versions))
    config.attributes["connection"] = connection
    return config
