"""Draws what is believed of made-up people beside the truth, one picture a trait."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from matplotlib.axes import Axes

from clients.workbench.families import Family, draw_person
from clients.workbench.truth import Truth
from eval.believing import statements, traits_after
from eval.made_up import judging
from eval.made_up.diary import Diary
from eval.made_up.judging import ALL_BUT_IT, ANSWERED, FIXED, PERSONAKIT, PLAIN, Judged
from eval.made_up.measuring import FIRST, SIZES
from eval.made_up.table import ERRORS
from eval.plots import save
from eval.windows import HOURS
from services.profiler.days import Day, merge
from services.profiler.model import (
    Answer,
    EnergyLevel,
    EnergyPatterns,
    Fact,
    Question,
    Trait,
)
from services.profiler.traits import energy_level, energy_patterns
from services.profiler.traits.prior import SHIPPED

COLOURS = {PERSONAKIT: "C0", PLAIN: "C1", ANSWERED: "C2", FIXED: "C3", ALL_BUT_IT: "grey"}
DASHES = {
    Family.OFFICE: "-",
    Family.STUDIO: "--",
    Family.WORKSHOP: ":",
    Family.CLINIC: "-.",
}
SHOWN_SEED, SHOWN_SESSIONS = 5, 40
PICTURES: Mapping[str, tuple[str, str, str]] = {
    "focus.png": (judging.FOCUS, "How far off is the usual focus length?", "median error, a share"),
    "recovery.png": (judging.RECOVERY, "How far off is the meeting recovery?", "minutes"),
    "switching.png": (judging.LABEL, "How often is the cost's level right?", "rate"),
    "start.png": (judging.START, "How far off is the start of the day?", "minutes"),
    "disruptors.png": (judging.WORST, "How often is the worst disruptor right?", "rate"),
    "peak-made-up.png": (judging.NEAR, "How often is the peak within an hour?", "rate"),
}


def draw(judged: Sequence[Judged], into: Path) -> None:
    """Draws all pictures."""
    for name, (what, title, unit) in PICTURES.items():
        found = [one for one in judged if one.what == what]
        save(into / name, _by_n(found, what, title, unit))
    save(into / "energy-curve.png", _curve)
    save(into / "energy-now.png", _one_day)


def _by_n(found: Sequence[Judged], what: str, title: str, unit: str) -> Callable[[Axes], None]:
    middle = next(error.middle for error in ERRORS if error.what == what)

    def picture(axes: Axes) -> None:
        for family in Family:
            for predictor in found[0].found:
                values = [
                    middle([one.found[predictor] for one in found if _is(one, family, n)])
                    for n in SIZES
                ]
                label = f"{predictor}, {family}" if predictor == PERSONAKIT else None
                axes.plot(SIZES, values, DASHES[family], color=COLOURS[predictor], label=label)
                if family is Family.OFFICE and predictor != PERSONAKIT:
                    axes.lines[-1].set_label(predictor)
        axes.set_xscale("log")
        axes.set_xticks(SIZES, [str(n) for n in SIZES])
        axes.set_xlabel("meetings seen" if what == judging.RECOVERY else "sessions seen")
        axes.set_ylabel(unit)
        axes.set_ylim(bottom=0)
        axes.set_title(title)
        axes.legend(fontsize="small")

    return picture


def _is(one: Judged, family: Family, n: int) -> bool:
    return one.family == family and one.n == n


def _curve(axes: Axes) -> None:
    person = draw_person(SHOWN_SEED, "UTC")
    diary = Diary(person, FIRST)
    truth = Truth.of(person, FIRST).levels
    hours, mean = range(HOURS), SHIPPED.habits.mean
    axes.plot(hours, [one / max(truth) for one in truth], "k:", label="the truth")
    axes.plot(hours, [one / max(mean) for one in mean], "--", color="grey", label="people's days")
    for n, colour in ((5, "C9"), (SHOWN_SESSIONS, "C0")):
        value = traits_after(diary.after_sessions(n))[energy_patterns.NAME].value
        assert isinstance(value, EnergyPatterns)
        axes.plot(hours, value.weekday, color=colour, label=f"believed after {n} sessions")
    axes.set_xticks(range(0, HOURS, 3), [f"{hour:02d}:00" for hour in range(0, HOURS, 3)])
    axes.set_ylabel("energy, 1 at its best")
    axes.set_title("One made-up person's energy by the hour")
    axes.legend(fontsize="small")


def _one_day(axes: Axes) -> None:
    person = draw_person(SHOWN_SEED, "UTC")
    diary = Diary(person, FIRST)
    traits = traits_after(diary.after_sessions(SHOWN_SESSIONS))
    day = FIRST + timedelta(days=28)
    noted = diary.between(day, day + timedelta(days=1))
    midnight = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
    said = Answer(midnight + 13 * 3600, "UTC", Question.ENERGY_NOW, "low")
    for facts, label in ((noted, "as the day goes"), ([*noted, said], 'with "low" said at 13:00')):
        days = _days(facts)
        quarters = [midnight + quarter * 900 for quarter in range(24, 84)]
        values = [_value(energy_level.energy_level(traits, days, at, "UTC")) for at in quarters]
        axes.plot([(at - midnight) / 3600 for at in quarters], values, label=label)
    for level in (energy_level.LOW_BELOW, energy_level.HIGH_FROM):
        axes.axhline(level, color="grey", linestyle=":")
    axes.set_xlabel("hour of the day")
    axes.set_ylabel("energy now")
    axes.set_title("The energy of one day; low and high begin at the dotted lines")
    axes.legend(fontsize="small")


def _days(facts: Sequence[Fact]) -> list[Day]:
    entries = merge({}, statements(facts))
    return [Day.of(day, entries[day]) for day in sorted(entries)]


def _value(trait: Trait | None) -> float:
    assert trait is not None
    assert isinstance(trait.value, EnergyLevel)
    return trait.value.value
