"""Draws how helpful advice is, day by day of use."""

from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

from matplotlib import pyplot as plt

from eval.simulation.log import Log
from eval.simulation.report import LINES, Runs, rate, shown
from eval.simulation.run import DAYS
from eval.simulation.world import Arm

STYLES = {Arm.OURS: "-", Arm.DEAF: "--", Arm.BARE: "-.", Arm.CHANCE: ":", Arm.ORACLE: ":"}
NAME = "advice-by-day.png"


def draw(runs: Runs, into: Path) -> Path:
    """Draws one panel a family; returns the file."""
    figure, _ = plt.subplots(
        1, len(runs), figsize=(4.4 * len(runs), 3.6), layout="constrained", sharey=True
    )
    for axes, (family, arms) in zip(figure.axes, runs.items(), strict=True):
        for arm, log in arms.items():
            axes.plot(range(1, DAYS + 1), _by_day(log), STYLES[arm], label=arm)
        for days, least in LINES.values():
            axes.plot([days[0], days[-1]], [least, least], color="black", linewidth=2)
        axes.set_title(family)
        axes.set_xlabel("day of use")
    figure.axes[0].set_ylabel("share that felt helpful")
    figure.axes[0].legend(fontsize="small", loc="lower right")
    figure.savefig(into / NAME, dpi=100, metadata={"Software": None})
    plt.close(figure)
    return into / NAME


def _by_day(log: Log) -> list[float]:
    """Returns the rate on each day, with those of the day before and after."""
    rates = []
    for day in range(1, DAYS + 1):
        around = shown(log, range(day - 1, day + 2))
        rates.append(rate(around).value if around else float("nan"))
    return rates
