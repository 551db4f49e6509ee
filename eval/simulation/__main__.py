"""Runs the simulation alone: `python -m eval.simulation --into FOLDER`.

A family that was run is kept in the folder and not run again. With `--told office-16` it shows what
that person is told instead, with `--rehearse 150` how helpful it is for so many people of a family
in one process, without the services, and with `--relive 100` whom of so many it helps less in time.
"""

import argparse
from pathlib import Path
from tempfile import gettempdir

from eval.simulation.falling import falling
from eval.simulation.log import Log
from eval.simulation.people import JUDGED, Family, named
from eval.simulation.picture import draw
from eval.simulation.rehearsal import LIVES, overhear, rehearse, relive
from eval.simulation.report import rehearsed, rows
from eval.simulation.world import Arm, live_all

PEOPLE = 40
KEPT = Path(gettempdir(), "personakit-eval")


def main() -> None:
    """Run what was not run yet, and sum up."""
    asked = _arguments()
    if asked.told:
        print(*overhear(named(asked.told)).table(), sep="\n")
        return
    if asked.rehearse:
        for family in asked.family or JUDGED:
            print(rehearsed(family, rehearse(family, asked.rehearse)))
        return
    if asked.relive:
        for family in asked.family or JUDGED:
            print(family, falling([relive(family, asked.relive, LIVES)]))
        return
    asked.into.mkdir(parents=True, exist_ok=True)
    runs = {family: kept(family, asked.people, asked.into) for family in asked.family or JUDGED}
    for row in rows(runs, {}):
        print(row.row, row.value, row.yardstick, row.line, row.met, sep=" | ")
    draw(runs, asked.into)


def kept(family: Family, people: int, folder: Path) -> dict[Arm, Log]:
    """Return a family's runs out of the folder, run now if they are not there."""
    files = {arm: folder / f"{family}.{people}.{arm.name.lower()}.gz" for arm in Arm}
    if all(file.exists() for file in files.values()):
        return {arm: Log.read(file) for arm, file in files.items()}
    logs = live_all(family, people)
    for arm, log in logs.items():
        log.write(files[arm])
    return logs


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m eval.simulation", description=__doc__)
    parser.add_argument(
        "--family", action="append", type=Family, help="several times; else those that are judged"
    )
    parser.add_argument("--people", type=int, default=PEOPLE, help="of each family")
    parser.add_argument("--into", type=Path, default=KEPT, help="where runs are kept")
    parser.add_argument("--told", default="", help="a person, such as office-16")
    parser.add_argument("--rehearse", type=int, default=0, help="people of each family")
    parser.add_argument("--relive", type=int, default=0, help="people of each family")
    return parser.parse_args()


if __name__ == "__main__":
    main()
