"""The workbench against the whole stack, through the gateway."""

import json
import os
import subprocess
import sys
import time
from datetime import datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.stack import Run
from tests.e2e.test_journey import the_time_is

ANSWERS = {
    "--time-zone": "Europe/Berlin",
    "--start": "9",
    "--most-productive": "morning",
    "--focus": "1hr",
    "--disruptor": "slack",
}
TEN_THIRTY = "2026-11-24T10:30:00+01:00"


@pytest.fixture
def workbench(stack: Run, tmp_path: Path) -> Any:
    def call(*arguments: str, status: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-c", "from clients.workbench.main import app; app()", *arguments],
            env=os.environ | {"PERSONAKIT_PORT": str(stack.port), "PERSONAKIT_HOME": str(tmp_path)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == status, f"{done.stdout}\n{done.stderr}"
        return done.stdout

    return call


def bootstrap(workbench: Any, person: str, **changed: str) -> str:
    options = ANSWERS | {f"--{name.replace('_', '-')}": it for name, it in changed.items()}
    said = workbench("bootstrap", "--person", person, *(p for it in options.items() for p in it))
    assert isinstance(said, str)
    return said


def told(stack: Run, person: str, at: str = TEN_THIRTY) -> list[dict[str, Any]]:
    moment = at.replace("+", "%2B")
    found = stack.ask("GET", f"/v1/suggestions?person_id={person}&at={moment}")["suggestions"]
    assert isinstance(found, list)
    return found


def answers(stack: Run, person: str) -> dict[str, str]:
    listed = stack.ask("GET", f"/v1/observations?person_id={person}")["observations"]
    return {it["source_id"]: it["user_input"]["answer"] for it in listed}


def test_answers_alone_lead_to_suggestions_that_follow_from_them(
    stack: Run, workbench: Any
) -> None:
    began = time.monotonic()
    with the_time_is(stack, datetime.fromisoformat(TEN_THIRTY)):
        said = bootstrap(workbench, "newcomer")
    assert time.monotonic() - began < 30
    assert "1. Deep work window" in said
    assert "most productive in the morning" in said
    (deep, quiet) = told(stack, "newcomer")
    assert (deep["type"], deep["duration_minutes"]) == ("deep_work_window", 75)
    assert quiet["type"] == "protect_from_interruptions"


def test_a_repeat_stores_nothing_and_another_answer_takes_the_place_of_the_old_one(
    stack: Run, workbench: Any
) -> None:
    bootstrap(workbench, "undecided")
    version = stack.ask("GET", "/v1/people/undecided/mindscape")["version"]
    bootstrap(workbench, "undecided")
    assert stack.ask("GET", "/v1/people/undecided/mindscape")["version"] == version
    for part, window in (("evening", "17:00"), ("morning", "09:00")):
        bootstrap(workbench, "undecided", most_productive=part)
        assert answers(stack, "undecided")["most_productive"] == part
        assert len(answers(stack, "undecided")) == 5
        traits = stack.ask("GET", "/v1/people/undecided/mindscape")["traits"]
        windows = traits["work.peak_hours"]["peak_hours"]["windows"]
        assert [it["start"] for it in windows] == [window]


@pytest.mark.parametrize("part", ["morning", "afternoon", "evening", "varies"])
def test_whatever_is_answered_there_is_something_to_say(workbench: Any, part: str) -> None:
    assert "\n1. " in bootstrap(workbench, f"somebody-{part}", most_productive=part)


def test_without_a_terminal_every_answer_must_be_given(workbench: Any) -> None:
    workbench("bootstrap", "--person", "silent", "--start", "9", status=2)
    workbench("bootstrap", "--person", "silent", "--start", "late", status=2)


def test_ten_people_are_seeded_once_and_told_different_things(stack: Run, workbench: Any) -> None:
    workbench("seed", "--time-zone", "Europe/Berlin", "--now", "2026-11-20T17:00")
    again = workbench("seed", "--time-zone", "Europe/Berlin", "--now", "2026-11-20T17:00")
    people = [line.split(":")[0] for line in again.splitlines() if " 0 recorded" in line]
    assert len(people) == 10
    moments = [f"2026-11-19T{hour:02}:10:00+01:00" for hour in range(8, 19)]
    days = [[(it["type"], it["local_window"]) for at in moments for it in told(stack, who, at)]
            for who in people]  # fmt: skip
    assert all(days)
    assert all(one != other for one, other in combinations(days, 2))


def test_a_file_of_made_up_days_is_loaded_once(stack: Run, workbench: Any, tmp_path: Path) -> None:
    session = {"start": "2026-11-16T09:00:00", "end": "2026-11-16T10:30:00",
               "productivity_score": 4, "interruptions": 1}  # fmt: skip
    event = {"id": "e", "start": "2026-11-16T11:00:00Z", "end": "2026-11-16T12:00:00Z",
             "type": "meeting"}  # fmt: skip
    file = tmp_path / "days.json"
    file.write_text(json.dumps({"mock_calendar_events": [event], "mock_work_sessions": [session]}))
    load = ("load", str(file), "--person", "mocked", "--zone", "Asia/Tokyo")
    workbench(*load)
    workbench(*load)
    listed = stack.ask("GET", "/v1/observations?person_id=mocked")["observations"]
    assert len(listed) == 2
    traits = stack.ask("GET", "/v1/people/mocked/mindscape")["traits"]
    assert traits["work.peak_hours"]["peak_hours"]["windows"][0]["start"] == "09:00"


def test_a_file_that_makes_no_sense_is_refused_by_its_place(workbench: Any, tmp_path: Path) -> None:
    (tmp_path / "days.json").write_text('{"mock_work_sessions": [{}]}')
    workbench("load", str(tmp_path / "days.json"), "--person", "mocked", status=1)


def test_doctor_finds_a_running_system_well(workbench: Any) -> None:
    said = workbench("doctor")
    assert said.count("serves") == 4
    assert "accepts connections" in said
    assert "✗" not in said
