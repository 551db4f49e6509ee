"""What the rules look at: the person's beliefs, read for one moment of one day."""

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from statistics import NormalDist, median
from zoneinfo import ZoneInfo

from services.persona.mappers.daily_work_optimizer.curve import Curve, rank
from services.persona.mappers.daily_work_optimizer.day import WorkingDay, working_day
from services.persona.model import (
    Calendar,
    EnergyLevel,
    EnergyPatterns,
    FocusDuration,
    MeetingRecovery,
    Mindscape,
    PeakHours,
    Quantiles,
    Situation,
    Told,
    Verdicts,
    Window,
)

MINUTE = timedelta(minutes=1)
# Until focus is known, as the middle answer of the first questions ("1hr") would have it.
FALLBACK_FOCUS = Quantiles(45, 60, 90)
# In best hours three quarters of the sessions would fit, unless a few very long ones stretch them.
LONGEST_BLOCK = 1.5
# Less than this part of the usual focus is over before it has begun.
WORTHWHILE = 0.65
# Nobody plans a block shorter than this, however short the sessions that a tracker saw.
SHORTEST_BLOCK = 15
# The last part of the day, in which it may well be over already: nothing is begun that reaches
# into it but its end.
CLOSING = timedelta(minutes=30)
# Hard work belongs where energy is higher than in half of the working day, with a margin (among
# made-up people, ranks were off by .23 in the first week and by .15 in the fourth) and surely so.
GOOD_ENOUGH, SURE_ENOUGH = 0.7, 0.75
# Of a newcomer nothing is sure, and silence teaches nothing: likely is enough before so many
# sessions.
NEWCOMER_BELOW = 5
# How far a level is off against the middle of its day, in levels of the best hour, after n
# sessions: 2 / sqrt(n + 10), as seen among made-up people. What was believed before is worth ten
# sessions; more than a hundred were not measured, and habits drift.
OFF_BY, PRIOR_WORTH, MOST_SESSIONS = 2.0, 10, 100
# As the profiler calls a level.
LOW_BELOW, HIGH_FROM = 0.33, 0.66


