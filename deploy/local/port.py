"""The one TCP port of a local stack."""

import errno
import socket
from collections.abc import Mapping
from contextlib import suppress

from deploy.local.trouble import CannotRun

HOST = "127.0.0.1"
DEFAULT = 8000
_VARIABLE = "PERSONAKIT_PORT"


def chosen_port(environment: Mapping[str, str]) -> int:
    """Returns the port that the environment names, or 8000; raises `CannotRun`."""
    text = environment.get(_VARIABLE) or str(DEFAULT)
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) < 65536:
        raise CannotRun(f"{_VARIABLE}={text!r} is not a port: choose a number from 1 to 65535")
    return int(text)


def refuse_taken(port: int) -> None:
    """Raises `CannotRun` with the name of the port, and of who holds it, if it cannot be had."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CannotRun(_refusal(port, error)) from error


def _refusal(port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        why = f"port {port} is taken{_by_whom(port)}"
    else:
        why = f"port {port} cannot be used ({error.strerror})"
    return f"{why}; choose another one, for example: {_VARIABLE}={_another(port)} make run"


def _by_whom(port: int) -> str:
    # Imported here: nobody asks while all is well.
    import psutil

    with suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            # The address is a pair, or nothing where there is none.
            listens = connection.status == psutil.CONN_LISTEN
            if listens and connection.laddr[1:] == (port,) and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    return ""


def _another(port: int) -> int:
    """Returns a port that is free now, near the wanted one if possible."""
    for candidate in range(port + 1, min(port + 20, 65536)):
        with socket.socket() as probe:
            if probe.connect_ex((HOST, candidate)) == errno.ECONNREFUSED:
                return candidate
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
