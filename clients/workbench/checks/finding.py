"""What a check comes to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """How bad it is: only what is broken makes `doctor` fail."""

    FINE = "✓"
    DOUBTFUL = "!"
    BROKEN = "✗"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `remedy` says how to mend it, unless it is fine."""

    state: State
    subject: str
    found: str
    remedy: str = ""


def fine(subject: str, found: str) -> Finding:
    """Return that it is as it should be."""
    return Finding(State.FINE, subject, found)


def doubtful(subject: str, found: str, remedy: str) -> Finding:
    """Return that it works, but perhaps not as meant."""
    return Finding(State.DOUBTFUL, subject, found, remedy)


def broken(subject: str, found: str, remedy: str) -> Finding:
    """Return that it does not work."""
    return Finding(State.BROKEN, subject, found, remedy)