@dataclass(frozen=True)
class Moment:
    """One moment of a person's day. `at` is UTC; ranks compare with the day's own levels."""

    mindscape: Mindscape
    at: datetime
    zone: ZoneInfo
    calendar: Calendar
    verdicts: Verdicts
    curve: Curve
    day: WorkingDay | None
    told: tuple[Told, ...] = ()

    @classmethod
    def of(cls, mindscape: Mindscape, situation: Situation) -> "Moment":
        """Reads a mindscape for a situation."""
        zone = ZoneInfo(situation.zone)
        curve = Curve.of(mindscape, zone)
        return cls(
            mindscape=mindscape,
            at=situation.at,
            zone=zone,
            calendar=Calendar(situation.commitments),
            verdicts=situation.verdicts,
            curve=curve,
            day=working_day(mindscape, curve, situation.at),
            told=situation.told,
        )

    def when(self, at: datetime) -> "Moment":
        """Another moment of the same day, as far as it can be seen from this one."""
        return replace(self, at=at)

    @cached_property
    def local(self) -> datetime:
        """The person's wall clock."""
        return self.at.astimezone(self.zone)

    @cached_property
    def working(self) -> bool:
        """Whether it is working hours."""
        return self.day is not None and self.at in self.day

    @cached_property
    def available(self) -> bool:
        """Whether it is working hours and nothing is booked right now."""
        return self.working and not self.calendar.busy_at(self.at)

    @cached_property
    def closing(self) -> bool:
        """Whether the working day is all but over, so that nothing else is worth beginning."""
        return self.day is not None and self.day.end_at - self.at < CLOSING

    @cached_property
    def focus(self) -> Quantiles:
        """Minutes of unbroken work: of this part of the day, else of all, else the fall-back."""
        trait = self.mindscape.value(FocusDuration)
        if trait is None:
            return FALLBACK_FOCUS
        return _plannable(trait.by_part_of_day.get(part_of_day(self.local.hour), trait.overall))

    @cached_property
    def recovery_minutes(self) -> int:
        """How long the person takes after a meeting; 0 when unknown."""
        trait = self.mindscape.value(MeetingRecovery)
        return trait.p50 if trait is not None else 0

    @cached_property
    def now(self) -> EnergyLevel:
        """Energy and load: as believed for this moment, else as the curve has it."""
        believed = self.mindscape.value(EnergyLevel)
        if believed is not None:
            return believed
        value = self.curve.level(self.at)
        level = "low" if value < LOW_BELOW else "high" if value >= HIGH_FROM else "medium"
        return EnergyLevel(level, value)

    @cached_property
    def energy_rank(self) -> float:
        """Where the energy of now lies among that of the working day, from 0 to 1."""
        return self.rank_of(self.at, self.at)

    def rank_of(self, start_at: datetime, end_at: datetime) -> float:
        """Where the mean energy of a stretch lies among the levels of the working day."""
        return rank(self.curve.mean(start_at, end_at), self._levels)

    def is_known(self, name: str) -> bool:
        """Whether enough was seen of a trait to rely on it."""
        trait = self.mindscape.traits.get(name)
        return trait is not None and not trait.provisional

    def is_sure(self, name: str, confidence: float) -> bool:
        """Whether a trait is known, and as likely right as that."""
        return self.is_known(name) and self.mindscape.traits[name].confidence >= confidence

    def is_good(self, start_at: datetime, end_at: datetime) -> bool:
        """Whether a stretch is good enough for hard work; any is while their hours are unknown."""
        if not self.curve.own:
            return True
        if self.rank_of(start_at, end_at) < GOOD_ENOUGH:
            return False
        sure = self.chance_of_more(start_at, end_at) >= SURE_ENOUGH
        return sure or self._sessions < NEWCOMER_BELOW

    def chance_of_more(self, start_at: datetime, end_at: datetime) -> float:
        """How likely a stretch has more energy than half of the working day, from 0 to 1.

        The less was seen, and the flatter the day, the nearer to one half.
        """
        ahead = self.curve.mean(start_at, end_at) - median(self._levels)
        return NormalDist(0, OFF_BY / math.sqrt(self._sessions + PRIOR_WORTH)).cdf(ahead)

    @cached_property
    def chance_of_less(self) -> float:
        """How likely there is less energy now than in half of the working day."""
        return 1 - self.chance_of_more(self.at, self.at)

    @cached_property
    def _sessions(self) -> int:
        known = (self.mindscape.traits.get(one.NAME) for one in (EnergyPatterns, PeakHours))
        trait = next((one for one in known if one is not None), None)
        return min(trait.n, MOST_SESSIONS) if trait is not None else 0

    @cached_property
    def _levels(self) -> list[float]:
        day = self.day or WorkingDay(self.at, self.at + timedelta(days=1))
        return sorted(self.curve.over(day.start_at, day.end_at))

    @cached_property
    def break_is_due(self) -> bool:
        """Whether the person has worked on for as long as they typically do."""
        return self.now.minutes_since_break >= self.focus.p50

    @cached_property
    def recovered_at(self) -> datetime:
        """When the last meeting is digested; it may be over already."""
        return self.recovered_after(self.at)

    def recovered_after(self, moment: datetime) -> datetime:
        """When the last meeting before a moment is digested, or the moment itself if later."""
        ended_at = self.calendar.last_meeting_end(moment)
        if ended_at is None:
            return moment
        return max(moment, ended_at + self.recovery_minutes * MINUTE)

    def free_minutes(self, start_at: datetime) -> int:
        """Whole minutes from then until something is booked or the day is closing."""
        if self.day is None or start_at not in self.day or self.calendar.busy_at(start_at):
            return 0
        closes_at = self.day.end_at - CLOSING
        booked_at = self.calendar.next_start(start_at) or closes_at
        return max(0, (min(booked_at, closes_at) - start_at) // MINUTE)

    @cached_property
    def minutes_to_meeting(self) -> int | None:
        """Whole minutes until the next meeting of the local day, None if none is coming."""
        meeting = self.calendar.next_meeting(self.at)
        if meeting is None or meeting.start_at.astimezone(self.zone).date() != self.local.date():
            return None
        return (meeting.start_at - self.at) // MINUTE

    @cached_property
    def peaks(self) -> tuple[Window, ...]:
        """The best windows of this kind of day, best first."""
        trait = self.mindscape.value(PeakHours)
        if trait is None:
            return ()
        return trait.weekend if self.local.weekday() >= 5 else trait.windows

    @cached_property
    def in_peak_hours(self) -> bool:
        """Whether it is one of them now."""
        wall = self.local.time()
        return any(wall in window for window in self.peaks)

    @cached_property
    def recovering(self) -> bool:
        """Whether the last meeting is not digested yet."""
        return self.recovered_at > self.at

    @cached_property
    def worthwhile_minutes(self) -> int:
        """The least free time that a block of focused work is worth beginning in."""
        return max(SHORTEST_BLOCK, math.ceil(WORTHWHILE * self.focus.p50))

    def clock(self, moment: datetime) -> str:
        """The person's wall clock in words, such as "10:40"."""
        return f"{moment.astimezone(self.zone):%H:%M}"


def _plannable(focus: Quantiles) -> Quantiles:
    return Quantiles(
        *(max(minutes, SHORTEST_BLOCK) for minutes in (focus.p50, focus.p75, focus.p90))
    )


def block_minutes(focus: Quantiles) -> int:
    """How long to plan a block for the best hours: long for this person, but not out of reach."""
    return rounded_down(round(min(focus.p75, LONGEST_BLOCK * focus.p50)))


def part_of_day(hour: int) -> str:
    """The part of the local day as the mindscape and feedback call it."""
    if 4 <= hour < 12:
        return "morning"
    return "afternoon" if 12 <= hour < 18 else "evening"


def rounded_down(minutes: int) -> int:
    """To a length that one plans with: whole fives, and what it is below five."""
    return minutes - minutes % 5 if minutes >= 5 else minutes
