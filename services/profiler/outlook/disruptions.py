"""What would change the cost of switching, and which disruptor is the worst."""

from collections.abc import Iterator

from services.profiler.model import Fact, FlowDisruptors, Level, Question, TaskSwitchingCost, Trait
from services.profiler.outlook.stage import SESSION_MINUTES, Idea, Stage, answered, repeated
from services.profiler.outlook.trial import Trial
from services.profiler.traits import flow_disruptors
from services.profiler.traits.flow_disruptors import MEETINGS, SWITCHES
from services.profiler.words.numbers import many

CALM_AT, INTERRUPTED_AT = 9 * 60 + 5, 10 * 60 + 30
"""Of the same three hours of the day, so that the two are compared."""
CALM_SCORE, INTERRUPTIONS = 4, 3
SCORES = {Level.LOW: 4, Level.MEDIUM: 3, Level.HIGH: 1}
"""Of an interrupted session, that speak for a level."""
NEXT = {
    Level.LOW: (Level.MEDIUM,),
    Level.MEDIUM: (Level.LOW, Level.HIGH),
    Level.HIGH: (Level.MEDIUM,),
}
CUT_AT = 10 * 60
NAMES = (MEETINGS, SWITCHES, "slack")
WORTH = many(round(flow_disruptors.ANSWER_WORTH), "disruption")


def of_switching(trial: Trial, stage: Stage) -> Iterator[Idea]:
    """Yields what would lead to the next level."""
    now = _level(trial.now)
    for wanted in NEXT[now]:
        yield _pairs(stage, now, wanted)


def _pairs(stage: Stage, now: Level, wanted: Level) -> Idea:
    score = SCORES[wanted]

    def facts(number: int) -> list[Fact]:
        return [
            stage.work(number, CALM_AT, score=CALM_SCORE, interruptions=0),
            stage.work(number, INTERRUPTED_AT, score=score, interruptions=INTERRUPTIONS),
        ]

    return repeated(
        lambda times: (
            f"{many(times, 'pair')} of sessions in the same hours, a calm one rated "
            f"{CALM_SCORE} and one with {INTERRUPTIONS} interruptions rated {score}"
        ),
        facts,
        lambda trait: _level(trait) is wanted,
        lambda trait: f"would make it {wanted.value} instead of {now.value}",
    )


def of_disruptors(trial: Trial, stage: Stage) -> Iterator[Idea]:
    """Yields what would put another one first."""
    now = _worst(trial.now)
    for name in NAMES:
        if name != now:
            yield _answer(stage, name, now)
    if now != MEETINGS:
        yield _cut_short(stage, now)
    if now != SWITCHES:
        yield _interrupted(stage, now)


def _answer(stage: Stage, name: str, now: str) -> Idea:
    return answered(
        stage.answer(Question.FLOW_DISRUPTOR, name),
        WORTH,
        lambda trait: _worst(trait) == name,
        lambda _: f"would put {name} before {now}",
    )


def _cut_short(stage: Stage, now: str) -> Idea:
    end = CUT_AT + SESSION_MINUTES
    return repeated(
        lambda times: f"{many(times, 'session')} cut short by a meeting",
        lambda number: [stage.work(number, CUT_AT), stage.meeting(number, end)],
        lambda trait: _worst(trait) == MEETINGS,
        lambda _: f"would put {MEETINGS} before {now}",
    )


def _interrupted(stage: Stage, now: str) -> Idea:
    return repeated(
        lambda times: many(times, "interruption"),
        lambda number: [stage.work(number, CUT_AT, interruptions=1)],
        lambda trait: _worst(trait) == SWITCHES,
        lambda _: f"would put {SWITCHES} before {now}",
    )


def _level(trait: Trait | None) -> Level:
    value = trait.value if trait else None
    assert isinstance(value, TaskSwitchingCost)  # noqa: S101
    return value.level


def _worst(trait: Trait | None) -> str:
    value = trait.value if trait else None
    assert isinstance(value, FlowDisruptors)  # noqa: S101
    return value.disruptors[0].name
