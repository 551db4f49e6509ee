"""The books of a person: statements go into days, days into weeks, weeks into beliefs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.profiler.counting import Change
from services.profiler.days import NOWHERE, Day, Days, Entries, merge
from services.profiler.model import Statement
from services.profiler.traits import Belief, fold
from services.profiler.traits.prior import Prior
from services.profiler.weeks import FORMAT, UNMARKED, Week, empty_week, week_of

Weeks = Mapping[date, Week]


@dataclass(frozen=True, slots=True)
class Books:
    """What is written down of a person, as far as it was opened.

    `weeks` holds the newest that a fold looks at and those of the opened days, by Monday. They are
    `rebuilt` if they were just made again from days and are not written down like that.
    """

    days: Days
    weeks: Weeks
    rebuilt: bool = False


@dataclass(frozen=True, slots=True)
class Entered:
    """The days and weeks that statements changed, and what is believed then."""

    days: Mapping[date, Entries]
    weeks: Weeks
    belief: Belief


def enter(books: Books, statements: Sequence[Statement], prior: Prior) -> Entered:
    """Enters statements into the books; the books themselves stay as they are."""
    days = merge(books.days, statements)
    changed = changed_weeks(books, days)
    return Entered(days, changed, fold(list({**books.weeks, **changed}.values()), prior))


def changed_weeks(books: Books, days: Days) -> dict[date, Week]:
    """Returns the weeks as they are when these days have changed."""
    together: defaultdict[date, list[date]] = defaultdict(list)
    for day in days.keys() - {NOWHERE}:
        together[week_of(day)].append(day)
    return {
        start: _changed(books.weeks.get(start) or empty_week(start), those, books.days, days)
        for start, those in sorted(together.items())
    }


def _changed(week: Week, these: Iterable[date], before: Days, after: Days) -> Week:
    change = Change()
    marks = {}
    for day in these:
        now = Day.of(day, after[day])
        was = now.before(before[day]) if day in before else None
        marks[day] = change.of(was, now, week.marks.get(day, UNMARKED))
    return week.changed(change.gone, change.come, marks)


def are_current(weeks: Iterable[Week]) -> bool:
    """Tells whether weeks are of the present format; if not, make them again from days."""
    return all(week.format == FORMAT for week in weeks)


def weeks_from(days: Days) -> dict[date, Week]:
    """Makes the weeks that whole days add up to."""
    weeks = changed_weeks(Books({}, {}), days)
    return {start: week for start, week in weeks.items() if week}
