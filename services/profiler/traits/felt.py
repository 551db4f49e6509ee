"""How work was felt, behind the scores that were given: by the time of the day, and by how often
it was interrupted.

A score is a feeling, rounded and held within the scale: who gives a 5 may have felt more, and who
gives a 1 less (Tobin, 1958). What is felt is a smooth curve over the day, one cost for each
interruption, and chance.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import erfc, exp, pi, sqrt
from operator import mul
from typing import NamedTuple

SLOTS = 48
"""Half hours of the day, within which all work is felt alike but for chance."""
LOWEST, HIGHEST = 1, 5
"""Scores that may stand for what lies beyond them."""
HALF_A_SCORE = 0.5
USUAL_LEVEL, LEVELS_APART = 3.3, 1.0
"""What people's scores are about, and how far a person's level may be from that."""
HOURS_APART, ALIKE_WITHIN = 0.8, 1.7
"""How far a time of the day may be from a person's level, and within how many hours times are felt
about alike."""
USUAL_VARIANCE, VARIANCE_WORTH = 0.36, 15.0
"""How widely scores of the same time vary for other reasons, and how many of them that guess is
worth."""
COSTS_APART = 0.35
"""How far a person's cost of an interruption may be from other people's."""
STEPS = 3
"""More change nothing that shows."""
FARTHEST = 6.0
LEAST_TOLD = 1e-3


class Rated(NamedTuple):
    """Sessions of one half hour of the day, with as many interruptions and the same score."""

    slot: int
    interruptions: int
    score: int
    weight: float


class Cost(NamedTuple):
    """What an interruption costs in points, with its standard error; and the variance of scores for
    other reasons."""

    points: float
    error: float
    variance: float

    def unmixed(self, expected: float) -> tuple[float, float]:
        """Returns the cost without what was expected of everybody, and how much it rests on: as
        much as so many sessions that are one interruption off the mean."""
        presumed = 1 / COSTS_APART**2
        told = 1 / self.error**2 - presumed
        if told <= 0:
            return expected, 0.0
        points = (self.points / self.error**2 - expected * presumed) / told
        return points, told * self.variance


class _Slot:
    """What the sessions of a half hour come to: sums of weights w, interruptions x and feelings
    y."""

    __slots__ = ("w", "wx", "wxx", "wxy", "wy", "wyy")

    def __init__(self) -> None:
        self.w = self.wx = self.wxx = self.wy = self.wxy = self.wyy = 0.0

    def add(self, w: float, x: int, y: float) -> None:
        self.w += w
        self.wx += w * x
        self.wxx += w * x * x
        self.wy += w * y
        self.wxy += w * x * y
        self.wyy += w * y * y

    def copy(self) -> "_Slot":
        same = _Slot()
        same.w, same.wx, same.wxx = self.w, self.wx, self.wxx
        same.wy, same.wxy, same.wyy = self.wy, self.wxy, self.wyy
        return same

    def squares(self, level: float, points: float) -> float:
        """Returns the squared distances from what level and cost let expect."""
        return (
            self.wyy
            - 2 * level * self.wy
            + level * level * self.w
            + 2 * points * (self.wxy - level * self.wx)
            + points * points * self.wxx
        )


class _AtAnEnd(NamedTuple):
    """Sessions whose score has no further to go, `way` up (1) or down (-1) from the bound."""

    slot: int
    x: int
    weight: float
    bound: float
    way: int


@dataclass(frozen=True, slots=True)
class _Curve:
    """The levels by half hour, the cost, and its standard error."""

    levels: Mapping[int, float]
    points: float
    error: float


def cost(rated: Iterable[Rated], expected: float) -> Cost:
    """Returns what an interruption costs; `expected` is what it costs people in general.

    The most likely curve and cost together (Newton's steps), and how sharply the likelihood falls
    off beside that cost.
    """
    within, at_an_end = _sorted(rated)
    curve = _Curve(dict.fromkeys(within, USUAL_LEVEL), expected, COSTS_APART)
    variance = USUAL_VARIANCE
    for _ in range(STEPS):
        slots, behind = _feelings(within, at_an_end, curve, variance)
        curve = _fitted(slots, variance, expected)
        variance = _variance(within, behind, curve)
    return Cost(curve.points, curve.error, variance)


def _sorted(rated: Iterable[Rated]) -> tuple[dict[int, _Slot], list[_AtAnEnd]]:
    """Returns the scores within the scale, which say what was felt, by half hour; and the rest."""
    within: dict[int, _Slot] = {}
    at_an_end: list[_AtAnEnd] = []
    for slot, x, score, weight in rated:
        sums = within.setdefault(slot, _Slot())
        if score >= HIGHEST:
            at_an_end.append(_AtAnEnd(slot, x, weight, HIGHEST - HALF_A_SCORE, 1))
        elif score <= LOWEST:
            at_an_end.append(_AtAnEnd(slot, x, weight, LOWEST + HALF_A_SCORE, -1))
        else:
            sums.add(weight, x, score)
    return dict(sorted(within.items())), at_an_end


def _feelings(
    within: Mapping[int, _Slot], at_an_end: Iterable[_AtAnEnd], curve: _Curve, variance: float
) -> tuple[dict[int, _Slot], float]:
    """Returns what was felt as far as scores tell, if this curve is right; and how many squares of
    a standard deviation are missing among those within the scale, for others being beyond it."""
    slots = {number: slot.copy() for number, slot in within.items()}
    deviation, behind = sqrt(variance), 0.0
    for slot, x, weight, bound, way in at_an_end:
        presumed = curve.levels[slot] - curve.points * x
        away = way * (bound - presumed) / deviation
        hazard = _hazard(away)
        told = max(LEAST_TOLD, hazard * (hazard - away))
        slots[slot].add(weight * told, x, presumed + way * deviation * hazard / told)
        behind -= weight * away * hazard
    return slots, behind


def _hazard(bound: float) -> float:
    """Returns the density of a standard normal distribution at a bound, as a share of all that
    lies beyond it."""
    if bound > FARTHEST:
        return bound + 1 / bound
    return 2 * exp(-bound * bound / 2) / sqrt(2 * pi) / erfc(bound / sqrt(2))


def _fitted(slots: Mapping[int, _Slot], variance: float, expected: float) -> _Curve:
    """Returns the curve by generalised least squares: levels of times near each other are drawn
    together."""
    filled = [(number, slot) for number, slot in slots.items() if slot.w > 0]
    alike = [[_ALIKE[(one - other) % SLOTS] for other, _ in filled] for one, _ in filled]
    x = [slot.wx / slot.w for _, slot in filled]
    y = [slot.wy / slot.w - USUAL_LEVEL for _, slot in filled]
    root = _root(alike, [variance / slot.w for _, slot in filled])
    of_x, of_y = _halfway(root, x), _halfway(root, y)
    told = sum(map(mul, of_x, of_x)) + 1 / COSTS_APART**2
    lost = expected / COSTS_APART**2 - sum(map(mul, of_x, of_y))
    for _, slot in filled:
        told += (slot.wxx - slot.wx**2 / slot.w) / variance
        lost -= (slot.wxy - slot.wx * slot.wy / slot.w) / variance
    points = lost / told
    pull = _rest_of_the_way(root, [b + points * a for a, b in zip(of_x, of_y, strict=True)])
    levels = {
        number: USUAL_LEVEL + sum(map(mul, row, pull))
        for (number, _), row in zip(filled, alike, strict=True)
    }
    return _Curve(levels, points, 1 / sqrt(told))


def _variance(within: Mapping[int, _Slot], behind: float, curve: _Curve) -> float:
    """Returns how widely scores vary beside what curve and cost explain, by the squares of those
    within the scale and by how many are missing among them."""
    n = sum(slot.w for slot in within.values())
    squares = sum(
        slot.squares(curve.levels[number], curve.points) for number, slot in within.items()
    )
    worth = VARIANCE_WORTH + max(n / 2, n + behind)
    return (VARIANCE_WORTH * USUAL_VARIANCE + squares) / worth


def _kernel(slots: int) -> float:
    hours = min(slots, SLOTS - slots) * 24 / SLOTS
    return LEVELS_APART**2 + HOURS_APART**2 * exp(-((hours / ALIKE_WITHIN) ** 2) / 2)


_ALIKE = tuple(_kernel(slots) for slots in range(SLOTS))
"""The covariance of the levels of two half hours, by how far they lie apart."""


Rows = Sequence[Sequence[float]]


def _root(matrix: Rows, noise: Sequence[float]) -> Rows:
    """Returns the lower triangle whose square is the matrix with noise on its diagonal
    (Cholesky)."""
    root: list[list[float]] = []
    for values, extra in zip(matrix, noise, strict=True):
        row = _halfway(root, values)
        row.append(sqrt(values[len(row)] + extra - sum(map(mul, row, row))))
        root.append(row)
    return root


def _halfway(root: Rows, right: Sequence[float]) -> list[float]:
    """Returns what, multiplied by the root, makes the first values of the right side."""
    found: list[float] = []
    for row, value in zip(root, right, strict=False):
        found.append((value - sum(map(mul, row, found))) / row[-1])
    return found


def _rest_of_the_way(root: Rows, found: list[float]) -> list[float]:
    """Returns the solution of the equations that are solved halfway."""
    for row in reversed(root):
        index = len(row) - 1
        found[index] /= row[index]
        for column in range(index):
            found[column] -= row[column] * found[index]
    return found
