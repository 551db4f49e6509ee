"""The sample person of a local stack: loaded once, and what they are told now."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from deploy.local.console import Console
from deploy.local.gateway_client import get_object
from deploy.local.home import Home
from deploy.local.trouble import CannotRun

PERSON = "sample"
_SECONDS = 120
# Every working day is longer than a step, and no weekend is longer than all of them.
_STEP, _STEPS = timedelta(hours=3), 32


def loaded(home: Home) -> bool:
    """Tells whether the sample person was loaded into this home once (and perhaps erased since)."""
    return (home.data / "sample-loaded").exists()


def load(home: Home, environment: Mapping[str, str]) -> None:
    """Loads the sample person through the public API; raises `CannotRun`."""
    _call(["clients.workbench.sample", PERSON], environment, subprocess.PIPE)
    (home.data / "sample-loaded").touch()


def show_suggestions(console: Console, port: int, environment: Mapping[str, str]) -> None:
    """Has the command line show what the sample person is told now; raises `CannotRun`.

    Where nothing is worth saying now (at night, say), it shows as well what they are told next.
    """
    command = ["clients.cli.main", "suggest", "--person", PERSON]
    console.say()
    _call(command, environment, None)
    following = _when_there_is_something_to_say(port)
    if following:
        console.title(f"\nWhat {PERSON} is told next:\n")
        _call([*command, "--time", following.isoformat()], environment, None)


def _when_there_is_something_to_say(port: int) -> datetime | None:
    """Returns the first such moment of the coming days, or None if it is now, or none is found."""
    path = f"/v1/suggestions?person_id={PERSON}"
    answer = get_object(port, path)
    if "at" not in answer or answer.get("suggestions"):
        return None
    hour = datetime.fromisoformat(str(answer["at"])).replace(minute=0, second=0, microsecond=0)
    for step in range(_STEPS):
        at = hour + timedelta(hours=1) + step * _STEP
        if get_object(port, f"{path}&at={at:%Y-%m-%dT%H:%M:%SZ}").get("suggestions"):
            return at
    return None


def _call(module: Sequence[str], environment: Mapping[str, str], output: int | None) -> None:
    """Runs a module; where its output is not kept (None), it is written where ours is."""
    done = subprocess.run(  # noqa: S603 - our own modules
        [sys.executable, "-m", *module],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise CannotRun(f"{module[0]} failed: {(done.stdout or '').strip()[-2000:]}")
