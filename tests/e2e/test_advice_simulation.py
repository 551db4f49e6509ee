"""Made-up people use the whole system for two days."""

from eval.simulation.people import Family
from eval.simulation.rehearsal import rehearse
from eval.simulation.report import shown
from eval.simulation.world import Arm, live


def test_people_live_ask_and_answer_through_the_whole_system() -> None:
    log = live(Family.OFFICE, Arm.OURS, people=3, days=2)

    assert any(each.shown for each in log.said)
    assert any(not each.shown for each in log.said)
    assert log.swept > 0
    assert log.swept_misplaced == 0
    assert not any(each.misplaced for each in log.said)
    rehearsed = rehearse(Family.OFFICE, people=3, days=2)
    assert sorted(map(str, shown(log))) == sorted(map(str, rehearsed.said))
