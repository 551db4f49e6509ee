"""What the stack hands on, and how it starts a dead part again."""

import io

import pytest

from deploy.local.console import Console
from deploy.local.stack import Guard, without_password
from deploy.local.trouble import CannotRun


class Part:
    """A part that runs until it is told to die, and may refuse to start."""

    def __init__(self) -> None:
        self.alive = True
        self.starts = 0
        self.refuses = False

    def start(self) -> None:
        self.starts += 1
        if self.refuses:
            raise CannotRun("no")
        self.alive = True

    def running(self) -> bool:
        return self.alive

    def stop(self) -> None:
        self.alive = False

    def last_words(self) -> str:
        return "it died"


@pytest.fixture
def part() -> Part:
    return Part()


@pytest.fixture
def guard(part: Part) -> Guard:
    return Guard("part", part, Console(io.StringIO()), started_at=0.0)


@pytest.mark.parametrize(
    ("given", "handed_on"),
    [
        ("postgresql://me:secret@db:5432/pk", "postgresql://db:5432/pk"),
        ("postgresql://me@/pk?host=/run/pg", "postgresql:///pk?host=/run/pg"),
        ("postgresql:///pk?host=/home/a@b", "postgresql:///pk?host=/home/a@b"),
    ],
)
def test_services_get_the_place_without_the_owners_name(given: str, handed_on: str) -> None:
    assert without_password(given) == handed_on


def test_a_part_that_runs_is_left_alone(part: Part, guard: Guard) -> None:
    guard.look(1.0)
    assert part.starts == 0


def test_a_dead_part_is_started_again_after_a_short_pause(part: Part, guard: Guard) -> None:
    part.alive = False
    guard.look(100.0)
    assert part.starts == 0
    guard.look(100.6)
    assert part.starts == 1
    assert part.alive


def test_a_part_that_keeps_dying_is_started_less_and_less_often(part: Part, guard: Guard) -> None:
    part.refuses, part.alive = True, False
    for tenth in range(600):
        guard.look(1.0 + tenth / 10)
    assert 4 <= part.starts <= 8


def test_a_part_that_was_steady_is_started_at_once_again(part: Part, guard: Guard) -> None:
    part.refuses, part.alive = True, False
    for tenth in range(600):
        guard.look(1.0 + tenth / 10)
    part.refuses = False
    while not part.alive:
        guard.look(200.0)
        guard.look(300.0)
    part.alive, starts = False, part.starts
    guard.look(1000.0)
    guard.look(1000.6)
    assert part.starts == starts + 1
