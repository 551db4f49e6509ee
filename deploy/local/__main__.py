"""`python -m deploy.local`: runs the whole system on this machine until Ctrl-C.

`python -m deploy.local reset` forgets everything that it has stored.
"""

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

from deploy.local.console import Console
from deploy.local.home import Home, Lock
from deploy.local.left_over import end_left_over
from deploy.local.port import chosen_port, refuse_taken
from deploy.local.stack import Stack
from deploy.local.trouble import CannotRun

_CHECKOUT = Path(__file__).resolve().parents[2]
_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody told the stack to stop."""


def main(arguments: Sequence[str]) -> int:
    """Returns the exit status: 0 after a stop, or if a stack runs in this home already."""
    console = Console(sys.stdout)
    _listen_to_stops()
    try:
        folder = os.environ.get("PERSONAKIT_HOME") or str(_CHECKOUT / ".personakit")
        home = Home(Path(folder).resolve())
        if list(arguments) == ["reset"]:
            return _reset(home, console)
        if arguments:
            raise CannotRun(f"`{' '.join(arguments)}` is unknown; `reset` is all there is")
        return _run_alone(home, console)
    except (CannotRun, OSError) as error:
        console.say(f"PersonaKit cannot run: {error}")
        return 1
    except Stopped:
        return 0


def _run_alone(home: Home, console: Console) -> int:
    home.prepare()
    lock = Lock(home.folder / "lock")
    if not lock.take():
        console.say(f"PersonaKit runs already: {lock.holder()}")
        return 0
    try:
        end_left_over("stack", home.folder, signal.SIGTERM)
        port = chosen_port(os.environ)
        refuse_taken(port)
        _run(Stack(home, port, os.environ, console), home, lock, console)
    finally:
        lock.release()
    return 0


def _reset(home: Home, console: Console) -> int:
    home.prepare()
    lock = Lock(home.folder / "lock")
    if not lock.take():
        raise CannotRun(f"stop it before the reset: {lock.holder()}")
    try:
        end_left_over("stack", home.folder, signal.SIGTERM)
        end_left_over("cluster", home.data / "postgres", signal.SIGINT)
        home.forget()
    finally:
        lock.release()
    console.say(f"Forgotten: what {home.folder} held. A database of your own is untouched.")
    return 0


def _run(stack: Stack, home: Home, lock: Lock, console: Console) -> None:
    lock.note(f"{stack.address} (home {home.folder}, process {os.getpid()})")
    console.title(f"PersonaKit starts in {home.folder}")
    with suppress(Stopped), stack.running():
        _welcome(stack, console)
        stack.watch()


def _welcome(stack: Stack, console: Console) -> None:
    try:
        stack.show_sample()
    except CannotRun as error:
        console.say(f"The sample person could not be shown: {error}")
    console.say()
    console.title(f"REST  {stack.address}   for example {stack.address}/health")
    console.title(f"gRPC  {stack.address.removeprefix('http://')}   the same port, with reflection")
    if stack.guarded:
        console.say("Authentication is on: `persona-kit token` makes tokens.")
    else:
        console.say("Authentication is off: only this machine is served.")
    console.say("Stop with Ctrl-C.")


def _listen_to_stops() -> None:
    for number in _STOPS:
        # nohup lets a process outlive its terminal by having it ignore SIGHUP: that stays.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)


def _stop(number: int, frame: FrameType | None) -> None:
    # Stopping takes seconds at most, and an impatient second Ctrl-C must not cut it short.
    for ignored in _STOPS:
        signal.signal(ignored, signal.SIG_IGN)
    raise Stopped


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
