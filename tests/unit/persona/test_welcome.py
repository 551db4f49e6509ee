"""What the person wants to hear is learned from verdicts, and unlearned now and then."""

from datetime import timedelta

import pytest

from services.persona.model import Helpfulness, Told, Verdicts
from tests.unit.persona.builders import (
    SENSITIVE,
    ada,
    advise,
    judged,
    on_tuesday,
    refused,
    the,
    types,
    weighed,
)

DEEP, PROTECT = "deep_work_window", "protect_from_interruptions"
TUESDAYS = [on_tuesday("09:30") + timedelta(weeks=week) for week in range(15)]


@pytest.mark.parametrize(("helpful", "no"), [(0, 2), (1, 3), (2, 5)])
def test_what_is_clearly_not_helpful_is_not_shown(helpful: int, no: int) -> None:
    assert DEEP not in types(advise(ada(), "09:30", verdicts=judged(DEEP, helpful, no)))


@pytest.mark.parametrize(("helpful", "no"), [(1, 2), (2, 4), (6, 6)])
def test_a_few_refusals_silence_nothing(helpful: int, no: int) -> None:
    assert DEEP in types(advise(ada(), "09:30", verdicts=judged(DEEP, helpful, no)))


def test_what_does_not_help_in_the_afternoon_may_help_in_the_morning() -> None:
    mixed = Verdicts(
        helpfulness={
            (DEEP, "afternoon"): Helpfulness(0, 4),
            (DEEP, "morning"): Helpfulness(6, 0),
        }
    )

    assert DEEP in types(advise(ada(), "09:30", verdicts=mixed))


def test_a_part_of_the_day_in_which_it_helps_less_lowers_the_priority() -> None:
    plain = the(DEEP, advise(ada(), "09:30"))
    parted = Verdicts(
        helpfulness={
            (DEEP, "afternoon"): Helpfulness(9, 0),
            (DEEP, "morning"): Helpfulness(3, 4),
        }
    )

    assert the(DEEP, advise(ada(), "09:30", verdicts=parted)).priority < plain.priority


def test_what_is_not_shown_gets_a_chance_now_and_then() -> None:
    unwelcome = judged(DEEP, 0, 9)
    shown = [DEEP in types(advise(ada(), at, verdicts=unwelcome)) for at in TUESDAYS]

    assert shown.count(True) == 1


def test_what_was_refused_before_any_praise_is_tried_on_one_day_in_three() -> None:
    doubtful = judged(DEEP, 0, 1)
    shown = [DEEP in types(advise(ada(), at, verdicts=doubtful)) for at in TUESDAYS]

    assert shown.count(True) == len(TUESDAYS) / 3


def test_a_chance_is_one_suggestion() -> None:
    unwelcome = judged(DEEP, 0, 9)
    at = next(at for at in TUESDAYS if types(advise(ada(), at, verdicts=unwelcome)))
    told = Told(DEEP, 1, at - timedelta(minutes=1))

    assert DEEP not in types(advise(ada(), at, verdicts=unwelcome, told=[told]))


def test_a_type_is_said_five_times_a_day_at_most() -> None:
    four, five = (Told(DEEP, times, on_tuesday("09:20")) for times in (4, 5))

    assert DEEP in types(advise(ada(), "09:30", told=[four]))
    assert DEEP not in types(advise(ada(), "09:30", told=[five]))
    assert PROTECT in types(advise(ada(SENSITIVE), "09:30", told=[five]))


def test_what_still_holds_is_not_counted_again() -> None:
    standing = Told(DEEP, 5, on_tuesday("10:00"))

    assert DEEP in types(advise(ada(), "09:30", told=[standing]))


def test_what_was_refused_today_is_not_said_again_today() -> None:
    assert "deep_work_window" not in types(
        advise(ada(), "11:00", verdicts=refused("deep_work_window", "09:30"))
    )


def test_what_was_refused_yesterday_may_be_said_again() -> None:
    tomorrow = on_tuesday("09:30") + timedelta(days=1)

    assert "deep_work_window" in types(
        advise(ada(), tomorrow, verdicts=refused("deep_work_window", "23:30"))
    )


def test_weights_change_the_order() -> None:
    who = ada(SENSITIVE)
    plain = advise(who, "09:30")
    moved = advise(
        who, "09:30", verdicts=weighed(deep_work_window=0.8, protect_from_interruptions=1.9)
    )

    assert types(plain) == ["deep_work_window", "protect_from_interruptions"]
    assert types(moved) == ["protect_from_interruptions", "deep_work_window"]
    assert the("deep_work_window", moved).why.weight == 0.8


def test_one_lowered_weight_lowers_the_priority() -> None:
    plain = the("deep_work_window", advise(ada(), "09:30"))
    lowered = the(
        "deep_work_window", advise(ada(), "09:30", verdicts=weighed(deep_work_window=0.8))
    )

    assert lowered.priority < plain.priority


def test_a_type_that_has_fallen_low_is_hidden() -> None:
    assert "deep_work_window" not in types(
        advise(ada(), "09:30", verdicts=weighed(deep_work_window=0.64))
    )


def test_a_type_that_was_never_judged_is_not_hidden_by_the_praise_of_others() -> None:
    praised = weighed(**{"break": 2.0, "protect_from_interruptions": 2.0})

    assert "deep_work_window" in types(advise(ada(), "09:30", verdicts=praised))
