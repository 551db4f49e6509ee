"""The main job, end to end through the gateway: observed, believed, suggested, judged."""

import http.client
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psutil
import pytest

from tests.e2e.stack import Run, wait_until

SESSION = {
    "start_time": "2026-11-17T00:00:00Z",
    "duration_minutes": 90,
    "productivity_score": 4,
    "interruptions": 1,
}


def record(stack: Run, person: str, zone: str, **kind: object) -> dict[str, Any]:
    body = {"person_id": person, "time_zone": zone, **kind}
    return stack.ask("POST", "/v1/observations", body)


def mindscape(stack: Run, person: str) -> dict[str, Any]:
    stack.ask("GET", f"/v1/people/{person}/processing:wait")
    return stack.ask("GET", f"/v1/people/{person}/mindscape")


@contextmanager
def the_time_is(stack: Run, moment: datetime) -> Iterator[None]:
    clock = stack.home / "clock"
    clock.write_text(moment.isoformat())
    try:
        yield
    finally:
        clock.unlink()


def test_one_session_is_reflected_within_a_second(stack: Run) -> None:
    record(stack, "one", "Asia/Tokyo", work_session=SESSION)
    began = time.monotonic()
    wait_until(lambda: stack.call("GET", "/v1/people/one/mindscape")[0] == http.client.OK, 1)
    assert time.monotonic() - began < 1
    before = mindscape(stack, "one")
    for name, field in (
        ("work.focus_duration", "focus_duration"),
        ("work.peak_hours", "peak_hours"),
        ("work.energy_patterns", "energy_patterns"),
        ("work.task_switching_cost", "task_switching_cost"),
    ):
        trait = before["traits"][name]
        assert field in trait
        assert (trait["n"], trait["provisional"]) == (1, True)
    record(stack, "one", "Asia/Tokyo", work_session=SESSION | {"interruptions": 0})
    assert mindscape(stack, "one")["version"] > before["version"]


def test_a_person_in_tokyo_who_works_at_nine_has_peak_hours_at_nine(stack: Run) -> None:
    for day in range(9, 14):
        start = f"2026-11-{day:02d}T00:00:00Z"
        record(stack, "kei", "Asia/Tokyo", work_session=SESSION | {"start_time": start})
    (first, *_) = mindscape(stack, "kei")["traits"]["work.peak_hours"]["peak_hours"]["windows"]
    assert first["start"] == "09:00"


@pytest.mark.parametrize(
    ("zone", "night"),
    [
        ("Europe/Berlin", datetime(2026, 3, 29)),  # noqa: DTZ001 - a local day
        ("Europe/Berlin", datetime(2026, 10, 25)),  # noqa: DTZ001
        ("America/New_York", datetime(2026, 3, 8)),  # noqa: DTZ001
        ("America/New_York", datetime(2026, 11, 1)),  # noqa: DTZ001
    ],
)
def test_work_over_the_night_of_a_clock_change_lands_in_its_hours(
    stack: Run, zone: str, night: datetime
) -> None:
    person = f"owl-{zone.replace('/', '-')}-{night:%m%d}"
    start = night.replace(hour=4, minute=30, tzinfo=ZoneInfo(zone))
    session = SESSION | {"start_time": start.isoformat(), "duration_minutes": 60}
    record(stack, person, zone, work_session=session)
    curve = mindscape(stack, person)["traits"]["work.energy_patterns"]["energy_patterns"]["weekend"]
    assert max(range(24), key=curve.__getitem__) in (4, 5)


