"""What could be observed on the days to come."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.profiler.localtime import moment_of, zone_named
from services.profiler.model import (
    Answer,
    CalendarEvent,
    EventKind,
    Fact,
    Question,
    Trait,
    WorkSession,
)
from services.profiler.weeks import week_of

MOST = 32
"""How many observations are tried at most; more than seven weeks of them are no advice."""
SESSION_MINUTES, MEETING_MINUTES = 50, 30


@dataclass(frozen=True, slots=True)
class Idea:
    """What could be observed so many times, what it is to bring about, and how that is told.

    More of it is not to bring it about less.
    """

    facts: Callable[[int], Sequence[Fact]]
    works: Callable[[Trait], bool]
    says: Callable[[int, Trait], str]
    most: int = MOST


@dataclass(frozen=True, slots=True)
class Stage:
    """Where and when trials take place: on the weekdays after `today`, in a zone."""

    zone: str
    today: date

    @property
    def days(self) -> list[date]:
        """Returns all days on which anything is tried."""
        last = self.weekday(MOST - 1)
        return [self.today + timedelta(days=n) for n in range(1, (last - self.today).days + 2)]

    def weekday(self, number: int) -> date:
        """Returns the first weekday to come (0), or a later one."""
        tomorrow = self.today + timedelta(days=1)
        weeks, day = divmod(min(tomorrow.weekday(), 5) + number, 5)
        return week_of(tomorrow) + timedelta(weeks=weeks, days=day)

    def work(
        self,
        number: int,
        minute: int,
        minutes: int = SESSION_MINUTES,
        score: int | None = None,
        interruptions: int | None = None,
    ) -> WorkSession:
        """Returns work from that minute of the day on."""
        start = moment_of(self.weekday(number), minute, zone_named(self.zone))
        return WorkSession(start, start + minutes * 60, self.zone, score, interruptions)

    def meeting(self, number: int, minute: int) -> CalendarEvent:
        """Returns a meeting from that minute of the day on."""
        start = moment_of(self.weekday(number), minute, zone_named(self.zone))
        return CalendarEvent(start, start + MEETING_MINUTES * 60, self.zone, EventKind.MEETING)

    def answer(self, question: Question, text: str) -> Answer:
        """Returns an answer given on the first weekday to come."""
        at = moment_of(self.weekday(0), 8 * 60, zone_named(self.zone))
        return Answer(at, self.zone, question, text)


def answered(
    fact: Answer, worth: str, works: Callable[[Trait], bool], says: Callable[[Trait], str]
) -> Idea:
    """Returns the idea that the person answers a question."""
    cause = f"the answer `{fact.text}` to `{fact.question.value}`, worth {worth},"
    return Idea(lambda _: [fact], works, lambda _, trait: f"{cause} {says(trait)}", 1)


def repeated(
    cause: Callable[[int], str],
    facts: Callable[[int], Sequence[Fact]],
    works: Callable[[Trait], bool],
    says: Callable[[Trait], str],
) -> Idea:
    """Returns the idea that the same is observed on several weekdays, `facts` on each."""
    return Idea(
        lambda times: [fact for number in range(times) for fact in facts(number)],
        works,
        lambda times, trait: f"{cause(times)}{_daily(times)} {says(trait)}",
    )


def _daily(times: int) -> str:
    return ", one a weekday," if times > 1 else ""
