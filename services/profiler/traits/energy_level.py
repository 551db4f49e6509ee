"""`current_state.energy_level`: how the person is at one moment; computed when it is read."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from services.profiler.days import Day
from services.profiler.localtime import (
    clock_face,
    local_date,
    local_minute,
    pieces,
    stretches,
    zone_named,
)
from services.profiler.model import (
    Answer,
    EnergyLevel,
    EnergyPatterns,
    Evidence,
    Level,
    Question,
    Source,
    Trait,
    Traits,
)
from services.profiler.traits import energy_patterns

NAME = "current_state.energy_level"
METHOD = (
    "The energy curve at this hour, less 0.05 for each hour of work beyond four and each hour of "
    "meetings beyond one today, less 0.1 after two hours without a break; your last answer counts "
    "0.8 when it is given and half as much every 3 hours."
)
HIGH_FROM, LOW_BELOW = 0.66, 0.33
ANSWERED = {"low": 0.2, "medium": 0.5, "high": 0.85}
ANSWER_WEIGHT, ANSWER_HALF_LIFE, ANSWER_LASTS = 0.8, 3 * 3600, 24 * 3600
"""A share, and seconds."""
WORK_FREE_MINUTES, MEETINGS_FREE_MINUTES = 4 * 60, 60
"""Minutes of a day that cost nothing yet."""
COST_OF_AN_HOUR, MOST_COST = 0.05, 0.2
BREAK_MINUTES, LONG_WITHOUT_BREAK, COST_WITHOUT_BREAK = 5, 120, 0.1
"""A rest as long as the shortest break that is ever suggested is a break."""


class Load(NamedTuple):
    """What the day has been so far, in minutes."""

    worked: int
    in_meetings: int
    since_break: int


Span = tuple[int, int]


def energy_level(traits: Traits, days: Sequence[Day], at: int, zone: str) -> Trait | None:
    """Returns the level at a moment, in seconds since 1970.

    `days` are the local days of the moment and of the day before it. None without an energy curve
    or an answer of the last 24 hours.
    """
    curve = traits.get(energy_patterns.NAME)
    answer = _last_answer(days, at)
    if curve is None and answer is None:
        return None
    load = load_of(days, at, zone)
    fresh = ANSWER_WEIGHT * 0.5 ** ((at - answer.start) / ANSWER_HALF_LIFE) if answer else 0.0
    said = ANSWERED[answer.text] if answer else 0.0
    value = said if curve is None else (1 - fresh) * _expected(curve, load, at, zone) + fresh * said
    return _trait(curve, answer, fresh, _level(value, load))


def _expected(curve: Trait, load: Load, at: int, zone: str) -> float:
    assert isinstance(curve.value, EnergyPatterns)  # noqa: S101
    zone_info = zone_named(zone)
    weekend = local_date(at, zone_info).weekday() >= 5
    levels = curve.value.weekend if weekend else curve.value.weekday
    cost = (
        _cost(load.worked - WORK_FREE_MINUTES)
        + _cost(load.in_meetings - MEETINGS_FREE_MINUTES)
        + (COST_WITHOUT_BREAK if load.since_break > LONG_WITHOUT_BREAK else 0.0)
    )
    return max(0.0, levels[local_minute(at, zone_info) // 60] - cost)


def _cost(minutes: int) -> float:
    return min(MOST_COST, COST_OF_AN_HOUR * max(0, minutes) / 60)


def _level(value: float, load: Load) -> EnergyLevel:
    level = Level.HIGH if value >= HIGH_FROM else Level.LOW if value < LOW_BELOW else Level.MEDIUM
    return EnergyLevel(level, round(value, 3), *load)


def _trait(curve: Trait | None, answer: Answer | None, fresh: float, level: EnergyLevel) -> Trait:
    answered = 1 if answer else 0
    if curve is None:
        at = answer.start if answer else 0
        return Trait(level, 0.3, 1, 1.0, round(fresh, 3), fresh < 0.4, Source.ANSWERED, at, "")
    mixed = answer is not None or curve.source is not Source.OBSERVED
    source = Source.ANSWERED if curve.n == 0 else Source.MIXED if mixed else Source.OBSERVED
    return Trait(
        value=level,
        spread=curve.spread,
        n=curve.n + answered,
        effective_n=round(curve.effective_n + fresh, 3),
        confidence=round(max(curve.confidence, fresh), 3),
        provisional=curve.provisional and fresh < 0.4,
        source=source,
        last_evidence=max(curve.last_evidence, answer.start if answer else 0),
        prior_version=curve.prior_version,
    )


def _last_answer(days: Iterable[Day], at: int) -> Answer | None:
    answers = (fact for day in days for _, fact in day.answers)
    recent = [one for one in answers if _is_recent(one, at)]
    return max(recent, key=lambda one: (one.start, one.text), default=None)


def _is_recent(answer: Answer, at: int) -> bool:
    return (
        answer.question is Question.ENERGY_NOW
        and answer.text in ANSWERED
        and 0 <= at - answer.start < ANSWER_LASTS
    )


def load_of(days: Sequence[Day], at: int, zone: str) -> Load:
    """Returns what was worked and met until `at`, on its local day, counting nothing twice."""
    zone_info = zone_named(zone)
    today = local_date(at, zone_info)
    worked = joined((s.fact.start, min(s.fact.end, at)) for day in days for s in day.sessions)
    met = joined((m.start, min(m.end, at)) for day in days for m in day.meetings)
    seconds = [
        sum(
            piece.seconds
            for start, end in spans
            for piece in pieces(stretches(start, end, zone_info))
            if piece.date == today
        )
        for spans in (worked, met)
    ]
    return Load(seconds[0] // 60, seconds[1] // 60, _since_break(worked, at))


def joined(spans: Iterable[Span], gap: int = 0) -> list[Span]:
    """Returns spans that neither overlap nor lie within `gap` seconds, earliest first."""
    whole: list[Span] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if whole and start <= whole[-1][1] + gap:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return whole


def _since_break(worked: Iterable[Span], at: int) -> int:
    runs = joined(worked, gap=BREAK_MINUTES * 60 - 1)
    if not runs or at - runs[-1][1] >= BREAK_MINUTES * 60:
        return 0
    return (at - runs[-1][0]) // 60


def says(days: Iterable[Day], at: int) -> Iterator[Evidence]:
    """Yields what was worked, met and answered on the days before the moment."""
    for day in days:
        for name, fact in day.facts.items():
            if fact.start > at:
                continue
            if isinstance(fact, Answer):
                if fact.question is Question.ENERGY_NOW:
                    yield Evidence(name, fact.start, f"you said: {fact.text}")
                continue
            minutes = (min(fact.end, at) - fact.start) // 60
            began = clock_face(local_minute(fact.start, zone_named(fact.zone)))
            what = "a meeting" if name in _meeting_ids(day) else "work"
            yield Evidence(name, fact.start, f"{minutes} minutes of {what} from {began}")


def _meeting_ids(day: Day) -> set[str]:
    return {name for name, _ in day.meeting_events}
