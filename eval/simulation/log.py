"""What was asked and said, and what became of it; kept in a file, one line each."""

import gzip
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Said:
    """One suggestion, made on the `day`th day of use (from 1), and what came of it.

    `never`: it is of a type that never helps this person. `shown`: it was, and could be answered;
    otherwise it was asked for only to see what would be said. `misplaced`: it collides with a
    meeting or leaves its window.
    """

    person: str
    day: int
    type: str
    never: bool
    shown: bool
    misplaced: bool
    helps: bool
    felt: bool


@dataclass(frozen=True)
class Asked:
    """One question of a person's, and to how much it led."""

    person: str
    day: int
    said: int


@dataclass(frozen=True)
class Planned:
    """A planned day: minutes of deep work, in how many of them energy is good, in how many it is if
    they are laid at random or at best; and how many blocks of all are misplaced."""

    person: str
    minutes: int
    good: int
    good_at_random: int
    good_at_best: int
    blocks: int
    misplaced: int


@dataclass
class Log:
    """All that happened to one population with one adviser; and what the mapper alone made of it
    afterwards: how many suggestions more, how many of them misplaced, and plans of days."""

    said: list[Said] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    swept: int = 0
    swept_misplaced: int = 0
    planned: list[Planned] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Keep it in a file."""
        with gzip.open(path, "wt") as file:
            file.write(json.dumps([self.swept, self.swept_misplaced]) + "\n")
            lines: list[Said | Asked | Planned] = [*self.said, *self.asked, *self.planned]
            for each in lines:
                file.write(json.dumps([type(each).__name__, asdict(each)]) + "\n")

    @classmethod
    def read(cls, path: Path) -> "Log":
        """Return what was kept."""
        with gzip.open(path, "rt") as file:
            log = cls([], [], *json.loads(file.readline()))
            for name, values in map(json.loads, file):
                if name == Said.__name__:
                    log.said.append(Said(**values))
                elif name == Asked.__name__:
                    log.asked.append(Asked(**values))
                else:
                    log.planned.append(Planned(**values))
        return log
