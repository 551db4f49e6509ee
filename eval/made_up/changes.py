"""What becomes of beliefs when a made-up person changes, or goes away for a fortnight."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain, islice

from clients.workbench.families import Family, draw_person
from clients.workbench.lives import moved
from clients.workbench.people import Person, Stay
from clients.workbench.truth import Truth
from eval.believing import Believer
from eval.made_up.diary import Diary
from eval.windows import WIDTH, is_near
from eval.working import each
from services.profiler.model import PeakHours, Traits
from services.profiler.traits import peak_hours

FIRST = date(2026, 3, 2)
MOST_DRAWN = 1000
CHANGED = FIRST + timedelta(days=182)
HOURS = 5
FOLLOWED_WITHIN = 45
DAYS_AFTER = (0, 15, 30, FOLLOWED_WITHIN, 60)
FORTNIGHT = timedelta(days=14)
MOVED, PEAK_MOVED, HOLIDAY = "the day moves", "the peak alone moves", "a fortnight away"


@dataclass(frozen=True)
class Changed:
    """One person and one change: by days after it, whether the belief was right."""

    family: str
    what: str
    right: Mapping[int, bool]
    always_so: bool = True
    """Whether it was right, after as long a time, of the same person who was never otherwise."""


def measure(people: int) -> list[Changed]:
    """Returns what became of so many people of each family by each change."""
    anybody = [(family, seed) for family in Family for seed in range(people)]
    who_can = [(family, seed) for family in Family for seed in islice(movable(family), people)]
    found = each(changed, anybody, "people whose day moves")
    return [*chain.from_iterable(found), *each(peak_moved, who_can, "people whose peak moves")]


def movable(family: Family) -> Iterator[int]:
    """Yields the seeds of people whose peak can move while they still work in it."""
    return (seed for seed in range(MOST_DRAWN) if _within_the_day(_drawn(family, seed)))


def _drawn(family: Family, seed: int) -> Person:
    return draw_person(seed, "Europe/Berlin", family=family)


def changed(family: Family, seed: int) -> list[Changed]:
    """Moves the whole day of one person, and sends them on a holiday."""
    person = _drawn(family, seed)
    whole = moved(person, CHANGED, HOURS)
    return [
        Changed(family, MOVED, _followed(whole), _known(whole)),
        Changed(family, HOLIDAY, {FORTNIGHT.days: _kept(person)}),
    ]


def peak_moved(family: Family, seed: int) -> Changed:
    """Moves the peak of one person, and not their work."""
    other = _within_the_day(_drawn(family, seed))
    assert other is not None
    return Changed(family, PEAK_MOVED, _followed(other), _known(other))


def _within_the_day(person: Person) -> Person | None:
    """Returns the person with their peak moved so that they still work in it, if that can be:
    nobody can tell how sharp somebody is who does not work."""
    for hours in (HOURS, -HOURS):
        other = moved(person, CHANGED, hours, with_the_work=False)
        window = Truth.of(other, CHANGED).best_window
        if person.start_hour <= window <= person.end_hour - WIDTH:
            return other
    return None


def _followed(person: Person) -> Mapping[int, bool]:
    diary, believer, right = Diary(person, FIRST), Believer(), {}
    begin = FIRST
    for days in DAYS_AFTER:
        end = CHANGED + timedelta(days=days)
        window = _window(believer.after(diary.between(begin, end)))
        truth = Truth.of(person, end - timedelta(days=1))
        begin, right[days] = end, is_near(window, truth.best_window)
    return right


def _known(person: Person) -> bool:
    """Tells what would be believed after the first month and a half, of who
    was so from the beginning."""
    always = replace(person, moves=tuple(replace(move, on=FIRST) for move in person.moves))
    end = FIRST + timedelta(days=FOLLOWED_WITHIN)
    window = _window(Believer().after(Diary(always, FIRST).between(FIRST, end)))
    return is_near(window, Truth.of(always, end).best_window)


def _kept(person: Person) -> bool:
    """Tells whether a holiday, and the first three days after it, leave all beliefs in place."""
    back = CHANGED + FORTNIGHT
    away = replace(person, holidays=(Stay(CHANGED, back - timedelta(days=1)),))
    diary, believer = Diary(away, FIRST), Believer()
    before = believer.after(diary.between(FIRST, CHANGED))
    after = believer.after(diary.between(CHANGED, back + timedelta(days=3)))
    return is_near(_window(after), _window(before)) and all(
        name in after and after[name].provisional <= trait.provisional
        for name, trait in before.items()
    )


def _window(traits: Traits) -> int:
    value = traits[peak_hours.NAME].value
    assert isinstance(value, PeakHours)
    return int(value.windows[0].start[:2])


def share_right(found: Sequence[Changed], days: int) -> float:
    """Returns the share of people of whom the belief was right so many days after."""
    return sum(one.right[days] for one in found) / len(found)
