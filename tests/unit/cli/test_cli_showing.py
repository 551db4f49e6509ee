"""What the terminal shows, made from answers of the API alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console, RenderableType

from clients.cli.reconciling import Outcome
from clients.cli.remembered import ShownSuggestions
from clients.cli.show.curve import curve
from clients.cli.show.feedback import analytics, verdict
from clients.cli.show.imports import outcome
from clients.cli.show.mindscape import comparison, explanation, mindscape
from clients.cli.show.observation import recorded, reflected
from clients.cli.show.persona import persona
from clients.cli.show.plan import plan
from clients.cli.show.processing import failed_tasks, progress_of, services
from clients.cli.show.traits import source_in_words, value_in_words
from clients.cli.show.words import long_time, minutes, zone_or_utc
from clients.importers.plan import Import, Skipped, Window
from personakit.feedback.v1 import feedback_pb2
from personakit.ingest.v1 import ingest_pb2
from personakit.profiler.v1 import profiler_pb2 as pb
from tests.unit.cli import protos


def _text(parts: Iterable[RenderableType], width: int = 80) -> str:
    console = Console(file=StringIO(), width=width)
    with console.capture() as captured:
        for part in parts:
            console.print(part)
    return captured.get()


def test_a_curve_rises_where_the_levels_do() -> None:
    levels = [0.0] * 9 + [1.0] * 3 + [0.5] * 12
    *rows, hours, marks = curve(levels, [("09:00", "12:00")])
    assert [row[6 + 2 * 10] for row in rows] == ["█"] * 5
    assert rows[-1][6] == "▁"
    assert rows[0][6 : 6 + 18].strip() == ""
    assert hours.split() == ["hour", "00", "03", "06", "09", "12", "15", "18", "21"]
    assert marks[6:] == " " * 18 + "▲" * 6


def test_a_peak_over_midnight_is_marked_on_both_sides() -> None:
    marks = curve([0.5] * 24, [("22:30", "01:00")])[-1][6:]
    assert marks == "▲▲" + " " * 43 + "▲▲▲"


def test_without_peaks_there_is_no_line_for_them() -> None:
    assert curve([0.5] * 24)[-1].startswith("hour")


@given(st.lists(st.floats(allow_nan=False), min_size=24, max_size=24), st.booleans())
def test_a_curve_keeps_to_its_width_whatever_the_levels(levels: list[float], plain: bool) -> None:
    lines = curve(levels, plain=plain)
    assert max(map(len, lines)) <= 54
    assert not plain or all(line.isascii() for line in lines)


@pytest.mark.parametrize(
    ("trait", "words"),
    [
        (protos.trait(peak_hours=protos.peaks()), "09:00-12:00 (0.90)"),
        (
            protos.trait(
                focus_duration=pb.FocusDuration(
                    p50_minutes=50,
                    p75_minutes=65,
                    p90_minutes=85,
                    by_part_of_day={"morning": pb.FocusDuration.Quantiles(p50_minutes=60)},
                )
            ),
            "p50 50, p75 65, p90 85 min; p50 by part of day: morning 60",
        ),
        (
            protos.trait(
                task_switching_cost=pb.TaskSwitchingCost(
                    level=pb.TaskSwitchingCost.MEDIUM,
                    score_lost_per_interruption=0.4,
                    minutes_lost_per_interruption=6,
                )
            ),
            "medium: an interruption costs 0.40 of the score and 6 min",
        ),
        (protos.trait(preferred_start_time=pb.PreferredStartTime(start="08:30")), "08:30"),
        (
            protos.trait(
                flow_disruptors=pb.FlowDisruptors(
                    disruptors=[pb.FlowDisruptors.Disruptor(name="slack", share=0.6)]
                )
            ),
            "slack 60 %",
        ),
        (
            protos.trait(energy_level=pb.EnergyLevel(level=pb.EnergyLevel.HIGH, value=0.8)),
            "high (0.80), 0 min worked today",
        ),
        (pb.Trait(), ""),
    ],
)
def test_every_trait_has_words(trait: pb.Trait, words: str) -> None:
    assert value_in_words(trait) == words


def test_no_kind_of_trait_is_without_words() -> None:
    for field in pb.Trait.DESCRIPTOR.oneofs_by_name["value"].fields:
        trait = pb.Trait()
        getattr(trait, field.name).SetInParent()
        assert isinstance(value_in_words(trait), str)


def test_a_trait_without_a_source_is_shown_all_the_same() -> None:
    assert source_in_words(pb.Trait(provisional=True)) == "unknown, provisional"


def test_an_empty_mindscape_is_shown() -> None:
    shown = _text(mindscape(pb.Mindscape(person_id="ana", version=1)))
    assert "version 1" in shown
    assert "provisional" not in shown


def test_showing_a_mindscape_does_not_change_it() -> None:
    found = pb.Mindscape(person_id="ana", version=1)
    _text(mindscape(found))
    assert not found.traits


def test_a_persona_with_nothing_to_say_says_so() -> None:
    found = protos.persona()
    found.overlay.ClearField("suggestions")
    found.overlay.current_state.working_hours = False
    found.overlay.current_state.ClearField("minutes_to_next_meeting")
    shown = _text(persona(found))
    assert "Outside your working hours" in shown
    assert "Next meeting" not in shown
    assert "Working hours" in shown


def test_a_day_without_blocks_says_why() -> None:
    found = protos.plan()
    found.ClearField("blocks")
    found.summary = "Saturday is not a working day of yours."
    found.missing.append("calendar")
    shown = _text(plan(found))
    assert "Saturday is not a working day" in shown
    assert "Made without calendar" in shown
    assert "Energy" not in shown


def test_a_persona_made_without_a_service_says_so() -> None:
    found = protos.persona()
    found.missing.extend(["feedback", "calendar"])
    assert "feedback and calendar" in _text(persona(found))


def test_what_looks_like_markup_is_shown_as_it_is() -> None:
    found = protos.persona()
    found.overlay.suggestions[0].title = "[red]Go[/red]\x1b[2J"
    shown = _text(persona(found))
    assert "[red]Go[/red]" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_persona_keeps_to_the_width(width: int) -> None:
    shown = _text(persona(protos.persona()), width)
    assert max(map(len, shown.splitlines())) <= width


def test_an_explanation_says_how_much_of_it_is_shown() -> None:
    shown = _text(explanation(protos.explanation(), "Asia/Tokyo"))
    assert "Rests on 40 days, of which the newest 1" in shown


def test_a_comparison_tells_what_there_was_nothing_before() -> None:
    shown = _text(comparison(protos.comparison(0, 1), "Asia/Tokyo"))
    assert "From the beginning to version 1" in shown
    assert "nothing known to 2026-11-17 10:40 (Asia/Tokyo)" in shown


def test_two_versions_without_a_difference_say_so() -> None:
    same = protos.comparison()
    same.ClearField("changes")
    assert "No trait has changed." in _text(comparison(same, "Asia/Tokyo"))


def test_analytics_without_feedback_says_how_to_give_some() -> None:
    assert "persona-kit feedback" in _text(analytics(feedback_pb2.Analytics(person_id="ana")))


def test_a_verdict_says_the_weight_it_led_to() -> None:
    said = verdict(protos.verdict("ana", "x", helpful=False))
    assert "not helpful" in said
    assert "1.10" in said


def test_the_queue_is_told_in_numbers() -> None:
    status = pb.ProcessingStatus(person_id="ana", pending=3, failed=1, mindscape_version=12)
    status.lag.FromTimedelta(timedelta(seconds=4))
    status.processed_up_to_time.FromDatetime(protos.NOW)
    shown = _text(progress_of(status))
    for part in ("version 12", "3 observations waiting, the oldest for 4 s", "1 failed"):
        assert part in shown
    assert "no mindscape yet" in _text(progress_of(pb.ProcessingStatus()))


def test_services_and_tasks_are_listed() -> None:
    shown = _text(services(protos.health_of(profiler_serves=False), "here"))
    assert "not serving" in shown
    assert "3 attempts" in _text(failed_tasks([protos.failed_task("1")]))
    assert "No task has failed" in _text(failed_tasks([]))


def test_what_became_of_an_observation_is_told() -> None:
    status = pb.ProcessingStatus(mindscape_version=12)
    assert reflected(status) == "Mindscape version 12 reflects it."
    status.failed = 1
    assert "persona-kit failed" in reflected(status)


def test_a_recorded_answer_is_told_in_words() -> None:
    question = ingest_pb2.UserInput.FOCUS_LENGTH
    given = ingest_pb2.UserInput(question=question, answer="1hr")
    observation = ingest_pb2.Observation(person_id="ana", user_input=given)
    assert recorded(observation) == "Recorded for ana: focus length is 1hr."


def test_an_import_counts_what_it_did_and_names_what_it_skipped() -> None:
    window = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
    imported = Import("ics:x", window, (), (Skipped("Lunch", "takes no time"),), {"cancelled": 2})
    shown = _text(outcome(Outcome(imported, 3, 4, 5)))
    for part in ("2026-01-01 to 2026-02-01", "2 entries, cancelled", "Lunch: takes no time"):
        assert part in shown


def test_times_are_told_on_the_persons_clock() -> None:
    assert long_time(protos.stamp(), "Asia/Tokyo") == "Tuesday 17 November 2026, 10:40 (Asia/Tokyo)"
    assert zone_or_utc("Mars/Base").key == "UTC"
    assert [minutes(it) for it in (0, 45, 60, 130)] == ["0 min", "45 min", "1 h", "2 h 10 min"]


def test_shown_suggestions_are_remembered_for_each_person(tmp_path: Path) -> None:
    shown = ShownSuggestions.from_environment({"XDG_STATE_HOME": str(tmp_path)})
    shown.keep("ana", ["a", "b"])
    shown.keep("ben", ["c"])
    assert [shown.numbered("ana", it) for it in (0, 1, 2, 3)] == [None, "a", "b", None]
    assert shown.numbered("ben", 1) == "c"
    (file,) = tmp_path.rglob("*.json")
    assert file.stat().st_mode & 0o077 == 0


def test_a_person_who_is_forgotten_leaves_no_name_behind(tmp_path: Path) -> None:
    shown = ShownSuggestions(tmp_path / "shown.json")
    shown.forget("ana")
    shown.keep("ana", ["a"])
    shown.keep("ben", ["c"])
    shown.forget("ana")
    assert (shown.numbered("ana", 1), shown.numbered("ben", 1)) == (None, "c")
    assert "ana" not in (tmp_path / "shown.json").read_text()


@pytest.mark.parametrize("content", ["", "[]", '{"ana": 3}', "{"])
def test_a_spoilt_memory_is_an_empty_one(tmp_path: Path, content: str) -> None:
    file = tmp_path / "shown.json"
    file.write_text(content)
    assert ShownSuggestions(file).numbered("ana", 1) is None


def test_a_memory_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    shown = ShownSuggestions(tmp_path / "file" / "shown.json")
    shown.keep("ana", ["a"])
    assert shown.numbered("ana", 1) is None
