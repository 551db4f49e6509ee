"""What would change the energy of this moment."""

from collections.abc import Iterator, Sequence

from services.profiler.days import Day
from services.profiler.model import Answer, EnergyLevel, ObservationId, Question, Trait, Traits
from services.profiler.traits import energy_level

BREAK = energy_level.BREAK_MINUTES * 60


def outlook_now(traits: Traits, days: Sequence[Day], at: int, zone: str) -> list[str]:
    """Returns what would make it another level, or another value."""
    now = _level(energy_level.energy_level(traits, days, at, zone))
    if now is None or not days:
        return []
    return [*_answers(traits, days, at, zone, now), *_break(traits, days, at, zone, now)]


def _answers(
    traits: Traits, days: Sequence[Day], at: int, zone: str, now: EnergyLevel
) -> Iterator[str]:
    for text in energy_level.ANSWERED:
        # A second later: the newest answer counts.
        fact = Answer(at + 1, zone, Question.ENERGY_NOW, text)
        today = Day(days[-1].on, {**days[-1].facts, ObservationId("trial"): fact})
        then = _level(energy_level.energy_level(traits, [*days[:-1], today], at + 1, zone))
        if then and then.level is not now.level:
            yield (
                f"the answer `{text}` to `energy_now` would make it {then.level.value} "
                f"({then.value:.2f}) instead of {now.level.value} ({now.value:.2f}), fading by "
                f"half every {energy_level.ANSWER_HALF_LIFE // 3600} hours"
            )


def _break(
    traits: Traits, days: Sequence[Day], at: int, zone: str, now: EnergyLevel
) -> Iterator[str]:
    then = _level(energy_level.energy_level(traits, days, at + BREAK, zone))
    if then and then.value > now.value:
        yield (
            f"a break of {energy_level.BREAK_MINUTES} minutes would raise it from "
            f"{now.value:.2f} to {then.value:.2f}"
        )


def _level(trait: Trait | None) -> EnergyLevel | None:
    return trait.value if trait and isinstance(trait.value, EnergyLevel) else None
