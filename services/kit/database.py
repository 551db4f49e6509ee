"""The one way to the database: short transactions, and failures that callers understand."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from math import inf
from time import perf_counter
from typing import Any, TypeAlias

import asyncpg

from services.kit.errors import Aborted, Unavailable
from services.kit.sql import Row, Sql

log = logging.getLogger(__name__)

# https://www.postgresql.org/docs/current/errcodes-appendix.html
SERIALIZATION_FAILURE, DEADLOCK_DETECTED = "40001", "40P01"
# Classes: connection exception, insufficient resources, operator intervention (as in a shutdown).
UNAVAILABLE_CLASSES = ("08", "53", "57")
# A transaction waits for nothing but its own process. One that waits longer belongs to a frozen
# process, and the server ends it, so that nobody waits for its locks.
LONGEST_IDLE_TRANSACTION = "5s"
CONNECT_SECONDS, STATEMENT_SECONDS, QUEUE_SECONDS, CLOSE_SECONDS = 3, 15, 5, 3
# A connection takes 2 to 5 MB of the server's memory: those that only a crowd needed are closed.
IDLE_SECONDS = 5

Driver: TypeAlias = "asyncpg.Connection[Row] | asyncpg.pool.PoolConnectionProxy[Row]"


class Connection:
    """A connection that a block has for itself."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    async def rows(self, sql: Sql, /, **values: object) -> list[Row]:
        """Returns the rows of the answer."""
        return await self._driver.fetch(sql.text, *sql.arguments(values))

    async def row(self, sql: Sql, /, **values: object) -> Row | None:
        """Returns the first row of the answer, if there is one."""
        return await self._driver.fetchrow(sql.text, *sql.arguments(values))

    async def value(self, sql: Sql, /, **values: object) -> Any:
        """Returns the first column of the first row; None if there is no row."""
        return await self._driver.fetchval(sql.text, *sql.arguments(values))

    async def run(self, sql: Sql, /, **values: object) -> int:
        """Returns how many rows were written."""
        status = await self._driver.execute(sql.text, *sql.arguments(values))
        count = status.rpartition(" ")[2]
        return int(count) if count.isdecimal() else 0

    async def run_many(self, sql: Sql, many: Sequence[Mapping[str, object]]) -> None:
        """Runs a statement once for each of several values, all sent together."""
        await self._driver.executemany(sql.text, [sql.arguments(values) for values in many])


