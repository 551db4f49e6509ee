"""The law of the books: order, repetition and portions make no difference, and taking back is
as if it had never been said."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.profiler.days import NOWHERE, Days, Entries, places
from services.profiler.ledger import Books, Entered, are_current, enter, weeks_from
from services.profiler.model import (
    Answer,
    CalendarEvent,
    EventKind,
    Fact,
    ObservationId,
    Question,
    Statement,
    WorkSession,
)
from services.profiler.traits.prior import SHIPPED
from services.profiler.weeks import Week
from tests.unit.profiler.build import TUESDAY, at, entered, work

ZONES = st.sampled_from(["Asia/Tokyo", "Europe/Berlin", "America/New_York", "UTC"])
# Around the DST nights of October and November 2026.
STARTS = st.integers(at("00:00", date(2026, 10, 20), "UTC"), at("00:00", date(2026, 11, 8), "UTC"))

SESSIONS = st.builds(
    lambda start, length, zone, score, interruptions: WorkSession(
        start, start + length, zone, score, interruptions
    ),
    STARTS,
    st.integers(0, 24 * 3600),
    ZONES,
    st.none() | st.integers(1, 5),
    st.none() | st.integers(0, 30),
)
EVENTS = st.builds(
    lambda start, length, zone, kind, all_day: CalendarEvent(
        start, start + length, zone, kind, all_day
    ),
    STARTS,
    st.integers(0, 3 * 24 * 3600),
    ZONES,
    st.sampled_from(EventKind),
    st.booleans(),
)
QUESTIONS = [
    (Question.USUAL_START, "08:00"),
    (Question.USUAL_START, "10:30"),
    (Question.MOST_PRODUCTIVE, "morning"),
    (Question.MOST_PRODUCTIVE, "varies"),
    (Question.FOCUS_LENGTH, "30min"),
    (Question.FOCUS_LENGTH, "2hr+"),
    (Question.FLOW_DISRUPTOR, "slack"),
    (Question.ENERGY_NOW, "low"),
    (Question.TIME_ZONE, "Asia/Tokyo"),
    (Question.TIME_ZONE, "Europe/Berlin"),
]
ANSWERS = st.builds(
    lambda start, zone, asked: Answer(start, zone, *asked),
    STARTS,
    ZONES,
    st.sampled_from(QUESTIONS),
)
FACTS: st.SearchStrategy[Fact] = SESSIONS | EVENTS | ANSWERS


@st.composite
def histories(draw: st.DrawFn) -> list[Statement]:
    """What is said of a person: each observation is recorded, some are retracted, some of those
    recorded again; a retraction may have forgotten where its observation lay."""
    said: list[Statement] = []
    for number, fact in enumerate(draw(st.lists(FACTS, max_size=8))):
        name = ObservationId(f"o{number}")
        for again in range(draw(st.integers(1, 3))):
            fact = draw(FACTS) if again else fact
            span = draw(st.sampled_from([(fact.start, fact.end, fact.zone), None]))
            said.append(Statement(0, name, fact))
            if again < 2 and draw(st.booleans()):
                said.append(Statement(0, name, None, span))
            else:
                break
    return [one._replace(position=position) for position, one in enumerate(said, start=1)]


class Shelf:
    """Keeps books as a store does, and opens what a store opens."""

    def __init__(self) -> None:
        self.days: dict[date, Entries] = {}
        self.weeks: dict[date, Week] = {}

    def enter(self, said: Sequence[Statement]) -> Entered:
        entered = enter(Books(self._open(said), self.weeks), said, SHIPPED)
        self.days |= entered.days
        self.weeks |= entered.weeks
        self.weeks = {start: week for start, week in self.weeks.items() if week}
        return entered

    def _open(self, said: Sequence[Statement]) -> Days:
        named = {day for one in said for day in places(one)} | {NOWHERE}
        gone = {one.observation_id for one in said if one.fact is None or one.again}
        return {
            day: entries
            for day, entries in self.days.items()
            if day in named or gone & set(entries)
        }

    @property
    def facts(self) -> dict[date, dict[ObservationId, Fact]]:
        """What the days know, without the traces of what was taken back."""
        alive = {
            day: {name: entry.fact for name, entry in entries.items() if entry.fact}
            for day, entries in self.days.items()
        }
        return {day: facts for day, facts in alive.items() if facts}


def survivors(said: Sequence[Statement]) -> list[Statement]:
    """Returns what still stands: of each observation the last word, if that is a fact."""
    last = {one.observation_id: one for one in said}
    return [one for one in last.values() if one.fact is not None]


def shelf_of(said: Sequence[Statement]) -> tuple[Shelf, Entered]:
    shelf = Shelf()
    return shelf, shelf.enter(said)


@given(histories(), st.data())
def test_order_repetition_and_portions_make_no_difference(
    said: list[Statement], data: st.DataObject
) -> None:
    expected, believed = shelf_of(said)
    told = data.draw(
        st.permutations([*said, *data.draw(st.lists(st.sampled_from(said)))])
        if said
        else st.just([])
    )
    shelf, last = Shelf(), enter(Books({}, {}), [], SHIPPED)
    while told:
        size = data.draw(st.integers(1, len(told)))
        last, told = shelf.enter(told[:size]), told[size:]
    assert shelf.facts == expected.facts
    assert shelf.weeks == expected.weeks
    assert last.belief == believed.belief


@given(histories())
def test_what_was_taken_back_was_never_there(said: list[Statement]) -> None:
    shelf, entered = shelf_of(said)
    never, believed = shelf_of(survivors(said))
    assert shelf.facts == never.facts
    assert shelf.weeks == never.weeks
    assert entered.belief == believed.belief


@given(histories())
def test_weeks_are_what_whole_days_add_up_to(said: list[Statement]) -> None:
    shelf = Shelf()
    for one in said:
        shelf.enter([one])
    assert shelf.weeks == weeks_from(shelf.days)


def test_a_retraction_that_comes_first_waits_for_its_observation() -> None:
    name = ObservationId("o1")
    shelf = Shelf()
    shelf.enter([Statement(2, name, None)])
    assert NOWHERE in shelf.days
    entered = shelf.enter([Statement(1, name, work("09:00", 60))])
    assert entered.belief.traits == {}
    assert shelf.weeks == {}


def test_a_session_over_midnight_belongs_to_both_days_and_is_counted_once() -> None:
    entry = entered(work("23:00", 120, 4))
    assert sorted(entry.days) == [TUESDAY, TUESDAY + timedelta(days=1)]
    (week,) = entry.weeks.values()
    assert week.counts["energy"] == {
        "dr23": 4**3 * 3600,
        "dr0": 4**3 * 3600,
        "t7": 3600,
        "t0": 3600,
        "drn": 1,
        "dscore": 4,
    }
    assert week.counts["focus"] == {"ee120": 1, "ne": 1}


def test_a_session_over_sunday_midnight_belongs_to_both_weeks() -> None:
    entry = entered(work("23:30", 60, day=date(2026, 11, 22)))
    first, second = (entry.weeks[start] for start in sorted(entry.weeks))
    assert first.counts["energy"] == {"eu23": 1800}
    assert second.counts["energy"] == {"du0": 1800, "dun": 1}


def test_weeks_of_an_older_format_are_told_from_present_ones() -> None:
    (week,) = entered(work("09:00", 60)).weeks.values()
    assert are_current([week])
    assert not are_current([week, replace(week, format=0)])


def test_the_zone_is_where_the_person_was_last_seen() -> None:
    belief = entered(
        work("09:00", 60),
        work("09:00", 60, day=TUESDAY + timedelta(days=3), zone="Europe/Berlin"),
        CalendarEvent(
            at("09:00", date(2027, 1, 5)),
            at("10:00", date(2027, 1, 5)),
            "America/New_York",
            EventKind.MEETING,
        ),
    ).belief
    assert belief.zone == "Europe/Berlin"


def test_who_names_a_new_zone_is_there_from_then_on() -> None:
    moved = Answer(at("12:00"), "Asia/Tokyo", Question.TIME_ZONE, "Europe/Berlin")
    assert entered(work("09:00", 60), moved).belief.zone == "Europe/Berlin"
