"""What is believed of a person: the traits of the mindscape, as advice needs them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import ClassVar, TypeVar


@dataclass(frozen=True, slots=True)
class EnergyPatterns:
    """How sharp the person is: 24 levels from 0 to 1, the first for 00:00-01:00 local time."""

    NAME: ClassVar[str] = "work.energy_patterns"
    weekday: tuple[float, ...]
    weekend: tuple[float, ...]

    def in_words(self) -> str:
        """The sharpest hour and the levels' range of a weekday."""
        best = max(range(24), key=lambda hour: self.weekday[hour])
        return f"best at {best:02}:00, {max(self.weekday):.2f} of 1"


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the local day; it ends on the next day if `end` is not after `start`."""

    start: time
    end: time

    def __contains__(self, moment: time) -> bool:
        if self.start < self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end

    def in_words(self) -> str:
        """Such as "09:00-12:00"."""
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


@dataclass(frozen=True, slots=True)
class PeakHours:
    """The best windows, best first; `weekend` is empty unless weekends were seen."""

    NAME: ClassVar[str] = "work.peak_hours"
    windows: tuple[Window, ...]
    weekend: tuple[Window, ...] = ()

    def in_words(self) -> str:
        """The windows, best first."""
        return ", ".join(window.in_words() for window in self.windows)


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Minutes of unbroken work: half, three quarters and nine tenths are shorter."""

    p50: int
    p75: int
    p90: int


@dataclass(frozen=True, slots=True)
class FocusDuration:
    """How long the person stays with something, by "morning", "afternoon", "evening" if known."""

    NAME: ClassVar[str] = "work.focus_duration"
    overall: Quantiles
    by_part_of_day: Mapping[str, Quantiles] = field(default_factory=dict)

    def in_words(self) -> str:
        """The quantiles over the whole day, and the p50 of each part that is known."""
        minutes = self.overall
        parts = (f", in the {name} p50 {one.p50} min" for name, one in self.by_part_of_day.items())
        whole = f"p50 {minutes.p50} min, p75 {minutes.p75} min, p90 {minutes.p90} min"
        return whole + "".join(parts)


@dataclass(frozen=True, slots=True)
class MeetingRecovery:
    """Minutes from a meeting's end to the next sustained work."""

    NAME: ClassVar[str] = "work.meeting_recovery"
    p50: int
    p90: int

    def in_words(self) -> str:
        """The quantiles."""
        return f"p50 {self.p50} min, p90 {self.p90} min"


@dataclass(frozen=True, slots=True)
class TaskSwitchingCost:
    """What an interruption costs: a level ("low", "medium", "high"), score points and minutes."""

    NAME: ClassVar[str] = "work.task_switching_cost"
    level: str
    score_lost: float
    minutes_lost: float

    def in_words(self) -> str:
        """The level and the score lost."""
        return f"{self.level}, {self.score_lost:.2f} points per interruption"


@dataclass(frozen=True, slots=True)
class PreferredStartTime:
    """When the working day begins, local time, and when it ends if a day was seen to; in
    `earlier_end` the weekdays, such as "friday", that end earlier. Of weekends both are known,
    or neither."""

    NAME: ClassVar[str] = "work.preferred_start_time"
    start: time
    end: time | None = None
    earlier_end: Mapping[str, time] = field(default_factory=dict)
    weekend_start: time | None = None
    weekend_end: time | None = None

    def end_on(self, day: date) -> time | None:
        """When a day with that date ends."""
        return self.earlier_end.get(f"{day:%A}".lower(), self.end)

    def in_words(self) -> str:
        """Such as "09:00"."""
        return f"{self.start:%H:%M}"


@dataclass(frozen=True, slots=True)
class Disruptor:
    """One thing that breaks the flow, with its share of all disruption, from 0 to 1."""

    name: str
    share: float


@dataclass(frozen=True, slots=True)
class FlowDisruptors:
    """What breaks the flow, worst first."""

    NAME: ClassVar[str] = "work.flow_disruptors"
    disruptors: tuple[Disruptor, ...]

    def in_words(self) -> str:
        """The names with their shares."""
        return ", ".join(f"{one.name} {one.share:.0%}" for one in self.disruptors)


@dataclass(frozen=True, slots=True)
class EnergyLevel:
    """Energy and load at one moment: "low", "medium" or "high", also from 0 to 1; minutes today.

    `minutes_since_break` is 0 when the person is not at work.
    """

    NAME: ClassVar[str] = "current_state.energy_level"
    level: str
    value: float
    worked_minutes_today: int = 0
    meeting_minutes_today: int = 0
    minutes_since_break: int = 0

    def in_words(self) -> str:
        """The level and what was done today."""
        return f"{self.level}, {self.worked_minutes_today} min worked today"


TraitValue = (
    EnergyPatterns
    | PeakHours
    | FocusDuration
    | MeetingRecovery
    | TaskSwitchingCost
    | PreferredStartTime
    | FlowDisruptors
    | EnergyLevel
)
Value = TypeVar("Value", bound=TraitValue)


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing that is believed, and how far to trust it.

    `confidence` from 0 to 1; `provisional` when too little (`n` observations) was seen to rely on.
    """

    value: TraitValue
    n: int
    confidence: float
    provisional: bool
    last_evidence_at: datetime | None = None
