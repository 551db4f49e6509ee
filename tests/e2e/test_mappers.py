"""Mappers that are documents, through the gateway and from the command line."""

import http.client
import os
import subprocess
import sys
from pathlib import Path

from tests.e2e.stack import Run
from tests.e2e.test_journey import the_time_is
from tests.unit.persona.builders import on_tuesday
from tests.unit.persona.data_mappers.documents import changed

SOURCE = changed("working && energy.rank >= 0.5 && !busy", "'!busy'")


def practised(stack: Run, person: str) -> None:
    """Ten mornings of work, the last on the day before that Tuesday."""
    for day in range(2, 17):
        start = f"2026-11-{day:02d}T08:00:00Z"
        session = {"start_time": start, "duration_minutes": 120, "productivity_score": 5}
        body = {"person_id": person, "time_zone": "Europe/Berlin", "work_session": session}
        stack.ask("POST", "/v1/observations", body)
    stack.ask("GET", f"/v1/people/{person}/processing:wait")


def test_a_document_is_checked_uploaded_used_and_judged_over_rest(stack: Run) -> None:
    unsound = changed("type: skimming", "type: Skim")
    checked = stack.ask("POST", "/v1/mappers:validate", {"source": unsound})
    assert [(one["rule"], one["line"]) for one in checked["problems"]] == [("read_later", 20)]
    status, refusal = stack.call("POST", "/v1/mappers", {"source": unsound})
    assert status == http.client.BAD_REQUEST
    assert refusal["details"][0]["reason"] == "MAPPER_INVALID"

    made = stack.ask("POST", "/v1/mappers", {"source": SOURCE})
    assert stack.ask("POST", "/v1/mappers", {"source": SOURCE})["version"] == made["version"]
    listed = stack.ask("GET", "/v1/mappers")["mappers"]
    assert {"daily_work_optimizer", "reading_coach", "sql_coach"} <= {
        one["mapper_id"] for one in listed
    }
    assert stack.ask("GET", "/v1/mappers/reading_coach?version=1")["source"] == SOURCE

    with the_time_is(stack, on_tuesday("10:00")):
        practised(stack, "reader")
        asked = "/v1/suggestions?person_id=reader&mapper_id="
        coached = stack.ask("GET", f"{asked}sql_coach")
        assert coached["suggestions"][0]["type"] == "practice_session"
        answer = stack.ask("GET", f"{asked}reading_coach")
        (reading,) = answer["suggestions"]
        assert (reading["type"], answer["mapper_version"]) == ("reading", made["version"])
        verdict = {"person_id": "reader", "suggestion_id": reading["suggestion_id"]}
        given = stack.ask("POST", "/v1/feedback", verdict | {"helpful": True})
        assert (given["suggestion_type"], given["related_trait"]) == (
            "reading",
            "work.focus_duration",
        )
        assert given["weight"] > 1


def test_a_document_goes_from_a_file_to_advice_on_the_command_line(
    stack: Run, tmp_path: Path
) -> None:
    file, unsound = tmp_path / "coach.yaml", tmp_path / "unsound.yaml"
    file.write_text(SOURCE.replace("reading_coach", "told_coach"))
    unsound.write_text(changed("priority: 0.5", "priority: busy"))

    def told(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).with_name("persona-kit")), *arguments]
        own = {"PERSONAKIT_PORT": str(stack.port), "PERSONAKIT_PERSON": "told"}
        environment = {**os.environ, **own, "PERSONAKIT_HOME": str(tmp_path)}
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    refused = told("mapper", "validate", str(unsound))
    assert refused.returncode == 1
    assert refused.stdout.startswith(f"{unsound}:26:15: read_later: ")
    assert told("mapper", "validate", str(file)).returncode == 0
    with the_time_is(stack, on_tuesday("10:00")):
        practised(stack, "told")
        assert "1. Read" in told("mapper", "try", str(file)).stdout
    assert "told_coach is kept as version 1" in told("mapper", "upload", str(file)).stdout
    assert "told_coach" in told("mapper", "list").stdout
    assert told("mapper", "show", "told_coach").stdout == file.read_text()
    at = ("--time", "2026-11-17T10:00")
    advised = told("suggest", "--mapper", "told_coach", "--why", *at)
    assert advised.returncode == 0, advised.stderr
    assert "1. Read" in advised.stdout
    assert "Made by told_coach" in advised.stdout
