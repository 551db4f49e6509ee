"""A document's rules look at the moment, and what they say fits the person and the calendar."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.persona.mappers import DataMapper
from services.persona.mappers.daily_work_optimizer.moment import Moment
from services.persona.mappers.data.variables import VARIABLES, read_all
from services.persona.model import (
    Commitment,
    FlowDisruptors,
    FocusDuration,
    MeetingRecovery,
    Mindscape,
    Overlay,
    Quantiles,
    Refusal,
    Situation,
    Trait,
    TraitValue,
    Verdicts,
    Weight,
)
from tests.unit.persona.builders import (
    BERLIN,
    LAST_EVIDENCE,
    SENSITIVE,
    ada,
    energy,
    meeting,
    mindscape,
    on_tuesday,
    the,
    types,
)
from tests.unit.persona.data_mappers.documents import COMPILER, SOUND, changed

NONE = Verdicts()


def mapper(source: str = SOUND) -> DataMapper:
    return COMPILER.compile(source, 1)


def advise(
    made: DataMapper,
    clock: str,
    who: Mindscape | None = None,
    booked: Iterable[Commitment] = (),
    verdicts: Verdicts = NONE,
) -> Overlay:
    situation = Situation(on_tuesday(clock), BERLIN, tuple(booked), verdicts)
    return made.map(who or ada(energy()), situation)[1]


def test_a_rule_speaks_with_the_persons_own_numbers() -> None:
    said = the("reading", advise(mapper(), "10:00", booked=[meeting("10:45")]))

    assert said.title == "Read 30 minutes"
    assert said.description == "You have 45 free minutes and stay for 50."
    assert (said.start_at, said.end_at) == (on_tuesday("10:05"), on_tuesday("10:45"))
    assert said.duration_minutes == 30
    assert said.local_window == "10:05-10:45"
    assert said.why.rule == "reading while energy is fair"
    assert said.related_traits == ("work.focus_duration", "work.energy_patterns")
    assert [one.name for one in said.why.traits] == list(said.related_traits)


def test_a_rule_is_silent_when_its_condition_does_not_hold() -> None:
    assert types(advise(mapper(), "13:10")) == ["skimming"]


def test_what_does_not_fit_before_the_next_meeting_is_not_said() -> None:
    long = mapper(changed("min(30, free_minutes - 5)", "30"))
    assert types(advise(long, "10:00", booked=[meeting("10:30")])) == []
    assert types(advise(long, "10:00", booked=[meeting("10:35")])) == ["reading"]


def test_a_rule_is_silent_where_it_looks_at_what_is_not_known() -> None:
    curious = mapper(changed("energy.rank >= 0.5 && !busy", "meeting_recovery.p50 < 60"))
    without = mindscape(FocusDuration(Quantiles(50, 70, 90)), energy())

    assert types(advise(curious, "10:00")) == ["reading"]
    overlay = advise(curious, "10:00", without)
    assert types(overlay) == ["skimming"]
    assert overlay.left_out == ()


def test_what_may_be_unknown_can_be_asked_for_first() -> None:
    condition = "(!known.flow_disruptors || size(flow_disruptors.names) > 9)"
    careful = mapper(changed("energy.rank >= 0.5 && !busy", condition))
    assert types(advise(careful, "10:00")) == ["reading"]
    assert types(advise(careful, "10:00", ada(energy(), FlowDisruptors(())))) == []


def test_a_rule_that_fails_is_left_out_and_named_and_the_others_speak() -> None:
    source = changed("min(30, free_minutes - 5)", "600 / (free_minutes - 60)")
    failing = mapper(source.replace("busy || energy.rank < 0.5", "true"))
    overlay = advise(failing, "10:00", booked=[meeting("11:00")])

    assert overlay.left_out == ("rule read_now",)
    assert types(overlay) == ["skimming"]
    assert advise(failing, "10:00", booked=[meeting("11:30")]).left_out == ()


def test_a_rule_without_a_known_trait_to_lean_on_is_silent() -> None:
    traits = "[work.focus_duration, work.energy_patterns]"
    leaning = mapper(changed(traits, "[work.flow_disruptors]"))
    assert types(advise(leaning, "10:00")) == []


def test_of_several_rules_of_a_type_the_one_that_matters_most_speaks() -> None:
    both = changed("type: skimming", "type: reading").replace("busy || energy.rank < 0.5", "true")
    assert [one.title for one in advise(mapper(both), "10:00").suggestions] == ["Read 30 minutes"]
    urgent = both.replace("priority: 0.5\n", "priority: 1\n")
    assert [one.title for one in advise(mapper(urgent), "10:00").suggestions] == ["Skim"]


def test_a_type_that_was_refused_today_is_not_said_again() -> None:
    refusal = Refusal("reading", on_tuesday("09:00"))
    assert types(advise(mapper(), "10:00", verdicts=Verdicts(refusals=(refusal,)))) == []


def test_verdicts_on_other_types_change_nothing() -> None:
    others = Verdicts({("break", "work.focus_duration"): Weight(2.0)})
    assert advise(mapper(), "10:00", verdicts=others) == advise(mapper(), "10:00")


def test_weights_can_be_asked_for() -> None:
    modest = mapper(changed("energy.rank >= 0.5 && !busy", "weights.reading >= 1.0"))
    fallen = Verdicts({("reading", "work.focus_duration"): Weight(0.9)})
    assert types(advise(modest, "10:00")) == ["reading"]
    assert types(advise(modest, "10:00", verdicts=fallen)) == []


def test_preferences_take_the_documents_place_where_it_has_any() -> None:
    core = mapper().map(ada(), Situation(on_tuesday("10:00"), BERLIN))[0]
    assert core.preferences.break_every_minutes == 25
    assert core.preferences.default_focus_minutes == 50
    assert core.work_style.focus_minutes == 50


def test_a_preference_that_fails_or_is_no_length_stays_as_it_was() -> None:
    for formula in ("flow_disruptors.n", "-5", "100000", "1 / worked_minutes_today"):
        made = mapper(changed("focus.usual / 2", formula))
        core = made.map(ada(), Situation(on_tuesday("10:00"), BERLIN))[0]
        assert core.preferences.break_every_minutes == 50


def test_a_required_trait_that_is_unknown_is_asked_for_by_name() -> None:
    assert mapper().lacks(ada()) == ""
    assert "work.focus_duration" in mapper().lacks(mindscape(SENSITIVE))


def test_what_is_a_first_guess_says_so() -> None:
    known = ada(energy())
    guess = Trait(FocusDuration(Quantiles(50, 70, 90)), 1, 0.2, True, LAST_EVIDENCE)
    provisional = replace(known, traits={**known.traits, FocusDuration.NAME: guess})
    assert (
        "a first guess from 1 observation"
        in the("reading", advise(mapper(), "10:00", provisional)).description
    )


@pytest.mark.parametrize("priority", ["-1", "0.0 / 0.0", "0.2"])
def test_what_hardly_matters_is_not_said(priority: str) -> None:
    faint = mapper(changed("0.4 + 0.5 * energy.rank", priority))
    assert types(advise(faint, "10:00")) == []


def test_every_variable_is_there_when_everything_is_known() -> None:
    who = ada(energy(), SENSITIVE, FlowDisruptors(()), MeetingRecovery(10, 20))
    moment = Moment.of(who, Situation(on_tuesday("10:00"), BERLIN))
    assert set(read_all(moment)) == {variable.name for variable in VARIABLES}


def test_every_kind_of_trait_can_be_asked_for() -> None:
    kinds = get_args(TraitValue)
    names = {variable.name for variable in VARIABLES}
    assert {f"known.{kind.NAME.rpartition('.')[2]}" for kind in kinds} <= names


minutes = st.integers(-10, 2000)
bookings = st.lists(
    st.builds(
        lambda start, length: Commitment(
            on_tuesday("00:00") + timedelta(minutes=start),
            on_tuesday("00:00") + timedelta(minutes=start + length),
        ),
        st.integers(0, 2000),
        st.integers(1, 180),
    ),
    max_size=8,
)


@given(minutes, minutes, minutes, st.integers(0, 24 * 60 - 1), bookings)
def test_nothing_collides_with_what_is_booked(
    starts_in: int, duration: int, window: int, minute: int, booked: list[Commitment]
) -> None:
    source = changed("starts_in: 5", f"starts_in: {starts_in}")
    source = source.replace("min(30, free_minutes - 5)", str(duration))
    source = source.replace("window: 60", f"window: {window}")
    made = mapper(source.replace("working && energy.rank >= 0.5 && !busy", "true"))

    at = on_tuesday("00:00") + timedelta(minutes=minute)
    overlay = made.map(ada(energy()), Situation(at, BERLIN, tuple(booked)))[1]

    for said in overlay.suggestions:
        assert at <= said.start_at < said.end_at
        assert said.duration_minutes * 60 <= (said.end_at - said.start_at).total_seconds()
        assert not any(one.overlaps(said.start_at, said.end_at) for one in booked)
