"""Eigenvectors of a small symmetric matrix."""

from collections.abc import Sequence
from math import hypot, sqrt

MOST_SWEEPS = 50
NEGLIGIBLE = 1e-12

Vector = list[float]


def eigenvectors(matrix: Sequence[Sequence[float]]) -> list[tuple[float, Vector]]:
    """Returns eigenvalues with eigenvectors of length 1, largest first (Jacobi's rotations)."""
    size = len(matrix)
    left = [list(row) for row in matrix]
    vectors = [[float(row == column) for column in range(size)] for row in range(size)]
    for _ in range(MOST_SWEEPS):
        off = hypot(*(left[p][q] for p in range(size) for q in range(p)))
        if off <= NEGLIGIBLE * (1 + hypot(*(left[p][p] for p in range(size)))):
            break
        for p in range(size):
            for q in range(p + 1, size):
                _rotate(left, vectors, p, q)
    found = [(left[column][column], vectors[column]) for column in range(size)]
    return sorted(found, key=lambda one: -one[0])


def _rotate(left: list[Vector], vectors: list[Vector], p: int, q: int) -> None:
    """Makes the element at (p, q) zero; `vectors` holds the eigenvectors as rows."""
    if left[p][q] == 0.0:
        return
    theta = (left[q][q] - left[p][p]) / (2 * left[p][q])
    tangent = (1 if theta >= 0 else -1) / (abs(theta) + hypot(theta, 1))
    cosine = 1 / sqrt(tangent * tangent + 1)
    sine = tangent * cosine
    for row in left:
        row[p], row[q] = cosine * row[p] - sine * row[q], sine * row[p] + cosine * row[q]
    for rows in (left, vectors):
        first, second = rows[p], rows[q]
        rows[p] = [cosine * a - sine * b for a, b in zip(first, second, strict=True)]
        rows[q] = [sine * a + cosine * b for a, b in zip(first, second, strict=True)]
