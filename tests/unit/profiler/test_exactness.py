"""The ledger against a slow and obvious reference, in any order and portions: duplicates,
retractions, corrected zones, nights with a change of clocks, overlaps, all-day entries."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from services.profiler.days import Day
from services.profiler.model import (
    CalendarEvent,
    EventKind,
    Fact,
    ObservationId,
    Statement,
    WorkSession,
)
from services.profiler.traits.energy_level import load_of
from tests.unit.profiler import reference
from tests.unit.profiler.test_ledger import ANSWERS, Shelf

HOUR = 3600


def _moment(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


# With whole and half hours of summer time, and offsets of quarters of an hour.
ZONES = st.sampled_from(
    [
        *("Europe/Berlin", "America/New_York", "Australia/Lord_Howe"),
        *("Asia/Kathmandu", "Asia/Tokyo", "UTC"),
    ]
)
# Of these zones, in 2026: the nights on which clocks change, and the turn of the year.
NIGHTS = st.sampled_from(
    [
        *("2026-03-08T07:00", "2026-03-29T01:00", "2026-04-04T15:00", "2026-10-03T15:30"),
        *("2026-10-25T01:00", "2026-11-01T06:00", "2026-12-31T23:00"),
    ]
).map(_moment)
STARTS = st.builds(lambda night, away: night + away, NIGHTS, st.integers(-20 * HOUR, 20 * HOUR))
LENGTHS = st.sampled_from([0, 1, 59 * 60, HOUR, 24 * HOUR]) | st.integers(0, 24 * HOUR)
SESSIONS = st.builds(
    lambda start, length, zone, score: WorkSession(start, start + length, zone, score),
    STARTS,
    LENGTHS,
    ZONES,
    st.none() | st.integers(1, 5),
)
EVENTS = st.builds(
    lambda start, length, zone, kind, all_day: CalendarEvent(
        start, start + length, zone, kind, all_day
    ),
    STARTS,
    LENGTHS | st.just(3 * 24 * HOUR),
    ZONES,
    st.sampled_from(EventKind),
    st.booleans(),
)
FACTS: st.SearchStrategy[Fact] = SESSIONS | EVENTS | ANSWERS


@st.composite
def histories(draw: st.DrawFn) -> list[Statement]:
    """What is said of a person, in order: some facts are taken back, and some of those come again
    as they were, in another zone, or as something else."""
    said: list[Statement] = []
    for number, fact in enumerate(draw(st.lists(FACTS, min_size=1, max_size=6))):
        name = ObservationId(f"o{number}")
        said.append(Statement(0, name, fact))
        for _ in range(draw(st.integers(0, 2))):
            span = draw(st.sampled_from([(fact.start, fact.end, fact.zone), None]))
            said.append(Statement(0, name, None, span))
            if draw(st.booleans()):
                break
            zone = draw(ZONES)
            fact = draw(st.sampled_from([fact, fact._replace(zone=zone)]) | FACTS)
            said.append(Statement(0, name, fact))
    return [one._replace(position=position) for position, one in enumerate(said, start=1)]


@st.composite
def tellings(draw: st.DrawFn) -> tuple[list[Statement], Shelf]:
    """What was said, and a shelf that was told it in any order, portions, and several times."""
    said = draw(histories())
    told = draw(st.permutations([*said, *draw(st.lists(st.sampled_from(said), max_size=4))]))
    shelf = Shelf()
    while told:
        size = draw(st.integers(1, len(told)))
        shelf.enter(told[:size])
        told = told[size:]
    return said, shelf


@given(st.lists(FACTS, min_size=1, max_size=4), st.data())
def test_what_comes_again_at_another_time_lies_there_only(
    facts: list[Fact], data: st.DataObject
) -> None:
    first = [Statement(n, ObservationId(f"o{n}"), fact) for n, fact in enumerate(facts, start=1)]
    moved = data.draw(st.lists(st.tuples(st.sampled_from(first), FACTS), min_size=1, max_size=4))
    again = [
        Statement(100 + n, one.observation_id, fact, again=True)
        for n, (one, fact) in enumerate(moved)
    ]
    shelf = Shelf()
    shelf.enter(first)
    for one in data.draw(st.permutations([*again, *again])):
        shelf.enter([one])
    assert shelf.facts == reference.ledger([*first, *again])
    shelf.enter(first)
    assert shelf.facts == reference.ledger([*first, *again])


@given(tellings())
def test_every_day_knows_what_touched_it(told: tuple[list[Statement], Shelf]) -> None:
    said, shelf = told
    assert shelf.facts == reference.ledger(said)


@given(tellings())
def test_every_hour_has_the_seconds_that_were_worked_in_it(
    told: tuple[list[Statement], Shelf],
) -> None:
    said, shelf = told
    for on, facts in reference.ledger(said).items():
        day = Day.of(on, shelf.days[on])
        worked = {
            name: fact
            for name, fact in facts.items()
            if isinstance(fact, WorkSession) and fact.end > fact.start
        }
        assert {session.observation_id for session in day.sessions} == set(worked)
        for session in day.sessions:
            fact = worked[session.observation_id]
            seconds: Counter[int] = Counter()
            for hour, worked_there in session.hours:
                seconds[hour] += worked_there
            assert seconds == reference.seconds_by_hour(fact, on)
            began, last = (reference.clock(at, fact.zone) for at in (fact.start, fact.end - 1))
            assert session.starts_here == (began.date() == on)
            assert session.ends_here == (last.date() == on)
            assert session.start_minute == began.hour * 60 + began.minute


@given(tellings())
def test_every_week_adds_up_to_what_was_worked(told: tuple[list[Statement], Shelf]) -> None:
    said, shelf = told
    seconds = {
        (start, f"{key[0]}{key[2:]}"): amount
        for start, week in shelf.weeks.items()
        for key, amount in week.counts.get("energy", {}).items()
        if key[1] == "u" and key[2:].isdecimal()
    }
    assert seconds == reference.unrated_seconds(said)


@given(st.lists(EVENTS, max_size=6))
def test_meetings_that_overlap_are_one_and_all_day_entries_are_none(
    events: list[CalendarEvent],
) -> None:
    facts = {ObservationId(f"o{number}"): event for number, event in enumerate(events)}
    day = Day(date(2026, 10, 25), facts)
    spans = [(one.start, one.end) for one in events if reference.is_meeting(one)]
    assert [(one.start, one.end) for one in day.meetings] == reference.groups(spans)
    met = [name for one in day.meetings for name in one.observation_ids]
    assert sorted(met) == sorted(name for name, fact in facts.items() if reference.is_meeting(fact))


@settings(max_examples=30)
@given(st.lists(SESSIONS | EVENTS, max_size=5), STARTS, ZONES)
def test_a_day_counts_no_minute_twice(
    facts: Sequence[WorkSession | CalendarEvent], at: int, zone: str
) -> None:
    shelf = Shelf()
    shelf.enter(
        [Statement(n, ObservationId(f"o{n}"), fact) for n, fact in enumerate(facts, start=1)]
    )
    days = [Day.of(day, entries) for day, entries in sorted(shelf.days.items())]
    load = load_of(days, at, zone)
    sessions = [fact for fact in facts if isinstance(fact, WorkSession)]
    assert load.worked == reference.minutes_until(sessions, at, zone)
    meetings = [fact for fact in facts if reference.is_meeting(fact)]
    assert load.in_meetings == reference.minutes_until(meetings, at, zone)
