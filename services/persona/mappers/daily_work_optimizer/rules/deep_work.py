"""Deep work: hard work while energy is high, no longer than the person's focus or the free time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.persona.mappers.daily_work_optimizer.moment import (
    MINUTE,
    Moment,
    block_minutes,
    rounded_down,
)
from services.persona.mappers.daily_work_optimizer.rules.pause import BREAK_MINUTES
from services.persona.mappers.daily_work_optimizer.rules.rule import Proposal, Rule
from services.persona.model import EnergyPatterns, FocusDuration, MeetingRecovery, PeakHours

# A break or the rest of a recovery may come first.
SOON = timedelta(minutes=30)
# What is better later is worth waiting for, but not the whole day.
LOOK_AHEAD = timedelta(hours=3)
STEP = timedelta(minutes=15)
# Blocks come in fives of minutes: what is left before a meeting is as good as nothing.
ALMOST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Slot:
    """A free stretch, and the share of the working day with less energy."""

    start_at: datetime
    minutes: int
    rank: float

    @property
    def end_at(self) -> datetime:
        """When it is over."""
        return self.start_at + self.minutes * MINUTE


def propose(moment: Moment) -> Proposal | None:
    """A block from now on; else the best one of the coming hours; never across a meeting."""
    if not moment.available:
        return None
    slot = slot_now(moment)
    if slot is not None:
        return _for_now(moment, slot)
    slot = slot_later(moment)
    return _for_later(moment, slot) if slot is not None else None


def slot_now(moment: Moment) -> Slot | None:
    """The block that can begin now, or after the break or recovery that is due first."""
    if not moment.available or moment.now.level == "low":
        return None
    pause = BREAK_MINUTES if moment.break_is_due else 0
    start_at = max(moment.at + pause * MINUTE, moment.recovered_at)
    slot = _fit(moment, start_at, _wanted(moment))
    if slot is None or start_at - moment.at > SOON:
        return None
    return slot if moment.is_good(slot.start_at, slot.end_at) else None


def slot_later(moment: Moment) -> Slot | None:
    """The best block of the coming hours, as far as the person's own hours are known."""
    if not moment.curve.own:
        return None
    first = moment.at + STEP - timedelta(minutes=moment.local.minute % 15)
    first = first.replace(second=0, microsecond=0)
    starts = (first + STEP * index for index in range(LOOK_AHEAD // STEP))
    rested = (start for start in starts if moment.recovered_after(start) == start)
    slots = [_fit(moment, start, moment.focus.p50) for start in rested]
    best = max((one for one in slots if one is not None), key=lambda one: one.rank, default=None)
    return best if best is not None and moment.is_good(best.start_at, best.end_at) else None


def _wanted(moment: Moment) -> int:
    return block_minutes(moment.focus) if moment.in_peak_hours else moment.focus.p50


def _fit(moment: Moment, start_at: datetime, wanted: int) -> Slot | None:
    minutes = rounded_down(min(wanted, moment.free_minutes(start_at)))
    if minutes < moment.worthwhile_minutes:
        return None
    rank = moment.rank_of(start_at, start_at + minutes * MINUTE)
    return Slot(start_at, minutes, rank)


def _for_now(moment: Moment, slot: Slot) -> Proposal:
    return Proposal(
        title="Deep work window",
        description=(f"{_free(moment, slot)}{_energy(moment, slot)}: {_length(moment, slot)}."),
        action="Take the hardest thing on your list and nothing else.",
        because=(
            "deep work while energy is high and at least "
            f"{moment.worthwhile_minutes} minutes are free"
        ),
        start_at=slot.start_at,
        end_at=slot.end_at,
        duration_minutes=slot.minutes,
        priority=0.6 + 0.25 * slot.rank + (0.1 if moment.in_peak_hours else 0),
    )


def _free(moment: Moment, slot: Slot) -> str:
    start, end = moment.clock(slot.start_at), moment.clock(slot.end_at)
    meeting = moment.calendar.next_meeting(slot.end_at)
    if meeting is not None and meeting.start_at - slot.end_at < ALMOST:
        begins = moment.clock(meeting.start_at)
        return f"You are free from {start} until your meeting at {begins}"
    return f"From {start} to {end} nothing is booked"


def _energy(moment: Moment, slot: Slot) -> str:
    if not moment.curve.own:
        return ", and which hours are your best is not known yet"
    best = ", among your best hours" if moment.in_peak_hours else ""
    return f" and your energy is higher than in {slot.rank:.0%} of your working day{best}"


def _length(moment: Moment, slot: Slot) -> str:
    usual = moment.focus.p50
    if slot.minutes == usual:
        return f"{slot.minutes} minutes, your usual length"
    return f"{slot.minutes} minutes, where you usually stay with something for {usual}"


def _for_later(moment: Moment, slot: Slot) -> Proposal:
    return Proposal(
        title="Deep work window ahead",
        description=(
            f"Your energy from {moment.clock(slot.start_at)} to {moment.clock(slot.end_at)} is "
            f"higher than in {slot.rank:.0%} of your working day, and {_still_free(moment, slot)} "
            "still free then."
        ),
        action="Keep this time free in your calendar for the hardest thing on your list.",
        because="deep work later when energy will be high and the usual focus fits",
        start_at=slot.start_at,
        end_at=slot.end_at,
        duration_minutes=slot.minutes,
        priority=0.45 + 0.1 * slot.rank,
    )


def _still_free(moment: Moment, slot: Slot) -> str:
    usual = moment.when(slot.start_at).focus.p50
    length = ", your usual length," if usual - slot.minutes in range(5) else ""
    return f"{slot.minutes} minutes{length} are"


RULE = Rule(
    type="deep_work_window",
    leans_on=(EnergyPatterns.NAME, FocusDuration.NAME, PeakHours.NAME, MeetingRecovery.NAME),
    propose=propose,
)
