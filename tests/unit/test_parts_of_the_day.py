"""The parts of the day, which the services name each for itself, since none imports another."""

from datetime import datetime

import pytest

from services.feedback import model as feedback
from services.persona.mappers.daily_work_optimizer import moment as mapper
from services.profiler import localtime as profiler


@pytest.mark.parametrize("hour", range(24))
def test_a_local_hour_is_in_the_same_part_of_the_day_for_all_services(hour: int) -> None:
    local = datetime(2026, 11, 17, hour, 59)  # noqa: DTZ001 - any zone's
    names = (
        feedback.part_of_day(local),
        mapper.part_of_day(hour),
        profiler.part_of_day(60 * hour + 59),
    )
    assert len(set(names)) == 1, names
