"""The ten sample people."""

from datetime import UTC, datetime
from itertools import combinations
from zoneinfo import ZoneInfo

import protovalidate
import pytest

from clients.workbench.seeds import SAMPLES, at_work, histories

NOW = datetime(2026, 11, 17, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def test_there_are_ten_and_no_two_are_of_one_kind() -> None:
    kinds = {(each.chronotype, each.meetings, each.interruptions) for each in SAMPLES}
    assert len(SAMPLES) == len(kinds) == len({each.person_id for each in SAMPLES}) == 10


def test_they_differ_in_when_and_for_how_long_they_are_at_their_best() -> None:
    people = [each.person(BERLIN.key) for each in SAMPLES]
    for one, other in combinations(people, 2):
        hours = abs(one.peaks[0].hour - other.peaks[0].hour)
        assert hours > 0.1 or abs(one.focus_minutes - other.focus_minutes) > 5


def test_all_they_leave_behind_keeps_the_rules_of_the_api() -> None:
    for sample, history in histories(BERLIN.key, NOW):
        assert {each.person_id for each in history} == {sample.person_id}
        for observation in history[::20]:
            protovalidate.validate(observation)


@pytest.mark.parametrize(
    ("now", "local"), [("2026-11-17T12:00", "Tuesday 13:00"), ("2026-11-22T12:00", "Monday 10:30")]
)
def test_they_are_asked_on_a_working_day(now: str, local: str) -> None:
    at = at_work(datetime.fromisoformat(now).replace(tzinfo=UTC), BERLIN)
    assert f"{at.astimezone(BERLIN):%A %H:%M}" == local
