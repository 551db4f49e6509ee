"""`work.flow_disruptors`: what breaks the flow, worst first."""

from collections.abc import Iterator
from math import sqrt

from services.profiler.days import Day, Session
from services.profiler.localtime import clock_face
from services.profiler.memory import Memory
from services.profiler.model import Disruptor, Evidence, FlowDisruptors, Question, Trait
from services.profiler.traits.certainty import MIDDLE_80, normal_below, shrunk
from services.profiler.traits.focus_duration import is_cut
from services.profiler.traits.prior import Prior
from services.profiler.traits.rule import Counting, Rule, Tally, trait

NAME = "work.flow_disruptors"
GROUP = "disruptors"
METHOD = (
    "Your answer, worth 5 disruptions, and what the days show: work that a meeting cut short, and "
    "interruptions counted. The confidence is the probability that the first is the worst."
)
ENOUGH = 5
ANSWER_WORTH = 5.0
MOST_INTERRUPTIONS = 20
BLIND_GUESS, GUESS_WORTH = 1 / 3, 3.0
"""The chance to be right by guessing, and how many disruptions it takes to forget it."""
MEETINGS, SWITCHES = "meetings", "context-switches"


def count(day: Day, tally: Tally) -> None:
    """Counts disruptions by name, and as "n" the sessions that were disrupted."""
    counts = tally.counts
    for session in day.sessions:
        if not session.ends_here:
            continue
        cut, interruptions = _disruptions(session, day)
        if cut or interruptions:
            counts["n"] += 1
            counts[MEETINGS] += cut
            counts[SWITCHES] += interruptions
            tally.saw(session.until)


def _disruptions(session: Session, day: Day) -> tuple[int, int]:
    interruptions = min(session.fact.interruptions or 0, MOST_INTERRUPTIONS)
    return int(is_cut(session, day)), interruptions


def fold(memory: Memory, prior: Prior) -> Trait | None:
    """Returns the ranking, once a disruption was seen or answered."""
    answer = memory.answers.get(Question.FLOW_DISRUPTOR)
    n = memory.n(GROUP, "n")
    if n == 0 and answer is None:
        return None
    worths = {name: memory.weight(GROUP, name) for name in (MEETINGS, SWITCHES)}
    if answer:
        name = answer.answer.text
        worths[name] = worths.get(name, 0.0) + ANSWER_WORTH * answer.weight
    total = sum(worths.values())
    ranked = sorted(worths.items(), key=lambda one: (-one[1], one[0]))
    shares = [(name, worth / total) for name, worth in ranked if worth > 0]
    error = sqrt(0.25 / (total + 1))
    lead = shares[0][1] - (shares[1][1] if len(shares) > 1 else 0.5)
    return trait(
        GROUP,
        memory,
        prior,
        FlowDisruptors(tuple(Disruptor(name, round(share, 3)) for name, share in shares)),
        n=n,
        effective_n=memory.weight(GROUP, "n"),
        spread=min(0.5, MIDDLE_80 * error),
        confidence=shrunk(normal_below(lead / (2 * error)), total, BLIND_GUESS, GUESS_WORTH),
        enough=ENOUGH,
        question=Question.FLOW_DISRUPTOR if answer else None,
    )


def says(day: Day) -> Iterator[Evidence]:
    """Yields each session that was disrupted."""
    for session in day.sessions:
        cut, interruptions = _disruptions(session, day)
        if session.ends_here and (cut or interruptions):
            found = ["cut short by a meeting"] if cut else []
            found += [f"{session.fact.interruptions} interruptions"] if interruptions else []
            text = f"the work from {clock_face(session.start_minute)}: {' and '.join(found)}"
            yield Evidence(session.observation_id, session.fact.start, text)


RULE = Rule(
    NAME, METHOD, Counting(GROUP, count, by_session=True), fold, says, (Question.FLOW_DISRUPTOR,)
)
