"""Verdicts on suggestions, and the rule by which they move the weights of the next ones."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import NewType
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

PersonId = NewType("PersonId", str)

# Namespace of the ids derived here; drawn once at random.
FEEDBACK_NAMESPACE = UUID("7c1f4d0a-3b52-4c7e-9a55-0d6be2f1a8c3")

# The plan's numbers, phase 6.
REFUSALS_TO_LOWER = 5
REFUSAL_WINDOW = timedelta(days=7)
LOWERING = 0.8
RAISING = 1.1
SMALLEST_SHARE = 0.5
LARGEST_SHARE = 2.0
DAILY_LIMIT = 10

NEWCOMERS_WEIGHT = 1.0
WEEKS_ANALYSED = 26
RECENT_REFUSALS = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suggestion as its signed id describes it: all that a verdict needs to know.

    `ordinal` tells apart the suggestions of one persona; `at` is the moment it was made for.
    """

    suggestion_id: str
    persona_id: UUID
    ordinal: int
    suggestion_type: str
    trait: str
    at: datetime
    zone: ZoneInfo

    def feedback_id(self, person_id: PersonId) -> UUID:
        """Returns the id of the person's one verdict on it, so that the key alone forbids a second.

        From what the suggestion is, not from how its id is written.
        """
        return uuid5(FEEDBACK_NAMESPACE, f"{person_id}\n{self.persona_id}\n{self.ordinal}")


@dataclass(frozen=True, slots=True)
class Feedback:
    """A verdict; `weight` is the one its trait has had since, `zone` the person's at that time."""

    feedback_id: UUID
    person_id: PersonId
    persona_id: UUID
    suggestion_id: str
    suggestion_type: str
    helpful: bool
    trait: str
    weight: float
    created_at: datetime
    zone: str
    part_of_day: str
    request_id: str = ""

    @property
    def local_at(self) -> datetime:
        """The person's clock when it was given."""
        return self.created_at.astimezone(ZoneInfo(self.zone))


@dataclass(frozen=True, slots=True)
class Refusal:
    """A "not helpful"."""

    suggestion_type: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TraitWeight:
    """How much a suggestion type counts for a person by the trait it leans on first.

    `refused_at` holds the "not helpful" that have not lowered a weight yet: at most four that are
    younger than the window.
    """

    suggestion_type: str
    trait: str
    weight: float = NEWCOMERS_WEIGHT
    original: float = NEWCOMERS_WEIGHT
    refused_at: tuple[datetime, ...] = ()
    updated_at: datetime | None = None

    def scaled(self, factor: float) -> "TraitWeight":
        """Returns it multiplied and kept from 0.5 to 2 times its original.

        Rounded to six places, so that 0.8 times 0.8 reads 0.64.
        """
        smallest, largest = SMALLEST_SHARE * self.original, LARGEST_SHARE * self.original
        return replace(self, weight=min(max(round(self.weight * factor, 6), smallest), largest))


@dataclass(frozen=True, slots=True)
class Standing:
    """A weight, and how many "not helpful" of its type count towards lowering it."""

    weight: TraitWeight
    refusals: int


def judged(
    of_type: Sequence[TraitWeight], new: TraitWeight, helpful: bool, at: datetime
) -> tuple[TraitWeight, ...]:
    """Returns the weights of one suggestion type after a verdict, that of its trait first.

    `of_type` are the person's weights of that type so far, one a trait; `new` is what the trait
    of the judged suggestion starts with if it is not among them.

    "+10 %" and "-20 %" are of the weight as it stands: helpful times 1.1, at most 2 times the
    original; the fifth "not helpful" of the type within 7 days times 0.8, at least 0.5 times the
    original (1, 0.8, 0.64, 0.512, 0.5), and the count starts over. A "helpful" does not touch the
    count. This reading, with one verdict a day for four weeks, gives a mean of 1.59 at 40 %
    helpful, 1.86 at 50 % and 2.0 at 90 %, where 1.6, 1.85 and 2.0 are asked for; with a count
    that "helpful" resets it would be 1.84 and 1.96.
    """
    mine = next((weight for weight in of_type if weight.trait == new.trait), new)
    others = [weight for weight in of_type if weight.trait != mine.trait]
    mine = replace(mine, updated_at=at)
    if helpful:
        return (mine.scaled(RAISING), *others)
    if unanswered_refusals([mine, *others], at) + 1 < REFUSALS_TO_LOWER:
        recent = (*_within_window(mine.refused_at, at), at)
        return (replace(mine, refused_at=recent), *others)
    lowered = replace(mine.scaled(LOWERING), refused_at=())
    return (lowered, *(replace(other, refused_at=()) for other in others))


