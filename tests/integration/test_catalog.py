"""The migrated database: it could be distributed by person, and its roles keep apart."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest

from services.kit.settings import SERVICES, Settings

# Nobody's: small, the same for everybody, and on every node of a distributed database.
REFERENCE_TABLES = {
    "public.alembic_version",
    "persona.mappers",
    "feedback.populations",
    "profiler.priors",
}

# The one table that two roles work on, and the one that all look at when they start.
SHARED = {
    ("profiler", "SELECT", "ingest.outbox_tasks"),
    ("profiler", "UPDATE", "ingest.outbox_tasks"),
    *((service, "SELECT", "public.alembic_version") for service in SERVICES),
}

ATTEMPTS = {
    "SELECT": "SELECT {column} FROM {table} WHERE false",
    "INSERT": "INSERT INTO {table} ({column}) SELECT NULL WHERE false",
    "UPDATE": "UPDATE {table} SET {column} = NULL WHERE false",
    "DELETE": "DELETE FROM {table} WHERE false",
    "TRUNCATE": "TRUNCATE {table}",
}
OWN = {"SELECT", "INSERT", "UPDATE", "DELETE"}

TABLES = """
    SELECT format('%s.%s', schema.nspname, class.relname), array_agg(column_.attname::text
               ORDER BY column_.attnum), array_agg(type.typname::text)
    FROM pg_class AS class
    JOIN pg_namespace AS schema ON schema.oid = class.relnamespace
    JOIN pg_attribute AS column_ ON column_.attrelid = class.oid AND column_.attnum > 0
    JOIN pg_type AS type ON type.oid = column_.atttypid
    WHERE class.relkind IN ('r', 'p') AND NOT column_.attisdropped
      AND schema.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    GROUP BY 1
"""

INDEXES = """
    SELECT format('%s.%s', schema.nspname, class.relname), index.indisunique, index.indisprimary,
           ARRAY(
               SELECT pg_get_indexdef(index.indexrelid, position, true)
               FROM generate_series(1, index.indnkeyatts) AS position
           )
    FROM pg_index AS index
    JOIN pg_class AS class ON class.oid = index.indrelid
    JOIN pg_namespace AS schema ON schema.oid = class.relnamespace
    WHERE schema.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
"""

FOREIGN_KEYS = """
    SELECT conname FROM pg_constraint WHERE contype = 'f' AND conparentid = 0
      AND (SELECT relnamespace FROM pg_class WHERE oid = conrelid)
       <> (SELECT relnamespace FROM pg_class WHERE oid = confrelid)
"""


@dataclass(frozen=True)
class Table:
    """A table, as `schema.name`."""

    name: str
    columns: list[str]
    types: list[str]

    @property
    def schema(self) -> str:
        return self.name.partition(".")[0]


@dataclass(frozen=True)
class Index:
    """The columns of an index on a table, in their order."""

    table: str
    unique: bool
    primary: bool
    columns: list[str]


@dataclass(frozen=True)
class Catalog:
    """All tables of ours, and their indexes."""

    tables: list[Table]
    indexes: list[Index]


@pytest.fixture
async def catalog(settings: Settings) -> Catalog:
    async with _connected(settings.database) as connection:
        return Catalog(
            [Table(*row) for row in await connection.fetch(TABLES)],
            [Index(*row) for row in await connection.fetch(INDEXES)],
        )


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator["asyncpg.Connection[Any]"]:
    connection = await asyncpg.connect(url)
    yield connection
    await connection.close()


def test_every_service_has_tables(catalog: Catalog) -> None:
    assert {table.schema for table in catalog.tables} == {"public", *SERVICES}


def test_every_table_is_a_persons_or_a_declared_reference(catalog: Catalog) -> None:
    without = {table.name for table in catalog.tables if "person_id" not in table.columns}
    assert without <= REFERENCE_TABLES


def test_every_primary_key_begins_with_the_person(catalog: Catalog) -> None:
    keys = {index.table: index.columns[0] for index in catalog.indexes if index.primary}
    assert {table.name for table in catalog.tables} == set(keys)
    assert {table for table, first in keys.items() if first != "person_id"} <= REFERENCE_TABLES


def test_every_unique_key_contains_the_person(catalog: Catalog) -> None:
    without = [
        index
        for index in catalog.indexes
        if index.unique and "person_id" not in index.columns and index.table not in REFERENCE_TABLES
    ]
    assert without == []


def test_every_moment_is_kept_with_its_zone(catalog: Catalog) -> None:
    naive = {"timestamp", "_timestamp", "time", "timetz"}
    assert [table.name for table in catalog.tables if naive & set(table.types)] == []


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("ingest.observations", ["person_id", "started_at"]),
        ("profiler.mindscapes", ["person_id"]),
        ("persona.personas", ["expires_at"]),
        ("feedback.feedback", ["person_id", "persona_id", "created_at"]),
        ("ingest.outbox_tasks", ["status", "run_after"]),
    ],
)
def test_the_indexes_of_the_plan_are_there(
    catalog: Catalog, table: str, columns: list[str]
) -> None:
    found = [index.columns for index in catalog.indexes if index.table == table]
    assert columns in [index[: len(columns)] for index in found]


async def test_no_foreign_key_crosses_a_schema(settings: Settings) -> None:
    async with _connected(settings.database) as connection:
        assert await connection.fetch(FOREIGN_KEYS) == []


@pytest.mark.parametrize("service", SERVICES)
async def test_a_role_reaches_its_own_schema_and_the_queue_only(
    catalog: Catalog, settings: Settings, service: str
) -> None:
    expected = {
        (service, kind, table.name)
        for table in catalog.tables
        if table.schema == service
        for kind in OWN
    } | {shared for shared in SHARED if shared[0] == service}
    async with _connected(settings.database_url(service)) as connection:
        reached = {
            (service, kind, table.name)
            for table in catalog.tables
            for kind in ATTEMPTS
            if await _is_allowed(connection, ATTEMPTS[kind], table)
        }
    assert reached == expected


async def _is_allowed(connection: "asyncpg.Connection[Any]", attempt: str, table: Table) -> bool:
    statement = attempt.format(table=table.name, column=table.columns[0])
    try:
        await connection.execute(statement)
    except asyncpg.InsufficientPrivilegeError:
        return False
    return True


@pytest.mark.parametrize("service", SERVICES)
async def test_a_role_can_make_nothing_and_is_no_superuser(
    settings: Settings, service: str
) -> None:
    async with _connected(settings.database_url(service)) as connection:
        for place in ("public", *SERVICES):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"CREATE TABLE {place}.mine (person_id text)")
        rights = await connection.fetchval(
            "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication"
            " FROM pg_roles WHERE rolname = current_user"
        )
        assert rights is False
