"""What is booked, and what is free in between. All moments are aware and in UTC."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

# A timed entry that is not a meeting takes its hours (a dentist) unless it is longer than this (a
# trip, a day on call): then it marks the day.
LONGEST_ERRAND = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Commitment:
    """Time that is spoken for, [start_at, end_at); a `meeting` is with others."""

    start_at: datetime
    end_at: datetime
    meeting: bool = True

    def overlaps(self, start_at: datetime, end_at: datetime) -> bool:
        """Whether any of the stretch is taken."""
        return self.start_at < end_at and start_at < self.end_at

    @property
    def takes_time(self) -> bool:
        """Whether nothing else can be done meanwhile."""
        return self.meeting or self.end_at - self.start_at <= LONGEST_ERRAND


class Calendar:
    """The commitments around one moment, in any order and overlapping as they like."""

    def __init__(self, commitments: Iterable[Commitment]) -> None:
        taken = (one for one in commitments if one.takes_time and one.start_at < one.end_at)
        self.commitments = tuple(sorted(taken, key=lambda one: (one.start_at, one.end_at)))

    def busy_at(self, moment: datetime) -> bool:
        """Whether the moment is taken."""
        return any(one.start_at <= moment < one.end_at for one in self.commitments)

    def taken(self, start_at: datetime, end_at: datetime) -> list[tuple[datetime, datetime]]:
        """What is taken of a stretch, in order; what overlaps is one piece."""
        pieces: list[tuple[datetime, datetime]] = []
        for one in self.commitments:
            if not one.overlaps(start_at, end_at):
                continue
            begin, end = max(one.start_at, start_at), min(one.end_at, end_at)
            if pieces and begin < pieces[-1][1]:
                pieces[-1] = (pieces[-1][0], max(pieces[-1][1], end))
            else:
                pieces.append((begin, end))
        return pieces

    def next_start(self, moment: datetime) -> datetime | None:
        """When the next commitment begins, at the moment or later."""
        return min(
            (one.start_at for one in self.commitments if one.start_at >= moment), default=None
        )

    def next_meeting(self, moment: datetime) -> Commitment | None:
        """The next meeting that begins at the moment or later."""
        coming = (one for one in self.commitments if one.meeting and one.start_at >= moment)
        return next(coming, None)

    def last_meeting_end(self, moment: datetime) -> datetime | None:
        """When the latest meeting that is over by the moment ended."""
        over = (one.end_at for one in self.commitments if one.meeting and one.end_at <= moment)
        return max(over, default=None)
