"""What is given back is memory, and nothing that is still needed."""

import re
import sys
import zlib
from pathlib import Path

import pytest

from services.kit.footprint import give_back_free_memory, let_go_of_programs, programs

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can be asked to")


def resident_programs() -> int:
    """Returns how many kilobytes of programs this process has mapped."""
    programs = re.split(r"\n(?=[0-9a-f]+-[0-9a-f]+ )", Path("/proc/self/smaps").read_text())
    runs = [part for part in programs if " r-xp " in part.partition("\n")[0] and "/" in part]
    return sum(int(size) for part in runs for size in re.findall(r"^Rss: +(\d+)", part, re.M))


def test_programs_that_ran_before_take_no_memory_until_they_run_again() -> None:
    before = resident_programs()
    let_go_of_programs()
    assert resident_programs() < before / 2


def test_what_was_let_go_runs_again() -> None:
    packed = zlib.compress(b"observed" * 1000)
    let_go_of_programs()
    assert zlib.decompress(packed) == b"observed" * 1000


def test_objects_outlive_what_is_given_back() -> None:
    kept = [bytes([number % 256]) * 3000 for number in range(1000)]
    freed = [bytes(3000) for _ in range(1000)]
    del freed
    give_back_free_memory()
    assert all(piece == bytes([number % 256]) * 3000 for number, piece in enumerate(kept))


def test_code_that_was_written_to_is_kept() -> None:
    changed, unchanged, plain = ("400000-401000", "500000-502000", "600000-601000")
    constants, addresses = ("502000-503000", "503000-504000")
    mappings = f"""\
{changed} r-xp 00000000 08:01 123 /usr/lib/patched.so
Rss:                   4 kB
Anonymous:             4 kB
{unchanged} r-xp 00001000 08:01 456 /usr/lib/with a blank.so
Anonymous:             0 kB
AnonHugePages:         0 kB
{constants} r--p 00003000 08:01 456 /usr/lib/with a blank.so
Anonymous:             0 kB
{addresses} r--p 00004000 08:01 456 /usr/lib/with a blank.so
Anonymous:             4 kB
{plain} rw-p 00000000 00:00 0
Anonymous:             0 kB
700000-701000 r-xp 00000000 00:00 0                          [vdso]
Anonymous:             0 kB
"""
    assert list(programs(mappings.splitlines())) == [
        (0x500000, 0x502000),
        (0x502000, 0x503000),
    ]
