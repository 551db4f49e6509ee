"""Says in few words what CEL finds wrong with an expression, and where."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

DEEPEST: Final = 32

_ERROR: Final = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)")
_UNKNOWN: Final = re.compile(r"undeclared reference to '(.*)' \(in container")
_OVERLOAD: Final = re.compile(r"found no matching overload for '(.*)' applied to '\((.*)\)'")
_UNEXPECTED: Final = re.compile(r"Syntax error: (?:mismatched|extraneous) input '(.*)' expecting")
_UNREADABLE: Final = re.compile(r"Syntax error: token recognition error at: '(.*)'")
_WHOLE: Final = re.compile(r"expression of type '(.*)' cannot be the operand")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an expression, and at which character of it."""

    offset: int
    message: str


def faults_in(text: str, error: str, known: Collection[str]) -> Iterator[Fault]:
    """Yields the faults that CEL's error names; `known` are the names that there are."""
    if "recursion" in error:
        yield Fault(0, f"this is nested too deeply: at most {DEEPEST} operations within each other")
        return
    found = _ERROR.findall(error)
    for line, column, words in found:
        if int(line) > 0:
            yield Fault(_offset(text, int(line), int(column)), _in_words(words, known))
    if not any(int(line) > 0 for line, _, _ in found):
        yield Fault(0, error.partition(": ")[2].partition(" [")[0] or error)


def _offset(text: str, line: int, column: int) -> int:
    before = text.split("\n")[: line - 1]
    return min(len(text), sum(len(one) + 1 for one in before) + column - 1)


def _in_words(words: str, known: Collection[str]) -> str:
    if found := _UNKNOWN.search(words):
        return _unknown(found[1], known)
    if found := _OVERLOAD.search(words):
        return _mismatch(found[1], found[2])
    if found := _UNEXPECTED.search(words):
        at_end = found[1] == "<EOF>"
        return "something is missing at the end" if at_end else f"'{found[1]}' is unexpected"
    if found := _UNREADABLE.search(words):
        return f"{found[1]} is unexpected"
    if found := _WHOLE.search(words):
        return f"this is {found[1]}, which has no parts"
    return words


def _unknown(name: str, known: Collection[str]) -> str:
    return f"there is no '{name[:80]}'{meant(name, known)}"


def meant(name: str, known: Collection[str]) -> str:
    """The known name that is most like it, as a question; empty if none is."""
    near = get_close_matches(name[:80], known, 1)
    return f"; is it '{near[0]}'?" if near else ""


def _mismatch(operation: str, kinds: str) -> str:
    name = operation.strip("_@").replace("_", " ") or operation
    hint = ""
    if {"int", "double"} <= set(kinds.split(", ")):
        hint = ": write 1.0 for 1, or double(...)"
    return f"'{name}' does not take {' and '.join(kinds.split(', '))}{hint}"
