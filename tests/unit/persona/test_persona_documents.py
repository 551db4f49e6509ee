"""What advice is made from, and advice itself, come back from JSON as they were."""

import json
from datetime import timedelta
from typing import TypeVar

from hypothesis import given, settings

from services.persona.documents import read, written
from services.persona.mappers import DailyWorkOptimizer
from services.persona.model import (
    Core,
    Disruptor,
    EnergyLevel,
    FlowDisruptors,
    Helpfulness,
    Material,
    Mindscape,
    Overlay,
    Refusal,
    Situation,
    TaskSwitchingCost,
    Told,
    Verdicts,
    Weight,
)
from tests.unit.persona.builders import ada, meeting, on_tuesday
from tests.unit.persona.strategies import days

Noun = TypeVar("Noun")

NOON = on_tuesday("12:00")


def again(kind: type[Noun], value: Noun) -> Noun:
    return read(kind, json.loads(json.dumps(written(value))))


@settings(max_examples=60, deadline=None)
@given(days())
def test_anybody_at_any_moment_comes_back_and_so_does_what_they_are_told(
    day: tuple[Mindscape, Situation],
) -> None:
    core, overlay = DailyWorkOptimizer().map(*day)

    assert again(Material, Material(*day)) == Material(*day)
    assert again(Core, core) == core
    assert again(Overlay, overlay) == overlay


def test_verdicts_and_what_was_told_come_back() -> None:
    verdicts = Verdicts(
        {("break", "work.focus_duration"): Weight(0.8, 1.1)},
        (Refusal("light_work", NOON),),
        {("break", "morning"): Helpfulness(2.5, 0.125)},
    )
    situation = Situation(NOON, "Asia/Tokyo", (), verdicts, (Told("break", 2, NOON),))

    assert again(Situation, situation) == situation


def test_what_was_kept_before_a_field_was_added_is_read_with_its_default() -> None:
    document = written(Situation(NOON, "UTC"))
    del document["told"], document["verdicts"]["helpfulness"]

    assert read(Situation, document) == Situation(NOON, "UTC")


def test_a_full_day_of_a_well_known_person_takes_a_few_kilobytes() -> None:
    known = ada(
        TaskSwitchingCost("high", 0.512, 12.5),
        FlowDisruptors((Disruptor("meetings", 0.512), Disruptor("slack", 0.488))),
        EnergyLevel("high", 0.912, 312, 90, 45),
    )
    booked = tuple(meeting(f"{hour:02}:00", 30) for hour in range(9, 17))
    parts = [(name, part) for name in DailyWorkOptimizer().suggestion_types for part in "mae"]
    verdicts = Verdicts(
        {(name, "work.focus_duration"): Weight(1.21) for name, _ in parts},
        tuple(Refusal(name, NOON) for name, _ in parts[:10]),
        {part: Helpfulness(3.217, 1.482) for part in parts},
    )
    told = tuple(Told(name, 3, NOON + timedelta(hours=1)) for name, _ in parts[::3])

    material = Material(known, Situation(NOON, known.zone, booked, verdicts, told))

    assert len(json.dumps(written(material))) < 8000
