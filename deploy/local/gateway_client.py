"""Asks the gateway over HTTP.

By hand, since the stack's parent lives as long as the stack: `http.client` would add what mail and
TLS need, 4 MB.
"""

import json
import socket
from contextlib import suppress

from deploy.local.port import HOST

_SECONDS = 5.0
OK = 200


def get(port: int, path: str, token: str = "") -> tuple[int, str] | None:
    """Returns status and body of what the gateway answers, or None if nobody does.

    The gateway's JSON comes in one piece, which ends where the connection does.
    """
    lines = [f"GET {path} HTTP/1.1", f"host: {HOST}:{port}", "connection: close"]
    if token:
        lines.append(f"authorization: Bearer {token}")
    request = "\r\n".join([*lines, "", ""])
    with suppress(OSError, ValueError, IndexError):
        with socket.create_connection((HOST, port), _SECONDS) as connection:
            connection.sendall(request.encode())
            head, _, body = connection.makefile("rb").read().partition(b"\r\n\r\n")
        return int(head.split()[1]), body.decode()
    return None


def get_object(port: int, path: str, token: str) -> dict[str, object]:
    """Returns the JSON object of a good answer, and an empty one for anything else."""
    answer = get(port, path, token)
    if answer is None or answer[0] != OK:
        return {}
    # It may have been cut short: who asks can do without it.
    with suppress(ValueError):
        found = json.loads(answer[1])
        return found if isinstance(found, dict) else {}
    return {}
