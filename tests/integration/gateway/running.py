"""A real Envoy in front of made-up services, and the way a REST client sees it."""

import http.client
import json
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gateway.config import Gateway, command, write


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; the names of its headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.body)
        return found


@dataclass(frozen=True)
class Refused:
    """What an error says: the parts that the API promises."""

    status: int
    code: int
    reason: str
    fields: tuple[str, ...] = ()


def refused(answer: Answer) -> Refused:
    """Reads an error body; fails unless it has the one shape that all have."""
    assert answer.headers["content-type"] == "application/json"
    body = json.loads(answer.body)
    assert set(body) == {"code", "message", "details"}
    assert body["message"]
    details = {detail["@type"].rpartition(".")[2]: detail for detail in body["details"]}
    assert details["ErrorInfo"]["domain"] == "personakit"
    violations = details.get("BadRequest", {"field_violations": []})["field_violations"]
    return Refused(
        answer.status,
        body["code"],
        details["ErrorInfo"]["reason"],
        tuple(violation["field"] for violation in violations),
    )


@dataclass(frozen=True)
class Running:
    """A gateway that answers on `port`."""

    port: int
    access_log: Path

    @property
    def target(self) -> str:
        return f"127.0.0.1:{self.port}"

    def call(
        self,
        method: str,
        path: str,
        body: bytes | str | Iterator[bytes] | Mapping[str, object] | None = None,
        **headers: str,
    ) -> Answer:
        """Sends one request; underscores in the names of headers stand for hyphens."""
        sent = json.dumps(body) if isinstance(body, Mapping) else body
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, sent, names)
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            connection.close()

    def logged(self, words: str) -> dict[str, object]:
        """Returns the line of the access log that has `words`, which comes a moment later."""
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            for line in self.access_log.read_text().splitlines():
                if words in line:
                    found: dict[str, object] = json.loads(line)
                    return found
            time.sleep(0.05)
        raise AssertionError(f"{words} is not in the access log")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def run(gateway: Gateway, folder: Path) -> Iterator[Running]:
    """Runs Envoy with this configuration; fails with what it said if it does not start."""
    config, said = folder / f"{gateway.port}.yaml", folder / f"{gateway.port}.log"
    write(gateway, config)
    with said.open("wb") as output:
        process = subprocess.Popen(command(config), stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_until_it_listens(gateway.port, process, said)
        yield Running(gateway.port, Path(gateway.access_log))
    finally:
        process.terminate()
        process.wait(timeout=20)
    assert "script log" not in said.read_text()


def wait_until_it_listens(port: int, process: "subprocess.Popen[bytes]", said: Path) -> None:
    deadline = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(said.read_text())
