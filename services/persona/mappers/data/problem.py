"""What is wrong with a document, and where."""

from collections.abc import Sequence
from dataclasses import dataclass

MOST_NAMED = 100
LONGEST_MESSAGE = 200


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line and a column of a document, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that keeps a document from being used; `rule` is empty outside of all rules."""

    place: Place
    rule: str
    message: str


class Problems:
    """Collects problems, so that an author sees all of them at once."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def add(self, place: Place, message: str, rule: str = "") -> None:
        """Notes a problem; a message that quotes at length is cut."""
        short = message if len(message) <= LONGEST_MESSAGE else f"{message[:LONGEST_MESSAGE]}..."
        self._found.append(Problem(place, rule, short))

    def __bool__(self) -> bool:
        return bool(self._found)

    def all(self) -> Sequence[Problem]:
        """The first hundred, in the order of the document, each said once."""
        return sorted(dict.fromkeys(self._found), key=lambda one: one.place)[:MOST_NAMED]
