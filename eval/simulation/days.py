"""What is true of one local day of somebody: when they work, meet and rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from clients.workbench.days import Stretch, local_hour, meetings_on, sessions_on
from clients.workbench.people import WORKDAYS
from eval.simulation.people import Mind

MINUTE = timedelta(minutes=1)
REST = 5 * MINUTE
"""A shorter pause between two sessions is no break."""


@dataclass(frozen=True)
class Day:
    """A day of a mind. `working` is None on a free day; all stretches are in order."""

    mind: Mind
    working: Stretch | None
    meetings: Sequence[Stretch]
    work: Sequence[Stretch]

    def level(self, at: datetime) -> float:
        """Return the energy at a moment."""
        return self.mind.person.energy(local_hour(self.mind.person, at))

    def mean_level(self, start: datetime, end: datetime) -> float:
        """Return the mean energy of a stretch, from every fifth minute of it."""
        steps = range(0, max(1, (end - start) // MINUTE), 5)
        return sum(self.level(start + step * MINUTE) for step in steps) / len(steps)

    def minutes_to_meeting(self, at: datetime) -> float | None:
        """Return how soon the next meeting begins, None if none does."""
        coming = (each.start for each in self.meetings if each.start >= at)
        return min(((start - at) / MINUTE for start in coming), default=None)

    def minutes_since_meeting(self, at: datetime) -> float | None:
        """Return how long ago the last meeting ended, None if none has."""
        over = (each.end for each in self.meetings if each.end <= at)
        return min(((at - end) / MINUTE for end in over), default=None)

    def in_meeting(self, at: datetime) -> bool:
        """Tell whether a meeting is on."""
        return any(each.start <= at < each.end for each in self.meetings)

    def minutes_without_break(self, at: datetime) -> float:
        """Return how long they have worked on by then: 0 once they have rested or met."""
        began = ended = None
        for each in self.work:
            if each.start >= at:
                break
            if ended is None or each.start - ended >= REST or self._met(ended, each.start):
                began = each.start
            ended = min(each.end, at)
        if began is None or ended is None or at - ended >= REST or self._met(ended, at):
            return 0.0
        return (ended - began) / MINUTE

    def _met(self, start: datetime, end: datetime) -> bool:
        return any(each.start < end and start < each.end for each in self.meetings)


@lru_cache(maxsize=2000)
def day_of(mind: Mind, on: date) -> Day:
    """Return the day with that local date."""
    work = list(sessions_on(mind.person, on))
    return Day(mind, _working(mind, on, work), meetings_on(mind.person, on), work)


def date_at(mind: Mind, at: datetime) -> date:
    """Return the date on the person's wall."""
    return at.astimezone(ZoneInfo(mind.person.time_zone)).date()


def _working(mind: Mind, on: date, work: Sequence[Stretch]) -> Stretch | None:
    """Return the hours that the person usually keeps; what they were, where there is no usual."""
    if not work:
        return None
    if on.weekday() >= WORKDAYS:
        return Stretch(work[0].start, work[-1].end)
    midnight = datetime.combine(on, time(), ZoneInfo(mind.person.time_zone))
    end_hour = mind.person.end_hour - mind.person.shorter_by[on.weekday()]
    hours = (mind.person.start_hour, end_hour)
    start, end = (
        (midnight + timedelta(minutes=round(60 * hour))).astimezone(UTC) for hour in hours
    )
    return Stretch(start, end)
