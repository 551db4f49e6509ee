"""The sample person of a local stack: loaded once, and what they are told now."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from deploy.local.console import Console
from deploy.local.gateway_client import get_object
from deploy.local.home import Home
from deploy.local.modules import call

PERSON = "sample"
# Every working day is longer than a step, and no weekend is longer than all of them.
_STEP, _STEPS = timedelta(hours=3), 32


def loaded(home: Home) -> bool:
    """Tells whether the sample person was loaded into this home once (and perhaps erased since)."""
    return (home.data / "sample-loaded").exists()


def load(home: Home, environment: Mapping[str, str]) -> None:
    """Loads the sample person through the public API; raises `CannotRun`."""
    call(["clients.workbench.sample", PERSON], environment)
    (home.data / "sample-loaded").touch()


def show_suggestions(console: Console, port: int, environment: Mapping[str, str]) -> None:
    """Has the command line show what the sample person is told now; raises `CannotRun`.

    Where nothing is worth saying now (at night, say), it shows as well what they are told next.
    """
    command = ["clients.cli.main", "suggest", "--person", PERSON]
    console.say()
    call(command, environment, shown=True)
    following = _when_there_is_something_to_say(port, environment.get("PERSONAKIT_TOKEN", ""))
    if following:
        console.title(f"\nWhat {PERSON} is told next:\n")
        call([*command, "--time", following.isoformat()], environment, shown=True)


def _when_there_is_something_to_say(port: int, token: str) -> datetime | None:
    """Returns the first such moment of the coming days, or None if it is now, or none is found."""
    path = f"/v1/suggestions?person_id={PERSON}"
    answer = get_object(port, path, token)
    if "at" not in answer or answer.get("suggestions"):
        return None
    hour = datetime.fromisoformat(str(answer["at"])).replace(minute=0, second=0, microsecond=0)
    for step in range(_STEPS):
        at = hour + timedelta(hours=1) + step * _STEP
        then = f"{path}&at={at:%Y-%m-%dT%H:%M:%SZ}"
        if get_object(port, then, token).get("suggestions"):
            return at
    return None
