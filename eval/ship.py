"""Learns the habits that PersonaKit ships with: `python -m eval.ship COMMIT_TIMES`."""

import sys
from collections.abc import Sequence
from pathlib import Path

from eval.commits import read
from services.profiler.traits import habits

HEAD = '''"""The habits that PersonaKit ships with. Made by `python -m eval.ship`; do not edit.

Learned from the public commits of {people} people in local time, each counted once.
"""

from services.profiler.traits.habits import Habits, Way

# fmt: off
SHIPPED_HABITS = Habits(
'''
TARGET = Path(habits.__file__).with_name("shipped.py")


def main(path: str) -> None:
    """Writes the module that holds the habits."""
    people = read(Path(path))
    learned = habits.learn([(one.shares, len(one.times)) for one in people])
    TARGET.write_text(HEAD.format(people=len(people)) + _body(learned))


def _body(learned: habits.Habits) -> str:
    lines = ["    mean=(", *_numbers(learned.mean, 5), "    ),", "    ways=("]
    for way in learned.ways:
        lines += [f"        Way({way.variance:.4f}, (", *_numbers(way.direction, 3), "        )),"]
    return "\n".join([*lines, "    ),", f"    rest={learned.rest:.5f},", ")", ""])


def _numbers(values: Sequence[float], digits: int) -> list[str]:
    return [
        " " * 12 + " ".join(f"{value:.{digits}f}," for value in values[first : first + 8])
        for first in range(0, len(values), 8)
    ]


if __name__ == "__main__":
    main(sys.argv[1])
