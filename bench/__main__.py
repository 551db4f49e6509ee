"""`python -m bench [ROW ...]`: measures, shows the table, and keeps it in `bench/results.json`.

Ends with status 1 when a line is missed. `--quick` measures for a fraction of the time: a look,
not a result, so it is not kept.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from bench.rows import ROWS
from bench.running import Bench, load_process
from bench.table import Row, machine, save, shown

RESULTS = Path(__file__).with_name("results.json")


def main(arguments: Sequence[str]) -> int:
    """Returns the exit status."""
    quick = "--quick" in arguments
    names = [name for name in arguments if name != "--quick"] or list(ROWS)
    if unknown := set(names) - set(ROWS):
        sys.exit(f"no row {', '.join(sorted(unknown))}: choose from {', '.join(ROWS)}")
    console = Console()
    console.print(machine())
    rows: list[Row] = []
    with load_process() as loads:
        bench = Bench(console, loads, quick)
        for number, name in enumerate(names, 1):
            console.print(f"[bold]{name}[/bold] ({number} of {len(names)})")
            rows += ROWS[name](bench)
            if not quick:
                save(rows, RESULTS)
    console.print(shown(rows))
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
