"""Memory that a process holds only because it once needed it, given back to the kernel."""

import ctypes
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

_MADV_DONTNEED = 4  # asm-generic/mman-common.h
# https://man7.org/linux/man-pages/man5/proc_pid_smaps.5.html
_HEADER = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ \d+ *(.*)")
# Code, and what a file has beside it to be read: of that, loading reads most, and a fork little.
_PROGRAM = ("r-xp", "r--p")
# The loader writes addresses, a debugger to code: then the page is no longer the file's.
_UNCHANGED = ["Anonymous:", "0", "kB"]


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
    # Line by line: whole it would take more than is given back.
    with Path("/proc/self/smaps").open() as mappings:
        for begin, end in programs(mappings):
            madvise(begin, end - begin, _MADV_DONTNEED)


def programs(mappings: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yields where code and constants lie that are as their files have them, so that nothing is
    lost."""
    begin, end, is_program = 0, 0, False
    for line in mappings:
        if header := _HEADER.match(line):
            begin, end = int(header[1], 16), int(header[2], 16)
            is_program = header[3] in _PROGRAM and header[4].startswith("/")
        elif is_program and line.split() == _UNCHANGED:
            yield begin, end
