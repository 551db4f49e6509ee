"""Memory that a process holds only because it once needed it, given back to the kernel."""

import ctypes
import sys
from collections.abc import Iterator
from pathlib import Path

_MADV_DONTNEED = 4  # asm-generic/mman-common.h
_PROGRAM = "r-xp"


def give_back_free_memory() -> None:
    """Gives whole free pages of the heap back: forked children would write between what they share,
    page by page, and have a copy of each."""
    if sys.platform == "linux":
        # glibc's; another C library may not have it.
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def let_go_of_programs() -> None:
    """Unmaps the pages of programs and libraries that were run until now.

    They stay in the kernel's cache of files, and whatever runs again comes back from there. Only
    Linux can be asked to; elsewhere the pages stay.
    """
    if sys.platform != "linux":
        return
    madvise = ctypes.CDLL(None).madvise
    madvise.argtypes = (ctypes.c_size_t, ctypes.c_size_t, ctypes.c_int)
    for begin, end in _programs(Path("/proc/self/maps").read_text()):
        madvise(begin, end - begin, _MADV_DONTNEED)


def _programs(maps: str) -> Iterator[tuple[int, int]]:
    """Yields where code of files lies: nobody can write there, so that nothing is lost with it."""
    for line in maps.splitlines():
        place, rights, _, _, _, *path = line.split(maxsplit=5)
        if rights == _PROGRAM and path and path[0].startswith("/"):
            begin, _, end = place.partition("-")
            yield int(begin, 16), int(end, 16)