class Database:
    """A pool of connections with one role; every session's time zone is UTC.

    Each of its statements is a transaction of its own; `transaction` is for several. What goes
    wrong with the database is raised as `Unavailable` (it does not answer) or `Aborted` (two
    transactions met); the driver's words go to the log only.

    What is not `durable` does not wait for the disk: the last moment of it can be lost when the
    server dies, though never in parts, nor without all that was written later by anybody. It is for
    work that is then done again and that nobody was told of.
    """

    def __init__(
        self, url: str, *, application: str, pool_size: int = 4, durable: bool = True
    ) -> None:
        self._options: dict[str, Any] = {
            "dsn": url,
            "record_class": Row,
            "timeout": CONNECT_SECONDS,
            "command_timeout": STATEMENT_SECONDS,
            "server_settings": {
                "application_name": application,
                "timezone": "UTC",
                "idle_in_transaction_session_timeout": LONGEST_IDLE_TRANSACTION,
                **({} if durable else {"synchronous_commit": "off"}),
            },
        }
        self._pool_size = pool_size
        self._in_use = 0
        self._used_at = -inf
        self._opened: asyncpg.Pool[Row] | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Opens a transaction: committed at the end of the block, undone if it raises."""
        async with self._driver() as driver, driver.transaction():
            yield Connection(driver)

    async def rows(self, sql: Sql, /, **values: object) -> list[Row]:
        """Returns the rows of the answer."""
        async with self._driver() as driver:
            return await Connection(driver).rows(sql, **values)

    async def row(self, sql: Sql, /, **values: object) -> Row | None:
        """Returns the first row of the answer, if there is one."""
        async with self._driver() as driver:
            return await Connection(driver).row(sql, **values)

    async def value(self, sql: Sql, /, **values: object) -> Any:
        """Returns the first column of the first row; None if there is no row."""
        async with self._driver() as driver:
            return await Connection(driver).value(sql, **values)

    async def run(self, sql: Sql, /, **values: object) -> int:
        """Returns how many rows were written."""
        async with self._driver() as driver:
            return await Connection(driver).run(sql, **values)

    @asynccontextmanager
    async def listening(
        self, channels: Sequence[str], hear: Callable[[str, str], None]
    ) -> AsyncIterator[asyncio.Event]:
        """Calls `hear` with the channel and the payload of what is notified during the block, on a
        connection beside the pool; the event is set when that is lost."""
        with _understood():
            driver = await asyncpg.connect(**self._options)
            try:
                lost = asyncio.Event()
                driver.add_termination_listener(lambda _: lost.set())
                for channel in channels:
                    await driver.add_listener(channel, lambda *heard: hear(*heard[2:]))
                yield lost
            finally:
                driver.terminate()

    async def ping(self) -> None:
        """Returns if the database answers; raises `Unavailable` if it does not.

        A failure can mean that only the connections are old: the second try takes a new one.
        """
        try:
            await self.value(PING)
        except Unavailable:
            if self._opened:
                await self._opened.expire_connections()
            await self.value(PING)

    def used_within(self, time: timedelta) -> bool:
        """Tells whether somebody has a connection, or had one so recently; any thread may ask."""
        return self._in_use > 0 or perf_counter() - self._used_at < time.total_seconds()

    async def close(self) -> None:
        """Closes every connection; those in use get some seconds to come back."""
        if self._opened:
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self._opened.close()
            self._opened = None

    @asynccontextmanager
    async def _driver(self) -> AsyncIterator[Driver]:
        with _understood():
            pool = self._opened or await self._open()
            async with asyncio.timeout(QUEUE_SECONDS):
                driver = await pool.acquire()
            self._in_use += 1
            try:
                yield driver
            except asyncpg.InternalClientError:
                # Nobody knows what it would answer next.
                driver.terminate()
                raise
            finally:
                self._in_use -= 1
                self._used_at = perf_counter()
                await pool.release(driver, timeout=QUEUE_SECONDS)

    async def _open(self) -> "asyncpg.Pool[Row]":
        """Makes the pool, without a connection yet: only here is there a loop for it."""
        self._opened = asyncpg.create_pool(
            min_size=0,
            max_size=self._pool_size,
            max_inactive_connection_lifetime=IDLE_SECONDS,
            init=_prepare,
            reset=_leave,
            **self._options,
        )
        return await self._opened


Executor: TypeAlias = Connection | Database
"""What runs statements: in a transaction, or each alone."""

PING = Sql("SELECT 1")


async def _prepare(driver: Driver) -> None:
    """Lets JSON be read as what it says; it is written as text."""
    await driver.set_type_codec("jsonb", schema="pg_catalog", encoder=str, decoder=json.loads)


async def _leave(driver: Driver) -> None:
    """Leaves a connection as it is when it comes back, which saves a round trip: nothing here
    changes a session, and the pool itself ends a transaction that was left open."""


@contextmanager
def _understood() -> Iterator[None]:
    try:
        yield
    except asyncpg.PostgresError as error:
        code = error.sqlstate or ""
        if code in (SERIALIZATION_FAILURE, DEADLOCK_DETECTED):
            raise Aborted("CONFLICT", "two writes met; send it again") from error
        if code.startswith(UNAVAILABLE_CLASSES):
            raise _unavailable(error) from error
        raise
    except ValueError:
        # The driver's own complaint about a value is among its interface errors, and a fault of
        # ours.
        raise
    # A timeout is an `OSError`. The last comes where a connection is lost while what was cancelled
    # on it is still being undone.
    except (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
        raise _unavailable(error) from error


def _unavailable(error: Exception) -> Unavailable:
    log.warning("the database does not answer", extra={"error": repr(error)})
    return Unavailable("DATABASE_UNAVAILABLE", "the database does not answer now")
