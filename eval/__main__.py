"""Prints the quality table, draws it, and writes `eval/results.json`: `python -m eval`."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from eval import peaks, plots
from eval.rows import NOT_RUN, Row

HERE = Path(__file__).parent
MET = {True: "yes", False: "NO", None: "", NOT_RUN: NOT_RUN}


def main() -> None:
    """Measures what there is something to measure with."""
    asked = _arguments()
    measured = peaks.measure(asked.commits, asked.draws) if asked.commits else []
    rows = peaks.rows(measured)
    asked.into.mkdir(parents=True, exist_ok=True)
    (asked.into / "results.json").write_text(json.dumps([asdict(row) for row in rows], indent=1))
    _show(rows)
    if measured:
        plots.draw(measured, asked.into)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m eval", description=__doc__)
    parser.add_argument("--commits", type=Path, help="commit times of people, .jsonl.gz")
    parser.add_argument("--draws", type=int, default=peaks.DRAWS, help="splits of each person")
    parser.add_argument("--into", type=Path, default=HERE, help="where results and plots go")
    return parser.parse_args()


def _show(rows: Sequence[Row]) -> None:
    table = Table("row", "value", "beside", "line", "met")
    for row in rows:
        table.add_row(row.row, row.value, row.yardstick, row.line, MET[row.met])
    Console().print(table)


if __name__ == "__main__":
    main()
