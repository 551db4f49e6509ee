"""The same two tables as ingest's, in a schema of their own."""

import asyncio

import asyncpg

SCHEMA = "yardstick"


def make(database: str) -> None:
    """Makes the tables, with the indexes and defaults of ingest's."""

    async def run() -> None:
        connection = await asyncpg.connect(database)
        await connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        await connection.execute(f"CREATE SCHEMA {SCHEMA}")
        for table in ("observations", "outbox_tasks"):
            await connection.execute(
                f"CREATE TABLE {SCHEMA}.{table} (LIKE ingest.{table} INCLUDING ALL)"
            )
        await connection.close()

    asyncio.run(run())
