"""`work.meeting_recovery`: how long it takes from a meeting's end to the next sustained work."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.profiler.days import Day, Meeting, Session
from services.profiler.localtime import clock_face, local_minute, zone_named
from services.profiler.memory import Memory
from services.profiler.model import Evidence, MeetingRecovery, ObservationId, Trait
from services.profiler.traits.certainty import chance_within, median_error, shrunk
from services.profiler.traits.lengths import (
    USUAL_REACH,
    Length,
    deviation,
    half_middle_80,
    survival,
)
from services.profiler.traits.prior import Prior
from services.profiler.traits.rule import Counting, Rule, Tally, trait

NAME = "work.meeting_recovery"
GROUP = "recovery"
METHOD = (
    "The minutes from the end of each meeting to the next work of at least 10 minutes on the same "
    "day; meetings that nothing follows within 2 hours, or that another meeting follows first, say "
    "nothing. The confidence is the probability that the true p50 is within 5 minutes."
)
ENOUGH = 5
SUSTAINED = 10 * 60
"""Seconds of work that count as being back at it."""
TOO_LATE = 2 * 60 * 60
"""Seconds after which it was not the meeting that kept the person from work."""
TOLERANCE_MINUTES = 5.0
USUAL_SHARE, LEAST_DEVIATION, USUAL_WORTH = 0.4, 2.0, 5.0
"""By how much recoveries vary: a share of the p50, at least so many minutes; and how many of them
that guess is worth."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """One meeting, the work that followed it, and the minutes between."""

    meeting: Meeting
    work: ObservationId
    minutes: int


def recoveries(day: Day) -> Iterator[Recovery]:
    """Yields what can be measured on the day."""
    for index, meeting in enumerate(day.meetings):
        following = day.meetings[index + 1 :]
        work = _next_work(day, meeting)
        if work is None or (following and following[0].start <= work.fact.start):
            continue
        waited = max(0, work.fact.start - meeting.end)
        if waited <= TOO_LATE:
            yield Recovery(meeting, work.observation_id, round(waited / 60))


def _next_work(day: Day, meeting: Meeting) -> Session | None:
    # Work that began before the meeting and outlasts it tells that it was not attended.
    sustained = (
        session
        for session in day.sessions
        if session.fact.end - max(meeting.end, session.fact.start) >= SUSTAINED
    )
    first = next(sustained, None)
    return first if first and first.starts_here and first.fact.start > meeting.start else None


def count(day: Day, tally: Tally) -> None:
    """Counts recoveries, as "n", and by minutes."""
    for recovery in recoveries(day):
        tally.add("n")
        tally.add(str(recovery.minutes))
        tally.saw(recovery.meeting.end + recovery.minutes * 60)


def fold(memory: Memory, prior: Prior) -> Trait | None:
    """Returns the quantiles, once a meeting was followed by work."""
    n = memory.n(GROUP, "n")
    if n == 0:
        return None
    lengths = [
        Length(int(minutes), weight)
        for minutes, weight in memory.group(GROUP).items()
        if minutes != "n"
    ]
    curve = survival(lengths)
    effective_n = sum(one.ended for one in lengths)
    middle = curve.quantile(0.5)
    usual, reach = (max(LEAST_DEVIATION, one * middle) for one in (USUAL_SHARE, USUAL_REACH))
    width = shrunk(deviation(curve), effective_n, usual, USUAL_WORTH)
    return trait(
        GROUP,
        memory,
        prior,
        MeetingRecovery(round(middle), round(curve.quantile(0.9))),
        n=n,
        effective_n=effective_n,
        spread=half_middle_80(curve, effective_n, reach, USUAL_WORTH),
        confidence=chance_within(TOLERANCE_MINUTES, median_error(width, effective_n)),
        enough=ENOUGH,
    )


def says(day: Day) -> Iterator[Evidence]:
    """Yields each measured meeting, and the work it was measured to."""
    starts = {session.observation_id: session.start_minute for session in day.sessions}
    for recovery in recoveries(day):
        last = recovery.meeting.observation_ids[-1]
        ended = clock_face(local_minute(recovery.meeting.end, zone_named(day.facts[last].zone)))
        text = f"back at work {recovery.minutes} minutes after a meeting that ended at {ended}"
        at = recovery.meeting.end
        yield from (Evidence(name, at, text) for name in recovery.meeting.observation_ids)
        began = clock_face(starts[recovery.work])
        yield Evidence(recovery.work, at, f"the work from {began} that followed the meeting")


RULE = Rule(NAME, METHOD, Counting(GROUP, count), fold, says)
