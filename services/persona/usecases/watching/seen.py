"""How things stand for a person, and what is different from what was told before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from services.persona.mappers.daily_work_optimizer.moment import MINUTE, Moment
from services.persona.mappers.daily_work_optimizer.rules.meeting_preparation import NEAR_MINUTES
from services.persona.usecases.watching.turns import Cause, Turn, turns

# Of what was told longer ago, it is not said which turn made it different.
LONGEST_GAP = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """How things stood at a moment: all that decides whether there is something to tell.

    `meeting` is "near", "now" or empty; `types` stands for the suggestion types in their order.
    """

    at: datetime
    version: int
    meeting: str
    high_energy: bool
    working: bool
    types: str


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody who looks finds: how things stand, the types suggested, best first.

    Without a moment, too little is known of the person to suggest anything.
    """

    seen: Seen
    types: tuple[str, ...] = ()
    moment: Moment | None = None

    @classmethod
    def at_nobody(cls, at: datetime) -> "Look":
        """Finds somebody of whom too little is known."""
        return cls(Seen(at, 0, "", False, False, name_of(())))

    @classmethod
    def at_moment(cls, moment: Moment, types: tuple[str, ...]) -> "Look":
        """Finds somebody at a moment, with what is suggested then."""
        seen = Seen(
            at=moment.at,
            version=moment.mindscape.version,
            meeting=_meeting(moment),
            high_energy=moment.in_peak_hours or moment.now.level == "high",
            working=moment.working,
            types=name_of(types),
        )
        return cls(seen, types, moment)

    def next_turn(self, within: timedelta) -> datetime | None:
        """When to look again: at the first turn, or when as much time is over; None if time alone
        changes nothing."""
        if self.moment is None:
            return None
        coming = turns(self.moment, self.seen.at, self.seen.at + within)
        return coming[0].at if coming else self.seen.at + within

    def turns_since(self, before: datetime) -> list[Turn]:
        """What turned up to this look."""
        at = self.seen.at
        if self.moment is None or before > at:
            return []
        return turns(self.moment, max(before, at - LONGEST_GAP), at)


@dataclass(frozen=True, slots=True)
class Change:
    """Something to tell; without a cause it is something else, such as a verdict."""

    causes: tuple[Cause, ...]
    changed_at: datetime
    types: tuple[str, ...]
    seen: Seen


def started(look: Look) -> Change:
    """How things stand at the beginning."""
    return Change((Cause.STARTED,), look.seen.at, look.types, look.seen)


def change(told: Seen, since: datetime, look: Look) -> Change | None:
    """What is different from what was told; what turned before `since` was looked at already."""
    seen = look.seen
    causes = set(_of_state(told, seen))
    if not causes and told.types == seen.types:
        return None
    turned = look.turns_since(since)
    if told.types != seen.types:
        causes |= {turn.cause for turn in turned}
    return Change(_in_order(causes), _moment(causes, turned, seen.at), look.types, seen)


def name_of(types: Iterable[str]) -> str:
    """A short name for types in an order."""
    return blake2b("\n".join(types).encode(), digest_size=8).hexdigest()


def _of_state(told: Seen, seen: Seen) -> Iterable[Cause]:
    if told.version != seen.version:
        yield Cause.TRAITS_CHANGED
    if not (told.version and seen.version):
        # Of somebody unknown it is not known whether they work either.
        return
    if told.meeting != seen.meeting:
        yield Cause.MEETING
    if told.high_energy != seen.high_energy:
        yield Cause.ENERGY_WINDOW
    if told.working != seen.working:
        yield Cause.WORKING_DAY


def _moment(causes: set[Cause], turned: list[Turn], looked_at: datetime) -> datetime:
    if Cause.TRAITS_CHANGED in causes:
        return looked_at
    return max((turn.at for turn in turned if turn.cause in causes), default=looked_at)


def _in_order(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    order = list(Cause)
    return tuple(sorted(causes, key=order.index))


def _meeting(moment: Moment) -> str:
    if moment.calendar.busy_at(moment.at):
        return "now"
    coming = moment.calendar.next_meeting(moment.at)
    near = coming is not None and coming.start_at - moment.at <= NEAR_MINUTES * MINUTE
    return "near" if near else ""
