"""What is remembered of a person: weeks added up, the older the fainter."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter
from typing import NamedTuple

from services.profiler.model import Answer, Question
from services.profiler.weeks import Mark, Week, week_of

HALF_LIFE = timedelta(days=90)
"""Of 14 to 120 days and no forgetting, 60 to 120 predicted the next 60 days of 274 people best."""

REACH = timedelta(weeks=104)
"""What is older than the newest evidence by more than this is forgotten, but where a group of
counts has weights of its own."""

MOST_WEEKS = 104
"""Only so many weeks in which something was seen are looked at, the newest."""

BY_START = attrgetter("start")

Faded = Mapping[str, Mapping[str, float]]


class FadedAnswer(NamedTuple):
    """The newest answer to a question, and how much of its worth is left, from 0 to 1."""

    answer: Answer
    weight: float


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """What a fold looks at: by group what each week counted, the same added up and faded, newest
    evidence, newest answers.

    One is like no other (`eq=False`), so that what is made of it can be kept by it.
    """

    counted: Mapping[str, Sequence[Mapping[str, int]]]
    faded: Faded
    latest: Mapping[str, int]
    answers: Mapping[Question, FadedAnswer]
    zone: str

    def n(self, group: str, key: str) -> int:
        """Returns the exact sum of a key."""
        return sum(keys.get(key, 0) for keys in self.counted.get(group, ()))

    def weight(self, group: str, key: str) -> float:
        return self.faded.get(group, {}).get(key, 0.0)

    def group(self, group: str) -> Mapping[str, float]:
        """Returns the faded sums of a group by key, in the order of the keys."""
        return self.faded.get(group, {})


def weights_of(weeks: Iterable[Week], newest: date | None) -> dict[date, float]:
    """Returns what is left, from 0 to 1, of each week by its Monday, when the newest evidence is of
    that day; without evidence, all. It is weeks that fade: all days of one count alike."""
    until = newest and week_of(newest)
    return {week.start: _left(until - week.start) if until else 1.0 for week in weeks}


def _left(age: timedelta) -> float:
    return 0.0 if age > REACH else min(1.0, 0.5 ** (age / HALF_LIFE))


def newest_evidence(weeks: Iterable[Week]) -> date | None:
    """Returns the newest day on which something was seen; without one, the newest answer's.

    An answer can name any time, even one to come, and must not make all else old.
    """
    newest_first = sorted(weeks, key=BY_START, reverse=True)
    return _newest(newest_first, lambda mark: bool(mark.latest)) or _newest(
        newest_first, lambda mark: bool(mark.answers)
    )


def _newest(newest_first: Iterable[Week], tells: Callable[[Mark], bool]) -> date | None:
    for week in newest_first:
        for day in sorted(week.marks, reverse=True):
            if tells(week.marks[day]):
                return day
    return None


def recent(weeks: Iterable[Week]) -> list[Week]:
    """Returns the weeks that are looked at, oldest first."""
    return sorted(filter(None, weeks), key=BY_START)[-MOST_WEEKS:]


def remember(weeks: Sequence[Week], own: Mapping[str, Mapping[date, float]]) -> Memory:
    """Adds up recent weeks, fading with their age before the newest evidence, not before today.

    `own` are the weights of weeks, by Monday, for groups that fade in their own way.
    """
    weights = weights_of(weeks, newest_evidence(weeks))
    counted: defaultdict[str, list[Mapping[str, int]]] = defaultdict(list)
    faded: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for week in weeks:
        for group, keys in week.counts.items():
            if weight := own.get(group, weights).get(week.start, 0.0):
                counted[group].append(keys)
                _add(faded[group], keys, weight)
    ordered = {group: dict(sorted(keys.items())) for group, keys in faded.items()}
    marked = [(mark, weights[week.start]) for week in weeks for mark in week.marks.values()]
    return Memory(counted, ordered, *_last_words([one for one in marked if one[1]]))


def _last_words(
    marks: Iterable[tuple[Mark, float]],
) -> tuple[Mapping[str, int], Mapping[Question, FadedAnswer], str]:
    answers: dict[Question, FadedAnswer] = {}
    latest: dict[str, int] = {}
    seen: tuple[int, str] = (0, "")
    for mark, weight in marks:
        if mark.seen and mark.seen > seen:
            seen = mark.seen
        for group, at in mark.latest.items():
            if at > latest.get(group, 0):
                latest[group] = at
        for answer in mark.answers:
            _keep_newest(answers, FadedAnswer(answer, weight))
    return latest, answers, seen[1]


def _add(faded: defaultdict[str, float], keys: Mapping[str, int], weight: float) -> None:
    for key, amount in keys.items():
        faded[key] += weight * amount


def _keep_newest(answers: dict[Question, FadedAnswer], answer: FadedAnswer) -> None:
    known = answers.get(answer.answer.question)
    order = (answer.answer.start, answer.answer.text)
    if known is None or (known.answer.start, known.answer.text) < order:
        answers[answer.answer.question] = answer
