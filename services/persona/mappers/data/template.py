"""Texts with expressions in braces, such as "{free_minutes} minutes are free"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from services.persona.mappers.data.faults import Fault
from services.persona.mappers.data.language import (
    LONGEST_STRING,
    Expression,
    Language,
    NotUnderstood,
    Scene,
)

# A doubled brace is a brace; what is left single is a fault.
_PIECE: Final = re.compile(r"(\{\{|\}\})|\{([^{}]*)\}|([{}])")


@dataclass(frozen=True, slots=True)
class Template:
    """Words and expressions in turn."""

    pieces: tuple[str | Expression, ...]

    @property
    def reads(self) -> frozenset[str]:
        """The variables that its expressions name."""
        found = (piece.reads for piece in self.pieces if isinstance(piece, Expression))
        return frozenset().union(*found)

    def of(self, scene: Scene) -> str:
        """The text on one line, cut if it is very long; raises `Failed`."""
        said = (one if isinstance(one, str) else _in_words(one.of(scene)) for one in self.pieces)
        return " ".join("".join(said).split())[:LONGEST_STRING]


def understand(text: str, language: Language) -> Template:
    """Makes a template of a text; raises `NotUnderstood` with the faults of all its expressions."""
    pieces: list[str | Expression] = []
    faults: list[Fault] = []
    for offset, words, expression in _split(text):
        try:
            pieces.append(
                words
                if expression is None
                else language.understand(expression, "string", "int", "double")
            )
        except NotUnderstood as error:
            faults += (Fault(offset + fault.offset, fault.message) for fault in error.faults)
    if stray := _stray(text):
        faults.append(stray)
    if faults:
        raise NotUnderstood(faults)
    return Template(tuple(pieces))


def _split(text: str) -> Iterator[tuple[int, str, str | None]]:
    """Yields words, and expressions with where they begin."""
    end = 0
    for found in _PIECE.finditer(text):
        yield end, text[end : found.start()], None
        doubled, expression, _ = found.groups()
        if expression is not None:
            yield found.start(2), "", expression
        elif doubled:
            yield found.start(), doubled[0], None
        end = found.end()
    yield end, text[end:], None


def _stray(text: str) -> Fault | None:
    stray = next((found for found in _PIECE.finditer(text) if found[3]), None)
    return Fault(stray.start(), f"a single {stray[3]}: write it twice") if stray else None


def _in_words(value: bool | int | float | str) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)