def test_five_refusals_lower_the_weight_and_change_what_is_shown(stack: Run) -> None:
    shown: dict[str, str] = {}
    before = suggestions(stack, there(stack, 19, 11))
    for day in range(10, 20):
        for found in suggestions(stack, there(stack, day, 11)):
            if found["type"] == "deep_work_window":
                shown[found["suggestion_id"]] = found["type"]
    judged = list(shown)[:5]
    assert len(judged) == 5
    weights = [judge(stack, suggestion, helpful=False)["weight"] for suggestion in judged]
    assert weights == [1, 1, 1, 1, 0.8]
    again = suggestions(stack, there(stack, 19, 11))
    assert [one["priority"] for one in before] != [one["priority"] for one in again]
    for suggestion in five_others(stack, judged):
        judge(stack, suggestion, helpful=True)
    last = next(
        found for hour in range(9, 18) for found in suggestions(stack, there(stack, 12, hour))
    )
    body = {"person_id": "sample", "suggestion_id": last["suggestion_id"], "helpful": True}
    status, refusal = stack.call("POST", "/v1/feedback", body)
    assert status == http.client.TOO_MANY_REQUESTS
    assert refusal["details"][0]["reason"] == "DAILY_LIMIT_REACHED"
    assert any("retry_delay" in detail for detail in refusal["details"])
    analytics = stack.ask("GET", "/v1/feedback/analytics?person_id=sample")
    assert analytics["totals"]["total"] == 10


def there(stack: Run, day: int, hour: int) -> str:
    """The hour of a day on the sample person's clock: their zone is one where it was morning."""
    zone = ZoneInfo(stack.ask("GET", "/v1/people/sample")["time_zone"])
    return f"{datetime(2026, 11, day, hour, tzinfo=zone).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def suggestions(stack: Run, at: str) -> list[dict[str, Any]]:
    found = stack.ask("GET", f"/v1/suggestions?person_id=sample&at={at}")["suggestions"]
    assert isinstance(found, list)
    return found


def five_others(stack: Run, judged: list[str]) -> list[str]:
    found: list[str] = []
    for hour in range(24 * 8):
        at = datetime(2026, 11, 9, tzinfo=ZoneInfo("UTC")) + timedelta(hours=hour)
        found += [one["suggestion_id"] for one in suggestions(stack, f"{at:%Y-%m-%dT%H:%M:%SZ}")]
        if len(found) >= 5:
            break
    return [one for one in found if one not in judged][:5]


def judge(stack: Run, suggestion_id: str, *, helpful: bool) -> dict[str, Any]:
    body = {"person_id": "sample", "suggestion_id": suggestion_id, "helpful": helpful}
    return stack.ask("POST", "/v1/feedback", body)


def test_the_rest_of_a_day_is_laid_out(stack: Run) -> None:
    plan = stack.ask("GET", f"/v1/people/sample/plan?at={there(stack, 18, 9)}")
    blocks = plan["blocks"]
    assert plan["date"] == "2026-11-18"
    assert {"DEEP_WORK", "BREAK"} <= {block["kind"] for block in blocks}
    assert all(block["end_time"] <= after["start_time"] for block, after in pairwise(blocks))
    assert plan["summary"]


def test_advice_says_why_over_rest(stack: Run) -> None:
    at = there(stack, 18, 9)
    answer = stack.ask("GET", f"/v1/suggestions?person_id=sample&at={at}")
    why = answer["suggestions"][0]["why"]
    assert why["rule"]
    assert all(used["value"] and used["confidence"] for used in why["traits"])
    assert (answer["mapper_id"], answer["mapper_version"]) == ("daily_work_optimizer", 6)
    persona = stack.ask("GET", f"/v1/people/sample/personas/{answer['persona_id']}")
    assert persona["mindscape_version"] == answer["mindscape_version"]
    exported = stack.ask("GET", "/v1/people/sample:export")["persona"]["personas"]
    (kept,) = (one for one in exported if one["persona_id"] == answer["persona_id"])
    assert set(kept["made_from"]) == {"mindscape", "situation", "missing"}


def test_an_expired_persona_is_not_returned(stack: Run) -> None:
    persona = stack.ask("POST", "/v1/personas", {"person_id": "sample", "ttl": "60s"})
    path = f"/v1/people/sample/personas/{persona['persona_id']}"
    assert stack.ask("GET", path)["persona_id"] == persona["persona_id"]
    after = datetime.fromisoformat(persona["expire_time"]) + timedelta(seconds=1)
    with the_time_is(stack, after):
        assert stack.call("GET", path)[0] == http.client.NOT_FOUND
        listed = stack.ask("GET", "/v1/people/sample/personas")["personas"]
        assert persona["persona_id"] not in [one["persona_id"] for one in listed]


