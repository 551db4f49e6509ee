"""The rows of the quality table: a figure, what it is compared with, the line, and whether met."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import mean, stdev

NOT_RUN = "not run"


@dataclass(frozen=True)
class Row:
    """One line of the table. `met` is True, False, None where there is no line, or "not run"."""

    row: str
    value: str
    yardstick: str
    line: str
    met: bool | str | None


@dataclass(frozen=True)
class Estimate:
    """A mean over people, each counting once, and its standard error."""

    value: float
    error: float

    def __str__(self) -> str:
        return f"{self.value:+.3f} ± {self.error:.3f}"


def over_people(by_person: Mapping[str, Sequence[float]]) -> Estimate:
    """Returns the mean of the people's means; its error takes people as drawn at random."""
    means = [mean(values) for values in by_person.values()]
    return Estimate(mean(means), stdev(means) / sqrt(len(means)))


def merged(before: Sequence[Row], found: Sequence[Row]) -> list[Row]:
    """Returns the rows of before, those that were found anew in their place, and what is new."""
    fresh = {row.row: row for row in found}
    kept = [fresh.pop(row.row, row) for row in before]
    return [*kept, *fresh.values()]
