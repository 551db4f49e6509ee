"""Processes of the stack: started, stopped in stages, and gone with their parent."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from deploy.local.children import Child, Program


def program(log: Path, code: str, stop: signal.Signals = signal.SIGTERM) -> Program:
    return Program("snake", [sys.executable, "-c", code], log, stop=stop)


def wait_for(text: str, log: Path) -> None:
    deadline = time.monotonic() + 20
    while text not in log.read_text() and time.monotonic() < deadline:
        time.sleep(0.01)


def test_a_child_that_ends_says_how_and_why(tmp_path: Path) -> None:
    child = Child(program(tmp_path / "log", "print('a reason'); raise SystemExit(3)"))
    child.start()
    assert child.wait(20)
    assert not child.running()
    assert child.failed()
    assert "ended with 3" in child.last_words()
    assert "a reason" in child.last_words()


def test_what_an_earlier_run_said_is_not_repeated(tmp_path: Path) -> None:
    for reason in ("of before", "of today"):
        child = Child(program(tmp_path / "log", f"raise SystemExit({reason!r})"))
        child.start()
        assert child.wait(20)
    assert "of today" in child.last_words()
    assert "of before" not in child.last_words()
    assert "of before" in (tmp_path / "log").read_text()


def test_a_child_that_ended_well_did_not_fail(tmp_path: Path) -> None:
    child = Child(program(tmp_path / "log", ""))
    child.start()
    assert child.wait(20)
    assert not child.failed()


def test_a_child_is_asked_to_stop(tmp_path: Path) -> None:
    code = "import signal,time; print('up', flush=True); time.sleep(60)"
    child = Child(program(tmp_path / "log", code))
    child.start()
    wait_for("up", tmp_path / "log")
    child.stop()
    assert "SIGTERM" in child.last_words()


def test_a_child_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    code = (
        "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print('up', flush=True); time.sleep(60)"
    )
    child = Child(program(tmp_path / "log", code))
    child.start()
    wait_for("up", tmp_path / "log")
    child.stop(seconds=0.1)
    assert "SIGKILL" in child.last_words()


def test_stopping_what_never_started_or_has_ended_does_nothing(tmp_path: Path) -> None:
    child = Child(program(tmp_path / "log", ""))
    child.stop()
    child.start()
    child.wait(20)
    child.stop()
    assert not child.running()


def test_a_log_that_has_grown_large_is_put_aside(tmp_path: Path) -> None:
    log = tmp_path / "snake.log"
    log.write_bytes(b"x" * (9 * 1024 * 1024))
    child = Child(program(log, "print('fresh')"))
    child.start()
    child.wait(20)
    assert log.read_text() == "fresh\n"


@pytest.mark.skipif(sys.platform != "linux", reason="needs the kernel's parent-death signal")
def test_a_child_does_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _PARENT, str(tmp_path / "log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    child.wait(20)


_PARENT = """
import sys, time
from pathlib import Path
from deploy.local.children import Child, Program
child = Child(Program("sleeper", ["sleep", "600"], Path(sys.argv[1])))
child.start()
print(child.pid, flush=True)
time.sleep(600)
"""
