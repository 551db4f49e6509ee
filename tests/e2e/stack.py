"""The whole stack, run as a person runs it, and asked over REST."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

START_SECONDS = 90.0
SERVED = "Stop with Ctrl-C"


class Run:
    """One run of `python -m deploy.local`; what it says is collected in a file."""

    def __init__(self, home: Path, port: int, **environment: str) -> None:
        self.home = home
        self.port = port
        self._said = home.with_name(f"{home.name}.said")
        own = {"PERSONAKIT_HOME": str(home), "PERSONAKIT_PORT": str(port), **environment}
        with self._said.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "deploy.local"],
                env={**os.environ, **own},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        return self._said.read_text()

    def serving(self) -> "Run":
        wait_until(lambda: SERVED in self.said() or self.process.poll() is not None, START_SECONDS)
        assert SERVED in self.said(), self.said()
        return self

    def stop(self, order: signal.Signals = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(order)
        return self.process.wait(60)

    def call(
        self, method: str, path: str, body: object = None, token: str = ""
    ) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            headers = {"content-type": "application/json"}
            if token:
                headers["authorization"] = f"Bearer {token}"
            text = None if body is None else json.dumps(body)
            connection.request(method, path, text, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def ask(self, method: str, path: str, body: object = None, token: str = "") -> dict[str, Any]:
        """Calls and returns the answer; the call must not be refused."""
        status, answer = self.call(method, path, body, token)
        assert status == http.client.OK, answer
        return answer

    def healthy(self) -> bool:
        try:
            return self.call("GET", "/health")[0] == http.client.OK
        except (OSError, http.client.HTTPException, ValueError):
            return False


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wait_until(condition: Callable[[], object], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
