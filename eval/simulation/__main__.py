"""Runs the simulation alone: `python -m eval.simulation`; each finished run is kept in a file."""

import argparse
from pathlib import Path

from eval.simulation.people import Family
from eval.simulation.run import DAYS
from eval.simulation.world import Arm, live


def main() -> None:
    """Run what has no file yet."""
    asked = _arguments()
    asked.into.mkdir(parents=True, exist_ok=True)
    for family in asked.family or Family:
        for arm in asked.arm or Arm:
            path = asked.into / f"{family}.{arm}.jsonl.gz".replace(" ", "-")
            if not path.exists():
                live(Family(family), Arm(arm), asked.people, asked.days).write(path)
                print(path)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m eval.simulation", description=__doc__)
    parser.add_argument("--family", action="append", choices=list(Family))
    parser.add_argument("--arm", action="append", choices=list(Arm))
    parser.add_argument("--people", type=int, default=40, help="of each family")
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--into", type=Path, required=True, help="where runs are kept")
    return parser.parse_args()


if __name__ == "__main__":
    main()
