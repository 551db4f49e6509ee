"""A REST client with nothing but the standard library: observe, ask, judge.

It shows what a client needs besides the calls: a source and an id that make it safe to send again,
a refusal that is told from its reason, and waiting as long as the server asks for.

    python examples/rest_client.py        # records a person named "rest-client"
"""

import json
import os
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

BASE = f"http://127.0.0.1:{os.environ.get('PERSONAKIT_PORT', '8000')}"
TOKEN = os.environ.get("PERSONAKIT_TOKEN")
PERSON = os.environ.get("PERSONAKIT_PERSON", "rest-client")
ATTEMPTS = 4


class Refused(Exception):
    """A call was refused: `reason` names why, `delay` (seconds) how long to wait, if that helps."""

    def __init__(self, status: int, answer: dict[str, Any]) -> None:
        super().__init__(answer.get("message", status))
        self.status = status
        details = answer.get("details", [])
        self.reason: str = next((it["reason"] for it in details if "reason" in it), "")
        delays = (it["retry_delay"] for it in details if "retry_delay" in it)
        self.delay = float(next(delays, "0s").removesuffix("s"))


def call(method: str, path: str, body: object = None) -> dict[str, Any]:
    """Calls until it is answered: what was not, and what asks for patience, is sent again."""
    for attempt in range(ATTEMPTS):
        try:
            return _call_once(method, path, body)
        except urllib.error.URLError:
            if attempt + 1 == ATTEMPTS:
                raise
            time.sleep(0.2 * 2**attempt)
        except Refused as refusal:
            if refusal.status != 503 or attempt + 1 == ATTEMPTS:
                raise
            time.sleep(refusal.delay or 0.2 * 2**attempt)
    raise AssertionError("unreachable")


def _call_once(method: str, path: str, body: object) -> dict[str, Any]:
    headers = {"content-type": "application/json"}
    if TOKEN:
        headers["authorization"] = f"Bearer {TOKEN}"
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(BASE + path, content, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return _document(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            raise Refused(error.code, _document(error.read())) from None


def _document(text: bytes) -> dict[str, Any]:
    found = json.loads(text or "{}")
    return found if isinstance(found, dict) else {}


def main() -> None:
    """Records a session, asks for advice for the same time a week later, judges all of it."""
    start = last_working_morning()
    observation = session_from(start)
    first, again = (call("POST", "/v1/observations", observation) for _ in range(2))
    print("stored once:", first["observation_id"] == again["observation_id"])

    status = call("GET", f"/v1/people/{PERSON}/processing:wait")
    print("mindscape version:", status["mindscape_version"])

    at = f"{start + timedelta(weeks=1):%Y-%m-%dT%H:%M:%SZ}"
    advice = call("GET", f"/v1/suggestions?person_id={PERSON}&at={at}")
    for suggestion in advice["suggestions"]:
        print(f"- {suggestion['title']} ({suggestion['local_window']}): {judged(suggestion)}")

    try:
        call("POST", "/v1/observations", observation | {"work_session": {"duration_minutes": -5}})
    except Refused as refusal:
        print("refused, as it should be:", refusal.status, refusal.reason)


def last_working_morning() -> datetime:
    """Nine o'clock (UTC) of the newest weekday that is over."""
    morning = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
    return morning - timedelta(days={0: 3, 6: 2}.get(morning.weekday(), 1))


def session_from(start: datetime) -> dict[str, Any]:
    """A work session as a tracker would report it; run twice in a day, it is the same one."""
    return {
        "person_id": PERSON,
        "time_zone": "Europe/Berlin",
        "source": "rest-client",
        "source_id": start.isoformat(),
        "work_session": {
            "start_time": start.isoformat(),
            "duration_minutes": 50,
            "productivity_score": 4,
            "interruptions": 1,
        },
    }


def judged(suggestion: dict[str, Any]) -> str:
    """Says that it helped, and tells what came of that."""
    suggestion_id = suggestion["suggestion_id"]
    verdict = {"person_id": PERSON, "suggestion_id": suggestion_id, "helpful": True}
    try:
        return f"its weight is now {call('POST', '/v1/feedback', verdict)['weight']:.2f}"
    except Refused as refusal:
        return f"not judged, {refusal.reason}"


if __name__ == "__main__":
    main()
