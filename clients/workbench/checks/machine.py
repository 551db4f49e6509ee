"""Checks of this machine, which need no server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import psutil

from clients.cli.times import BadTime, zone_named, zone_of_machine
from clients.workbench.checks.finding import Finding, broken, doubtful, fine

OLDEST_PYTHON: Final = (3, 11)
LEAST_FREE_BYTES: Final = 500_000_000
"""A cluster takes some 50 MB at first; Postgres stops when the disk is full."""


def python(version: tuple[int, int]) -> Finding:
    """Look at the Python that runs this."""
    subject, text = "python", ".".join(map(str, version))
    if version >= OLDEST_PYTHON:
        return fine(subject, text)
    remedy = "Make the virtual environment anew: rm -r .venv; make run PYTHON=python3.12"
    return broken(subject, f"{text} is too old: 3.11 is needed", remedy)


def time_zone(environment: Mapping[str, str], now: datetime) -> Iterator[Finding]:
    """Look at the zone that is taken for the person's, and at the names that are known."""
    for variable in ("PERSONAKIT_TIME_ZONE", "TZ"):
        name = environment.get(variable)
        if not name or _is_known(name):
            continue
        remedy = f"Set it to a name such as Europe/Berlin, or unset it: unset {variable}"
        yield broken("time zone", f"{variable}={name} is not an IANA name", remedy)
    name = zone_of_machine(environment)
    clock = f"{now.astimezone(ZoneInfo(name)):%H:%M}"
    if name in {"UTC", "Etc/UTC"}:
        remedy = "If your clock says otherwise: export PERSONAKIT_TIME_ZONE=Europe/Berlin"
        yield doubtful("time zone", f"{name}, where it is {clock}", remedy)
    else:
        yield fine("time zone", f"{name}, where it is {clock}")


def _is_known(zone: str) -> bool:
    try:
        zone_named(zone)
    except BadTime:
        return False
    return True


def home(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Look at the folder that a system on this machine keeps its state in."""
    folder = Path(environment.get("PERSONAKIT_HOME") or ".personakit").absolute()
    there = next(each for each in (folder, *folder.parents) if each.exists())
    free = shutil.disk_usage(there).free
    if free < LEAST_FREE_BYTES:
        found = f"{free // 1_000_000} MB are free in {there}"
        yield broken("disk", found, "Make room, or choose another PERSONAKIT_HOME.")
    else:
        yield fine("disk", f"{free / 1e9:.1f} GB are free in {there}")
    if (folder / "clock").exists():
        found = f"{folder / 'clock'} is what a system with PERSONAKIT_TEST_CLOCK=1 goes by"
        yield doubtful("test clock", found, f"Unless you mean it: rm {folder / 'clock'}")


def port(environment: Mapping[str, str]) -> Finding:
    """Look at who holds the port where the gateway is to listen."""
    text = environment.get("PERSONAKIT_PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        remedy = "Choose a number from 1 to 65535: export PERSONAKIT_PORT=8001"
        return broken("port", f"PERSONAKIT_PORT={text!r} is not a port", remedy)
    holder = _holder(int(text))
    if holder is None:
        return fine("port", f"{text} is free: `make run` will take it")
    if holder.startswith("envoy"):
        return fine("port", f"{text} is held by {holder}, the gateway")
    remedy = "If that is not PersonaKit, choose another: PERSONAKIT_PORT=8001 make run"
    return doubtful("port", f"{text} is held by {holder}", remedy)


def _holder(number: int) -> str | None:
    """Return who listens there, as far as can be seen; None if nobody does."""
    with suppress(psutil.Error):
        for each in psutil.net_connections("tcp"):
            if each.status == psutil.CONN_LISTEN and each.laddr[1:] == (number,):
                name = psutil.Process(each.pid).name() if each.pid else "another user's program"
                return f"{name} (process {each.pid})" if each.pid else name
    return None