def unanswered_refusals(of_type: Iterable[TraitWeight], at: datetime) -> int:
    """Counts a type's "not helpful" of the 7 days before `at` that have not lowered a weight."""
    return sum(len(_within_window(weight.refused_at, at)) for weight in of_type)


def standings(weights: Iterable[TraitWeight], at: datetime) -> tuple[Standing, ...]:
    """Returns each weight with its type's count, by type and trait."""
    by_type: dict[str, list[TraitWeight]] = {}
    for weight in sorted(weights, key=lambda weight: (weight.suggestion_type, weight.trait)):
        by_type.setdefault(weight.suggestion_type, []).append(weight)
    return tuple(
        Standing(weight, unanswered_refusals(of_type, at))
        for of_type in by_type.values()
        for weight in of_type
    )


def _within_window(moments: Iterable[datetime], at: datetime) -> list[datetime]:
    return [moment for moment in moments if at - moment < REFUSAL_WINDOW]


def part_of_day(local: datetime) -> str:
    """Names the part of the local day: from 5 morning, 12 afternoon, 17 evening, 22 night."""
    if local.hour < 5 or local.hour >= 22:
        return "night"
    if local.hour < 12:
        return "morning"
    return "afternoon" if local.hour < 17 else "evening"


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """Returns the date on a wall in the zone."""
    return at.astimezone(zone).date()


def next_local_midnight(at: datetime, zone: ZoneInfo) -> datetime:
    """Returns the instant, in UTC, at which the next local day begins.

    Where the clocks skip midnight, that is the moment of the change: `fold=0` in the gap.
    """
    tomorrow = local_day(at, zone) + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Tally:
    """Verdicts that share a type, a part of the day and a week (its Monday, None if long ago)."""

    suggestion_type: str
    part_of_day: str
    week: date | None
    helpful: int
    not_helpful: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many verdicts, and how many of each."""

    helpful: int = 0
    not_helpful: int = 0

    @property
    def total(self) -> int:
        return self.helpful + self.not_helpful

    @property
    def helpful_rate(self) -> float | None:
        """From 0 to 1; None without verdicts."""
        return self.helpful / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Analytics:
    """A person's verdicts summed up; weeks are named as ISO 8601 does, such as 2026-W47."""

    totals: Counts
    by_suggestion_type: dict[str, Counts]
    by_part_of_day: dict[str, Counts]
    by_week: dict[str, Counts]
    weights: tuple[Standing, ...]


def summed(tallies: Sequence[Tally], weights: tuple[Standing, ...]) -> Analytics:
    """Sums tallies up, over all and along each of their three directions."""
    return Analytics(
        totals=_sums(tallies, lambda tally: "").get("", Counts()),
        by_suggestion_type=_sums(tallies, lambda tally: tally.suggestion_type),
        by_part_of_day=_sums(tallies, lambda tally: tally.part_of_day),
        by_week=_sums(tallies, lambda tally: iso_week(tally.week) if tally.week else None),
        weights=weights,
    )


def _sums(tallies: Iterable[Tally], key: Callable[[Tally], str | None]) -> dict[str, Counts]:
    sums: dict[str, Counts] = {}
    for tally in tallies:
        name = key(tally)
        if name is None:
            continue
        so_far = sums.get(name, Counts())
        sums[name] = Counts(so_far.helpful + tally.helpful, so_far.not_helpful + tally.not_helpful)
    return dict(sorted(sums.items()))


def iso_week(day: date) -> str:
    """Names the ISO week of a date, such as 2026-W47."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def first_week_analysed(today: date) -> date:
    """Returns the Monday with which the weeks in analytics begin."""
    return today - timedelta(days=today.weekday(), weeks=WEEKS_ANALYSED - 1)
