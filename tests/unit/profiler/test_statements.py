"""What ingest publishes is read with care: a task that makes no sense says so and nothing else."""

import json
from contextlib import suppress
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profiler.days import Entry
from services.profiler.documents import (
    marks_to_json,
    pack_entries,
    to_text,
    traits_from_json,
    traits_to_text,
    unpack_entries,
    week_from_json,
)
from services.profiler.model import (
    Answer,
    CalendarEvent,
    EventKind,
    ObservationId,
    Question,
    Statement,
    Task,
    WorkSession,
)
from services.profiler.statements import PROCESS, RETRACT, Unreadable, read
from tests.unit.profiler.build import answer, entered, meeting, work

NAME = ObservationId("018f0000-0000-7000-8000-000000000001")
SPAN = {"start": 1763337600, "end": 1763343000, "zone": "Asia/Tokyo"}
SESSION = {"observation_id": NAME, "kind": "work_session", **SPAN}


def task(payload: dict[str, object], task_type: str = PROCESS) -> Task:
    return Task(UUID(int=1), 7, task_type, payload, 1)


def test_what_may_have_lain_elsewhere_before_says_so() -> None:
    assert read(task({**SESSION, "again": True})).again
    assert not read(task(SESSION)).again


@pytest.mark.parametrize(
    ("payload", "fact"),
    [
        (
            {**SESSION, "score": 4, "interruptions": 0},
            WorkSession(1763337600, 1763343000, "Asia/Tokyo", 4, 0),
        ),
        (SESSION, WorkSession(1763337600, 1763343000, "Asia/Tokyo")),
        (
            {**SESSION, "kind": "calendar_event", "event": "other", "all_day": True},
            CalendarEvent(1763337600, 1763343000, "Asia/Tokyo", EventKind.OTHER, True),
        ),
        (
            {**SESSION, "kind": "user_input", "question": "energy_now", "answer": "low"},
            Answer(1763337600, "Asia/Tokyo", Question.ENERGY_NOW, "low"),
        ),
    ],
)
def test_a_task_says_what_was_observed(payload: dict[str, object], fact: object) -> None:
    assert read(task(payload)) == Statement(7, NAME, fact)  # type: ignore[arg-type]


def test_a_retraction_may_know_where_its_observation_lay() -> None:
    assert read(task({"observation_id": NAME}, RETRACT)) == Statement(7, NAME, None)
    known = read(task({"observation_id": NAME, **SPAN}, RETRACT))
    assert known.span == (1763337600, 1763343000, "Asia/Tokyo")


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {**SESSION, "observation_id": ""},
        {**SESSION, "kind": "dream"},
        {**SESSION, "zone": "Mars/Olympus"},
        {**SESSION, "start": "now"},
        {**SESSION, "start": True},
        {**SESSION, "start": -1},
        {**SESSION, "end": 1763337599},
        {**SESSION, "end": 1763337600 + 100_000},
        {**SESSION, "end": 10**30},
        {**SESSION, "score": "four"},
        {**SESSION, "interruptions": -1},
        {**SESSION, "kind": "calendar_event", "event": "party"},
        {**SESSION, "kind": "user_input", "question": "why", "answer": "because"},
        {**SESSION, "kind": "user_input", "question": "time_zone", "answer": "Mars/Olympus"},
    ],
)
def test_a_task_that_makes_no_sense_is_unreadable(payload: dict[str, object]) -> None:
    with pytest.raises(Unreadable):
        read(task(payload))


def test_an_unknown_type_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        read(task(SESSION, "make_coffee"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            name: JSON | st.just(value)
            for name, value in {
                **SESSION,
                "event": "meeting",
                "question": "usual_start",
                "answer": "x",
                "score": 1,
            }.items()
        },
    ),
    st.sampled_from([PROCESS, RETRACT, "other"]),
)
def test_whatever_a_task_holds_it_is_read_or_unreadable(
    payload: dict[str, object], task_type: str
) -> None:
    with suppress(Unreadable):
        read(task(payload, task_type))


def test_what_is_kept_comes_back_as_it_was() -> None:
    facts = (
        work("09:00", 90, 4, 0),
        work("13:00", 50),
        meeting("10:30", 30),
        meeting("00:00", 600, all_day=True),
        answer(Question.USUAL_START, "09:00"),
    )
    known = entered(*facts)
    for entries in known.days.values():
        with_retraction = {**entries, ObservationId("gone"): Entry(9, None)}
        assert unpack_entries(pack_entries(with_retraction)) == with_retraction
    for week in known.weeks.values():
        counts, marks = json.loads(to_text(week.counts)), json.loads(to_text(marks_to_json(week)))
        assert week_from_json(week.start, week.format, counts, marks) == week
    assert traits_from_json(json.loads(traits_to_text(known.belief.traits))) == known.belief.traits