def test_one_stopped_service_leaves_the_others_answering(stack: Run) -> None:
    frozen = process_of(stack, "feedback")
    frozen.send_signal(signal.SIGSTOP)
    try:
        answer = stack.ask("GET", "/v1/suggestions?person_id=sample")
        assert answer["missing"] == ["feedback"]
        assert stack.call("GET", "/v1/observations?person_id=sample")[0] == http.client.OK
        status, health = stack.call("GET", "/health")
        assert status == http.client.SERVICE_UNAVAILABLE
        assert health["services"]["feedback"] == "NOT_SERVING"
        assert health["services"]["ingest"] == "SERVING"
    finally:
        frozen.send_signal(signal.SIGCONT)
    wait_until(stack.healthy, 10)
    assert stack.ask("GET", "/v1/suggestions?person_id=sample")["missing"] == []


def test_a_killed_service_comes_back_without_touching_the_rest(stack: Run) -> None:
    others = [process_of(stack, name).pid for name in ("ingest", "profiler", "feedback")]
    killed = process_of(stack, "persona")
    killed.kill()
    wait_until(lambda: serving_pid(stack, "persona") != killed.pid, 10)
    wait_until(stack.healthy, 10)
    assert stack.healthy()
    assert [process_of(stack, name).pid for name in ("ingest", "profiler", "feedback")] == others


def test_one_correlation_id_goes_from_rest_to_the_worker(stack: Run) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=10)
    body = {"person_id": "tied", "time_zone": "Asia/Tokyo", "work_session": SESSION}
    headers = {"content-type": "application/json", "x-request-id": "journey-4711"}
    connection.request("POST", "/v1/observations", json.dumps(body), headers)
    answer = connection.getresponse()
    assert answer.getheader("x-request-id") == "journey-4711"
    connection.close()
    mindscape(stack, "tied")
    # The worker tells of a task when it is committed, and so after it can be seen.
    wait_until(lambda: "profiler" in services_that_logged(stack, "journey-4711"), 5)
    assert "profiler" in services_that_logged(stack, "journey-4711")
    access = stack.home / "logs" / "access.log"
    wait_until(lambda: "journey-4711" in access.read_text(), 5)
    assert "journey-4711" in access.read_text()


def services_that_logged(stack: Run, correlation_id: str) -> set[str]:
    lines = log_lines(stack.home / "logs" / "services.log")
    return {line["service"] for line in lines if correlation_id in json.dumps(line)}


def log_lines(path: Path) -> list[dict[str, Any]]:
    """Reads the lines that are whole: the last may still be on its way."""
    lines = path.read_text().splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("\n")]


def serving_pid(stack: Run, service: str) -> int:
    lines = log_lines(stack.home / "logs" / "services.log")
    pids = [
        line["process"]
        for line in lines
        if line["service"] == service and line["message"] == "serving"
    ]
    return int(pids[-1])


def process_of(stack: Run, service: str) -> psutil.Process:
    return psutil.Process(serving_pid(stack, service))


def test_a_page_of_another_origin_and_a_foreign_host_get_nothing(stack: Run) -> None:
    for headers in ({"host": "evil.example"}, {"origin": "http://evil.example"}):
        connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=10)
        connection.request("GET", "/v1/people/sample/mindscape", headers=headers)
        answer = connection.getresponse()
        assert answer.status == http.client.FORBIDDEN
        assert json.loads(answer.read())["details"][0]["reason"] == "FOREIGN_ORIGIN"
        connection.close()


def test_no_content_reaches_a_log(stack: Run) -> None:
    record(stack, "quiet", "Asia/Tokyo", work_session=SESSION | {"label": "merger with Initech"})
    mindscape(stack, "quiet")
    for path in (stack.home / "logs").iterdir():
        assert "Initech" not in path.read_text(errors="replace"), path
    assert os.listdir(stack.home / "logs")  # noqa: PTH208
