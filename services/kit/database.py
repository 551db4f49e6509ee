"""The one way to the database: short transactions, and failures that callers understand."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import asyncpg

# SQLAlchemy loads it with the first engine: too late to be shared by forked services.
import sqlalchemy.dialects.postgresql.asyncpg  # noqa: F401
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from services.kit.errors import Aborted, Unavailable

log = logging.getLogger(__name__)

# https://www.postgresql.org/docs/current/errcodes-appendix.html
SERIALIZATION_FAILURE, DEADLOCK_DETECTED = "40001", "40P01"
# Classes: connection exception, insufficient resources, operator intervention (as in a shutdown).
UNAVAILABLE_CLASSES = ("08", "53", "57")
# A transaction waits for nothing but its own process. One that waits longer belongs to a frozen
# process, and the server ends it, so that nobody waits for its locks.
LONGEST_IDLE_TRANSACTION = "5s"


class Database:
    """A pool of connections with one role; every session's time zone is UTC.

    What goes wrong with the database is raised as `Unavailable` (it does not answer) or `Aborted`
    (two transactions met); the driver's words go to the log only.
    """

    def __init__(self, url: URL, *, application: str, pool_size: int = 4) -> None:
        self._engine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=5,
            connect_args={
                "timeout": 3,
                "command_timeout": 15,
                "server_settings": {
                    "application_name": application,
                    "timezone": "UTC",
                    "idle_in_transaction_session_timeout": LONGEST_IDLE_TRANSACTION,
                },
            },
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Opens a transaction: committed at the end of the block, undone if it raises."""
        with _understood():
            async with self._engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def autocommit(self) -> AsyncIterator[AsyncConnection]:
        """Opens a connection on which each statement is a transaction of its own."""
        with _understood():
            async with self._engine.connect() as connection:
                yield await connection.execution_options(isolation_level="AUTOCOMMIT")

    async def ping(self) -> None:
        """Returns if the database answers; raises `Unavailable` if it does not.

        A failure can mean that only the connection is old: it empties the pool, and the second
        try takes a new one.
        """
        try:
            await self._ask()
        except Unavailable:
            await self._ask()

    async def _ask(self) -> None:
        async with self.autocommit() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Closes every connection."""
        await self._engine.dispose()


@contextmanager
def _understood() -> Iterator[None]:
    try:
        yield
    # The last two come from a connection that is used without SQLAlchemy, as for LISTEN.
    except (NoFreeConnection, OSError, asyncpg.InterfaceError, asyncpg.PostgresError) as error:
        raise _unavailable(error) from error
    except DBAPIError as error:
        code = str(getattr(error.orig, "sqlstate", None) or "")
        if code in (SERIALIZATION_FAILURE, DEADLOCK_DETECTED):
            raise Aborted("CONFLICT", "two writes met; send it again") from error
        if _is_connection_lost(error, code):
            raise _unavailable(error) from error
        raise


def _is_connection_lost(error: DBAPIError, code: str) -> bool:
    return (
        error.connection_invalidated
        or code.startswith(UNAVAILABLE_CLASSES)
        or (isinstance(error, InterfaceError) and not code)
    )


def _unavailable(error: Exception) -> Unavailable:
    log.warning("the database does not answer", extra={"error": repr(error)})
    return Unavailable("DATABASE_UNAVAILABLE", "the database does not answer now")
