"""Lets made-up people live, and judges what is believed of them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import chain

from clients.workbench.families import Family, draw_person
from clients.workbench.lives import with_changes, with_cuts
from clients.workbench.people import Person
from clients.workbench.truth import Truth
from eval.believing import traits_after
from eval.made_up.diary import Diary
from eval.made_up.judging import (
    NEAR_TOLD,
    Judged,
    Lived,
    after_meetings,
    after_sessions,
    near_told,
)
from eval.working import each
from services.profiler.model import Fact

SIZES = (5, 10, 20, 50, 100, 300)
NOTHING = 0
"""Observations, where there is an answer alone."""
CUT = 1 / 3
"""The share of the sessions that meetings cut short."""
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Sydney")
FIRST = date(2026, 3, 2)
DAYS = 400


def measure(people: int) -> list[Judged]:
    """Returns all judgements of so many people of each family."""
    jobs = [(family, seed) for family in Family for seed in range(people)]
    return list(chain.from_iterable(each(judged, jobs, "made-up people")))


def judged(family: Family, seed: int) -> list[Judged]:
    """Judges one person after each number of observations."""
    return list(_judged(family, seed))


def live(family: Family, seed: int) -> Person:
    """Draws somebody of whose sessions a third is cut, and who drifts, travels and rests."""
    person = draw_person(seed, ZONES[seed % len(ZONES)], family=family)
    return with_changes(with_cuts(person, CUT), FIRST, DAYS)


def _judged(family: Family, seed: int) -> Iterator[Judged]:
    diary = Diary(live(family, seed), FIRST)
    answers, worst = diary.answers(), diary.worst_disruptor()
    said = traits_after(answers)
    for n in SIZES:
        noted = diary.after_sessions(n)
        truth = _truth(diary.person, noted)
        lived = Lived(family, diary.person, noted, answers, said, truth, worst)
        for judgement in after_sessions(lived):
            yield Judged(family, seed, judgement[0], n, *judgement[1:])
        if n == SIZES[0]:
            yield Judged(family, seed, NEAR_TOLD, NOTHING, *near_told(said, said, truth)[1:])
        noted = diary.after_meetings(n)
        truth, following = _truth(diary.person, noted), diary.waits(_last_day(noted))
        for judgement in after_meetings(noted, truth, following):
            yield Judged(family, seed, judgement[0], n, *judgement[1:])


def _truth(person: Person, noted: Sequence[Fact]) -> Truth:
    """Returns what is true at the end, at home."""
    return Truth.of(replace(person, trips=()), _last_day(noted))


def _last_day(noted: Sequence[Fact]) -> date:
    return datetime.fromtimestamp(max(fact.start for fact in noted), UTC).date()
