"""What a process is told by its environment, read once at its start."""

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from services.kit.clock import Clock, FileClock, SystemClock
from services.kit.errors import BadSetting
from services.kit.sockets import SERVICES as SERVICES
from services.kit.sockets import run_dir


@dataclass(frozen=True)
class Settings:
    """The settings of one process.

    `database` is where migrations connect as the owner; a service connects to the same place with
    its own role (`database_url`). `secrets` is a folder with one file a secret. With `auth`,
    callers show tokens, which are checked with the keys of `jwks`.
    """

    home: Path
    database: str = field(repr=False)
    secrets: Path
    addresses: Mapping[str, str]
    jwks: Path
    auth: bool = False
    time_zone: str = "UTC"
    test_clock: bool = False
    log_level: str = "INFO"
    otlp_endpoint: str | None = None
    observation_retention: timedelta = timedelta(days=90)
    persona_retention: timedelta = timedelta(days=1)
    pool_size: int = 4

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Reads the settings; raises `BadSetting` with the name of one that cannot be used."""
        read = _Reader(environment)
        home = Path(environment.get("PERSONAKIT_HOME", ".personakit")).absolute()
        run = run_dir(home)
        secrets = Path(environment.get("PERSONAKIT_SECRETS") or home / "secrets")
        return cls(
            home=home,
            database=read.database("DATABASE_URL", f"postgresql:///personakit?host={run / 'pg'}"),
            secrets=secrets,
            addresses={
                name: environment.get(
                    f"PERSONAKIT_{name.upper()}_ADDRESS", f"unix:{run / name}.sock"
                )
                for name in SERVICES
            },
            jwks=Path(environment.get("PERSONAKIT_JWKS") or secrets / "jwks.json"),
            auth=read.switch("PERSONAKIT_AUTH"),
            time_zone=read.zone("PERSONAKIT_TIME_ZONE", "UTC"),
            test_clock=environment.get("PERSONAKIT_TEST_CLOCK") == "1",
            log_level=read.log_level("PERSONAKIT_LOG_LEVEL", "INFO"),
            otlp_endpoint=environment.get("OTEL_EXPORTER_OTLP_ENDPOINT") or None,
            observation_retention=read.days("PERSONAKIT_OBSERVATION_RETENTION_DAYS", 90),
            persona_retention=read.days("PERSONAKIT_PERSONA_RETENTION_DAYS", 1),
            pool_size=read.positive("PERSONAKIT_POOL_SIZE", 4),
        )

    def address(self, service: str) -> str:
        """Returns where a service listens: `unix:PATH` or `HOST:PORT`."""
        return self.addresses[service]

    def database_url(self, service: str) -> str:
        """Returns the database as the service's own role sees it."""
        role = f"personakit_{service}"
        return as_role(self.database, role, self.secret(f"database-{role}"))

    def owner_url(self) -> str:
        """Returns the database as migrations see it: the embedded server's owner unless named."""
        if urlsplit(self.database).username:
            return self.database
        return as_role(self.database, "postgres", self.secret("database-postgres"))

    def secret(self, name: str) -> str:
        """Returns the secret; raises `BadSetting` if there is no such file."""
        try:
            return (self.secrets / name).read_text().strip()
        except FileNotFoundError:
            raise BadSetting(f"no secret {name!r} in {self.secrets}") from None

    def identity(self, service: str) -> Callable[[], str] | None:
        """Returns what makes the tokens of a service's own calls; None where none are asked for.

        Raises `BadSetting` if the service has no key.
        """
        if not self.auth:
            return None
        # Imported here: a system without tokens does not pay for cryptography.
        from services.kit.auth.identity import Identity

        return Identity(service, self.secrets / f"{service}-key.json").token

    def clock(self) -> Clock:
        """Returns the clock: the test clock's file counts only where every address is local."""
        local = all(is_loopback(address) for address in self.addresses.values())
        if self.test_clock and local:
            return FileClock(self.home / "clock")
        return SystemClock()


def as_role(url: str, role: str, password: str) -> str:
    """Returns the URL of the same database for that role."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{role}:{quote(password, safe='')}@{place}").geturl()


def is_loopback(address: str) -> bool:
    """Tells whether only this machine can reach the address."""
    host = address.rpartition(":")[0].strip("[]")
    return address.startswith("unix:") or host in {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True)
class _Reader:
    environment: Mapping[str, str]

    def database(self, name: str, default: str) -> str:
        """Returns a database's URL, without the driver that others name behind the scheme."""
        url = self.environment.get(name) or default
        scheme, _, place = url.partition("://")
        try:
            known = scheme.partition("+")[0] in ("postgresql", "postgres")
            if known and urlsplit(url).port != 0:
                return f"postgresql://{place}"
        except ValueError:
            pass
        raise BadSetting(f"{name} is not the URL of a Postgres database")

    def zone(self, name: str, default: str) -> str:
        value = self.environment.get(name) or default
        try:
            ZoneInfo(value)
        except (KeyError, ValueError) as error:
            raise BadSetting(f"{name}={value!r} is not an IANA time zone") from error
        return value

    def switch(self, name: str) -> bool:
        value = self.environment.get(name) or "off"
        if value not in ("on", "off"):
            raise BadSetting(f"{name}={value!r} is neither on nor off")
        return value == "on"

    def positive(self, name: str, default: int) -> int:
        value = self.environment.get(name) or str(default)
        if not value.isdecimal() or int(value) < 1:
            raise BadSetting(f"{name}={value!r} is not a whole number above 0")
        return int(value)

    def log_level(self, name: str, default: str) -> str:
        value = (self.environment.get(name) or default).upper()
        if value not in logging.getLevelNamesMapping():
            raise BadSetting(f"{name}={value!r} is not a level such as INFO or DEBUG")
        return value

    def days(self, name: str, default: int) -> timedelta:
        return timedelta(days=self.positive(name, default))
