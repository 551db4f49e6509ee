"""`python -m tests.chaos.keeper FOLDER`: keeps an embedded Postgres, and does as it is told.

A process of its own, because the tests speak gRPC, and what speaks gRPC must not fork. It is told
`start`, `stop` or `crash` a line, says when that is done, and ends with its standard input.
"""

import subprocess
import sys
from pathlib import Path

from deploy.local.postgres import EmbeddedPostgres

ROOT = Path(__file__).parents[2]


class Keeper:
    """A keeper's other end: Postgres as the tests see it."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.keeper", str(folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self) -> str:
        """Returns the owner's URL once the server accepts connections."""
        return self._tell("start")

    def stop_at_once(self) -> None:
        """As `pg_ctl stop -m immediate`: nothing is flushed, nobody is told."""
        self._tell("stop")

    def crash(self) -> None:
        """SIGKILL for the server's first process."""
        self._tell("crash")

    def end(self) -> None:
        self._process.communicate()

    def _tell(self, order: str) -> str:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()
        done = self._process.stdout.readline().strip()
        assert done, "the keeper has ended"
        return done


def main(folder: Path) -> None:
    """Keeps Postgres until its standard input ends."""
    postgres = EmbeddedPostgres(folder)
    orders = {
        "start": postgres.start,
        "stop": lambda: postgres.stop(immediate=True),
        "crash": postgres.crash,
    }
    try:
        for order in sys.stdin:
            sys.stdout.write(f"{orders[order.strip()]() or 'done'}\n")
            sys.stdout.flush()
    finally:
        postgres.stop(immediate=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
