"""Prints the quality table, draws it, and writes `eval/results.json`: `python -m eval`."""

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.progress import track
from rich.table import Table

from eval import left_out, peaks, plots
from eval.made_up import changes, measuring, pictures, table
from eval.rows import NOT_RUN, Row, merged
from eval.simulation import picture, report, world
from eval.simulation.people import JUDGED
from eval.simulation.rehearsal import LIVES, relive
from eval.working import SHOWN

HERE = Path(__file__).parent
PLOTS = HERE / "plots"
MET = {True: "yes", False: "NO", None: "", NOT_RUN: NOT_RUN}


def main() -> None:
    """Measures part by part what there is something to measure with.

    What is found is written after each part: whoever ends it keeps what was done.
    """
    asked = _arguments()
    asked.into.mkdir(parents=True, exist_ok=True)
    results = asked.into / "results.json"
    before = _read(results)
    rows: list[Row] = []
    for name in asked.only or PARTS:
        began = monotonic()
        rows += PARTS[name](asked)
        _write(results, merged(before, rows))
        SHOWN.print(f"{name}: {monotonic() - began:.0f} seconds")
    if not asked.only:
        _write(results, rows)
    _show(rows)


def _commits(asked: argparse.Namespace) -> list[Row]:
    measured = peaks.measure(asked.commits, asked.draws) if asked.commits else []
    if measured:
        plots.draw(measured, asked.plots)
    return peaks.rows(measured)


def _chosen_on_others(asked: argparse.Namespace) -> list[Row]:
    draws = -(-asked.draws * 3 // 5)
    return left_out.rows(left_out.measure(asked.commits, draws) if asked.commits else None)


def _made_up(asked: argparse.Namespace) -> list[Row]:
    judged = measuring.measure(asked.people)
    changed = changes.measure(-(-asked.people // 2))
    pictures.draw(judged, asked.plots)
    return list(table.rows(judged, changed))


def _advice(asked: argparse.Namespace) -> list[Row]:
    if not asked.advised:
        return report.rows({}, {})
    families = track(JUDGED, "people who are advised", len(JUDGED), console=SHOWN)
    runs = {family: world.live_all(family, asked.advised) for family in families}
    families = track(JUDGED, "the same over four months", len(JUDGED), console=SHOWN)
    lives = {family: relive(family, asked.people, LIVES) for family in families}
    picture.draw(runs, asked.into)
    return report.rows(runs, lives)


PARTS: Mapping[str, Callable[[argparse.Namespace], list[Row]]] = {
    "commits": _commits,
    "chosen-on-others": _chosen_on_others,
    "made-up": _made_up,
    "advice": _advice,
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m eval", description=__doc__)
    parser.add_argument("--commits", type=Path, help="commit times of people, .jsonl.gz")
    parser.add_argument("--draws", type=int, default=peaks.DRAWS, help="splits of each person")
    parser.add_argument("--people", type=int, default=100, help="made-up people of each family")
    parser.add_argument(
        "--advised", type=int, default=40, help="of each family, who use it for weeks; 0: nobody"
    )
    parser.add_argument("--quick", action="store_true", help="few splits and people: a first look")
    parser.add_argument(
        "--only", nargs="+", choices=list(PARTS), help="parts; other rows stay as they are"
    )
    parser.add_argument("--into", type=Path, default=HERE, help="where the results go")
    parser.add_argument("--plots", type=Path, default=PLOTS, help="where the pictures go")
    asked = parser.parse_args()
    if asked.quick:
        asked.draws, asked.people = min(asked.draws, 3), min(asked.people, 12)
        asked.advised = min(asked.advised, 6)
    return asked


def _read(results: Path) -> list[Row]:
    return [Row(**row) for row in json.loads(results.read_text())] if results.exists() else []


def _write(results: Path, rows: list[Row]) -> None:
    results.write_text(json.dumps([asdict(row) for row in rows], indent=1))


def _show(rows: list[Row]) -> None:
    table = Table("row", "value", "beside", "line", "met")
    for row in rows:
        table.add_row(row.row, row.value, row.yardstick, row.line, MET[row.met])
    Console().print(table)


if __name__ == "__main__":
    main()
