"""Prints the quality table, draws it, and writes `eval/results.json`: `python -m eval`."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from eval import left_out, peaks, plots
from eval.made_up import changes, measuring, pictures, table
from eval.rows import NOT_RUN, Row
from eval.simulation import picture, report, world

HERE = Path(__file__).parent
PLOTS = HERE / "plots"
MET = {True: "yes", False: "NO", None: "", NOT_RUN: NOT_RUN}


def main() -> None:
    """Measures what there is something to measure with."""
    asked = _arguments()
    measured = peaks.measure(asked.commits, asked.draws) if asked.commits else []
    by_others = left_out.measure(asked.commits, -(-asked.draws * 3 // 5)) if asked.commits else None
    judged = measuring.measure(asked.people)
    changed = changes.measure(-(-asked.people // 2))
    advised = world.populations(asked.advised) if asked.advised else {}
    rows = [
        *peaks.rows(measured),
        *left_out.rows(by_others),
        *table.rows(judged, changed),
        *report.rows(advised),
    ]
    asked.into.mkdir(parents=True, exist_ok=True)
    (asked.into / "results.json").write_text(json.dumps([asdict(row) for row in rows], indent=1))
    _show(rows)
    if measured:
        plots.draw(measured, asked.plots)
    pictures.draw(judged, asked.plots)
    if advised:
        picture.draw(advised, asked.into)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m eval", description=__doc__)
    parser.add_argument("--commits", type=Path, help="commit times of people, .jsonl.gz")
    parser.add_argument("--draws", type=int, default=peaks.DRAWS, help="splits of each person")
    parser.add_argument("--people", type=int, default=100, help="made-up people of each family")
    parser.add_argument(
        "--advised", type=int, default=40, help="of each family, who use it for weeks; 0: nobody"
    )
    parser.add_argument("--quick", action="store_true", help="few splits and people: a first look")
    parser.add_argument("--into", type=Path, default=HERE, help="where the results go")
    parser.add_argument("--plots", type=Path, default=PLOTS, help="where the pictures go")
    asked = parser.parse_args()
    if asked.quick:
        asked.draws, asked.people = min(asked.draws, 3), min(asked.people, 12)
        asked.advised = min(asked.advised, 6)
    return asked


def _show(rows: Sequence[Row]) -> None:
    table = Table("row", "value", "beside", "line", "met")
    for row in rows:
        table.add_row(row.row, row.value, row.yardstick, row.line, MET[row.met])
    Console().print(table)


if __name__ == "__main__":
    main()
