"""A stack that asks for tokens: who gets in, and what the run leaves in its logs and traces."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent import futures
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import grpc
import pytest

from services.kit.settings import Settings
from tests.e2e.stack import Run, free_port, wait_until
from tests.tokens import Issuer, by_another_key, unsigned

TITLE, LABEL, ANSWER, TYPO = "Zephyr merger talks", "Quokka draft", "Pacific/Chatham", "Narwhal"
NOON = "2026-11-17T12:00:00Z"
WORK = {"start_time": NOON, "duration_minutes": 30, "label": LABEL}
MEETING = {
    "start_time": NOON,
    "end_time": "2026-11-17T13:00:00Z",
    "kind": "MEETING",
    "title": TITLE,
}


class Collector(grpc.GenericRpcHandler):
    """Keeps whatever is exported, as it comes."""

    def __init__(self) -> None:
        self.received = b""

    def service(self, handler_call_details: Any) -> Any:
        def take(request: bytes, context: object) -> bytes:
            self.received += request
            return b""

        return grpc.unary_unary_rpc_method_handler(take)


@dataclass
class Guarded:
    """The stack, and every token that was shown to it."""

    run: Run
    issuer: Issuer
    collector: Collector
    shown: list[str] = field(default_factory=list)

    def call(
        self, method: str, path: str, token: str, body: object = None
    ) -> tuple[int, dict[str, Any]]:
        self.shown.append(token)
        return self.run.call(method, path, body, token)

    def refusal(self, method: str, path: str, token: str, body: object = None) -> tuple[int, str]:
        status, answer = self.call(method, path, token, body)
        return status, answer["details"][0]["reason"]

    def minted(self, *arguments: str) -> str:
        """Returns a token that the command line made."""
        command = [sys.executable, "-m", "clients.cli.main", "token", *arguments]
        environment = {**os.environ, "PERSONAKIT_HOME": str(self.run.home)}
        made = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        return made.stdout.strip()

    def logs(self) -> dict[str, str]:
        found = {path.name: path.read_text() for path in (self.run.home / "logs").iterdir()}
        return {**found, "what make run says": self.run.said()}


@pytest.fixture(scope="module")
def guarded() -> Iterator[Guarded]:
    folder = Path(tempfile.mkdtemp(prefix="pk-"))
    collector = Collector()
    server = grpc.server(futures.ThreadPoolExecutor(4), handlers=[collector])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    run = Run(
        folder / "home",
        free_port(),
        PERSONAKIT_AUTH="on",
        PERSONAKIT_LOG_LEVEL="DEBUG",
        OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{port}",
        OTEL_BSP_SCHEDULE_DELAY="200",
    ).serving()
    yield Guarded(run, Issuer(folder / "home" / "secrets"), collector)
    run.stop()
    server.stop(None)
    shutil.rmtree(folder, ignore_errors=True)


ASKED = [
    ("GET", "/v1/people/sample/mindscape", "profiler.read"),
    ("GET", "/v1/observations?person_id=sample", "ingest.read"),
    ("GET", "/v1/suggestions?person_id=sample", "persona.read"),
    ("GET", "/v1/feedback?person_id=sample", "feedback.read"),
    ("POST", "/v1/people/sample/failed-tasks:retry", "profiler.operate"),
]


@pytest.mark.parametrize(("method", "path", "scope"), ASKED)
def test_only_the_right_token_gets_in(guarded: Guarded, method: str, path: str, scope: str) -> None:
    body: dict[str, object] | None = {} if method == "POST" else None
    issuer = guarded.issuer
    others = " ".join(other for *_, other in ASKED if other != scope)
    outcomes = {
        "": (401, "TOKEN_MISSING"),
        "garbage": (401, "TOKEN_INVALID"),
        issuer.token(scope=scope, exp=int(time.time()) - 60): (401, "TOKEN_EXPIRED"),
        issuer.forge({"scope": scope}, sign=by_another_key): (401, "TOKEN_INVALID"),
        issuer.forge({"scope": scope}, header={"alg": "none"}, sign=unsigned): (
            401,
            "TOKEN_INVALID",
        ),
        issuer.hmac_with_public_key("raw", scope=scope): (401, "TOKEN_INVALID"),
        issuer.token(scope=others): (403, "SCOPE_MISSING"),
        issuer.token(scope=scope, person="ana"): (403, "OTHER_PERSON"),
    }
    refused = {token: guarded.refusal(method, path, token, body) for token in outcomes}
    assert refused == outcomes
    for person in ((), ("--person", "sample")):
        token = guarded.minted("--scope", scope, *person)
        assert guarded.call(method, path, token, body)[0] == 200


def test_a_foreign_host_matters_no_more_and_a_token_does(guarded: Guarded) -> None:
    assert guarded.run.call("GET", "/health")[0] == 200
    assert guarded.refusal("GET", "/v1/people/sample", "") == (401, "TOKEN_MISSING")


def test_nothing_secret_and_nothing_personal_is_in_logs_traces_or_errors(guarded: Guarded) -> None:
    errors = use_it_well_and_badly(guarded)
    spans = b"RecordObservation"
    wait_until(lambda: spans in guarded.collector.received, 10)
    assert spans in guarded.collector.received
    said = {
        **guarded.logs(),
        "errors": errors,
        "traces": guarded.collector.received.decode("latin1"),
    }
    assert "a call failed" in said["services.log"]
    hidden = [
        TITLE,
        LABEL,
        ANSWER,
        TYPO,
        *secrets_of(guarded.run.home),
        *(token for token in guarded.shown if "." in token),
    ]
    found = {(word, where) for word in hidden for where, text in said.items() if word in text}
    assert found == set()


def use_it_well_and_badly(guarded: Guarded) -> str:
    """Records content, also such that is refused or meets a fault; returns the errors' text."""
    token = guarded.minted("--scope", "all", "--person", "ana")
    answer = {"question": "TIME_ZONE", "answer": ANSWER, "answer_time": NOON}
    kinds: list[dict[str, object]] = [
        {"work_session": WORK},
        {"calendar_event": MEETING},
        {"user_input": answer},
    ]
    for kind in kinds:
        body = {"person_id": "ana", **kind}
        assert guarded.call("POST", "/v1/observations", token, body)[0] == 200
    guarded.call("GET", "/v1/people/ana/processing:wait", token)
    refused = [
        guarded.call("POST", "/v1/observations", token, {"person_id": "ana", **kind})
        for kind in (
            {"work_session": WORK | {"duration_minutes": TYPO}},
            {"work_session": WORK | {"duration_minutes": -5}},
            {"work_session": WORK | {"label": TITLE * 1000}},
            {"user_input": answer | {"answer": TYPO}},
        )
    ]
    refused += asyncio.run(with_a_broken_table(guarded, token))
    assert {status for status, _ in refused} == {400, 500}
    return json.dumps([body for _, body in refused])


async def with_a_broken_table(guarded: Guarded, token: str) -> list[tuple[int, dict[str, Any]]]:
    """Has the database refuse a row, which it then quotes in its error."""
    settings = Settings.from_environment({"PERSONAKIT_HOME": str(guarded.run.home)})
    connection = await asyncpg.connect(settings.owner_url())
    table = "ALTER TABLE ingest.observations"
    await connection.execute(f"{table} ADD CONSTRAINT broken CHECK (false) NOT VALID")
    try:
        body = {"person_id": "ana", "calendar_event": MEETING}
        return [await asyncio.to_thread(guarded.call, "POST", "/v1/observations", token, body)]
    finally:
        await connection.execute(f"{table} DROP CONSTRAINT broken")
        await connection.close()


def secrets_of(home: Path) -> Iterator[str]:
    for path in (home / "secrets").iterdir():
        if path.suffix != ".json":
            yield path.read_text().strip()
        elif path.name.endswith("-key.json"):
            yield json.loads(path.read_text())["d"]
