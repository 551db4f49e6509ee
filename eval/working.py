"""Lets all processors work at once, and shows how far they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Generic, TypeVar, TypeVarTuple

from rich.console import Console
from rich.progress import track

ArgumentsT = TypeVarTuple("ArgumentsT")
FoundT = TypeVar("FoundT")
SHOWN = Console(stderr=True)


@dataclass(frozen=True)
class _Unpacked(Generic[*ArgumentsT, FoundT]):
    """A function of one tuple: a pool's `starmap` tells nothing until all of it is done."""

    function: Callable[[*ArgumentsT], FoundT]

    def __call__(self, arguments: tuple[*ArgumentsT]) -> FoundT:
        return self.function(*arguments)


def each(
    function: Callable[[*ArgumentsT], FoundT], jobs: Sequence[tuple[*ArgumentsT]], what: str
) -> list[FoundT]:
    """Returns what the function finds for each of the jobs, in their order; `what` is shown."""
    with get_context("spawn").Pool() as pool:
        found = pool.imap(_Unpacked(function), jobs)
        return list(track(found, what, len(jobs), console=SHOWN))
