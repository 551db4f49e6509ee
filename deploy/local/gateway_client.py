"""Asks the gateway over HTTP, with what Python brings, so that the stack's parent stays small."""

import http.client
import json

from deploy.local.port import HOST

_SECONDS = 5.0


def get(port: int, path: str, token: str = "") -> tuple[int, str] | None:
    """Returns status and body of what the gateway answers, or None if nobody does."""
    connection = http.client.HTTPConnection(HOST, port, timeout=_SECONDS)
    try:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def get_object(port: int, path: str, token: str) -> dict[str, object]:
    """Returns the JSON object of a good answer, and an empty one for anything else."""
    answer = get(port, path, token)
    if answer is None or answer[0] != http.client.OK:
        return {}
    found = json.loads(answer[1])
    return found if isinstance(found, dict) else {}
