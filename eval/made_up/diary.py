"""What made-up people leave behind, as the profiler's own facts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from clients.workbench.days import Session, Stretch, meetings_on, sessions_on
from clients.workbench.history import answers_of
from clients.workbench.people import Person
from services.profiler.model import Answer, CalendarEvent, EventKind, Fact, Question, WorkSession

MOST_DAYS = 800
DAYS_AHEAD = 40
SUSTAINED, TOO_LATE = timedelta(minutes=10), timedelta(hours=2)


@dataclass(frozen=True)
class Entry:
    """A local day: what was lived, and what of it was noted."""

    day: date
    zone: str
    sessions: Sequence[Session]
    meetings: Sequence[Stretch]

    @property
    def logged(self) -> Sequence[Session]:
        return [session for session in self.sessions if session.logged]

    def facts(self, sessions: int) -> Iterator[Fact]:
        """Yields the meetings and the first so many sessions that were noted."""
        for meeting in self.meetings:
            yield CalendarEvent(*_span(meeting), self.zone, EventKind.MEETING)
        for one in self.logged[:sessions]:
            yield WorkSession(*_span(one), self.zone, one.score, one.interruptions)

    def waits(self) -> Iterator[float]:
        """Yields the minutes from each meeting's end to work of ten minutes, if that comes within
        two hours and before another meeting."""
        for meeting in self.meetings:
            later = [one for one in self.sessions if one.start >= meeting.end]
            work = next((one for one in later if one.end - one.start >= SUSTAINED), None)
            between = any(meeting.end <= one.start < work.start for one in self.meetings if work)
            if work and not between and work.start - meeting.end <= TOO_LATE:
                yield (work.start - meeting.end) / timedelta(minutes=1)


def _span(stretch: Stretch) -> tuple[int, int]:
    return _seconds(stretch.start), _seconds(stretch.end)


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


@dataclass(frozen=True)
class Diary:
    """A made-up person from their first day on."""

    person: Person
    first: date
    _lived: list[Entry] = field(default_factory=list, repr=False, compare=False)

    @property
    def entries(self) -> Iterator[Entry]:
        """Yields the days with work or meetings, lived as far as somebody looks."""
        for number in range(MOST_DAYS):
            if number == len(self._lived):
                self._lived.append(self._entry(self.first + timedelta(days=number)))
            entry = self._lived[number]
            if entry.sessions or entry.meetings:
                yield entry

    def _entry(self, day: date) -> Entry:
        zone = self.person.on(day).time_zone
        sessions = tuple(sessions_on(self.person, day))
        return Entry(day, zone, sessions, tuple(meetings_on(self.person, day)))

    def after_sessions(self, n: int) -> list[Fact]:
        """Returns what was noted until `n` sessions were."""
        facts: list[Fact] = []
        for entry in self.entries:
            if n <= 0:
                break
            facts += entry.facts(n)
            n -= len(entry.logged)
        return facts

    def after_meetings(self, n: int) -> list[Fact]:
        """Returns what was noted until the day of the `n`th meeting was over."""
        facts: list[Fact] = []
        for entry in self.entries:
            if n <= 0:
                break
            facts += entry.facts(len(entry.sessions))
            n -= len(entry.meetings)
        return facts

    def waits(self, after: date) -> list[float]:
        """Returns the minutes from a meeting's end to the work that really followed it, noted or
        not, for the next meetings from a day on."""
        ahead = islice((entry for entry in self.entries if entry.day > after), DAYS_AHEAD)
        return [wait for entry in ahead for wait in entry.waits()]

    def worst_disruptor(self) -> str:
        """Returns what really breaks the flow more often in the first months, noted or not."""
        lived = list(islice(self.entries, DAYS_AHEAD))
        cuts = sum(one.cut for entry in lived for one in entry.sessions)
        interruptions = sum(one.interruptions for entry in lived for one in entry.sessions)
        return "meetings" if cuts > interruptions else "context-switches"

    def between(self, first: date, end: date) -> list[Fact]:
        """Returns all that was noted from one day on and before another."""
        until = takewhile(lambda entry: entry.day < end, self.entries)
        lived = [entry for entry in until if entry.day >= first]
        return [fact for entry in lived for fact in entry.facts(len(entry.sessions))]

    def answers(self) -> list[Fact]:
        """Returns the answers to the wizard's questions, given on the first day."""
        zone = self.person.time_zone
        at = _seconds(datetime.combine(self.first, time(9), ZoneInfo(zone)))
        said = answers_of(self.person).items()
        return [Answer(at, zone, Question(question), answer) for question, answer in said]
