"""Draws what the table says, one picture a question."""

from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from eval.peaks import by_person, select
from eval.samples import (
    FIXED,
    PERSONAKIT,
    RANDOM,
    RANDOM_SIZES,
    RAW,
    REFERENCE,
    Sample,
)

STYLES = {PERSONAKIT: "o-", REFERENCE: "s--", RAW: "^:", FIXED: "-."}
BINS = 8


def draw(measured: Sequence[Sample], into: Path) -> None:
    """Draws the pictures on commit times."""
    save(into / "peak-captured.png", lambda axes: _captured(axes, measured))
    save(into / "peak-confidence.png", lambda axes: _confidence(axes, measured))


def save(path: Path, picture: Callable[[Axes], None]) -> None:
    """Draws one picture into a small file that is the same whenever it shows the same."""
    figure, axes = plt.subplots(figsize=(6.4, 3.8), layout="constrained")
    picture(axes)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=90, metadata={"Software": None})
    plt.close(figure)


def _captured(axes: Axes, measured: Sequence[Sample]) -> None:
    for predictor, style in STYLES.items():
        shares = [
            by_person(select(measured, RANDOM, n), lambda one: one.captured[predictor]).value  # noqa: B023
            for n in RANDOM_SIZES
        ]
        axes.plot(RANDOM_SIZES, shares, style, label=predictor)
    axes.set_xscale("log")
    axes.set_xticks(RANDOM_SIZES, [str(n) for n in RANDOM_SIZES])
    axes.set_xlabel("commits seen of a person")
    axes.set_ylabel("share of the best window's activity captured")
    axes.set_title("Three peak hours, judged on commits that were held out")
    axes.legend()


def _confidence(axes: Axes, measured: Sequence[Sample]) -> None:
    found = sorted((one for one in measured if one.task == RANDOM), key=lambda one: one.confidence)
    size = -(-len(found) // BINS)
    bins = [found[first : first + size] for first in range(0, len(found), size)]
    stated = [sum(one.confidence for one in part) / len(part) for part in bins]
    right = [sum(one.near[PERSONAKIT] for one in part) / len(part) for part in bins]
    axes.plot([0, 1], [0, 1], "--", color="grey", label="perfect")
    axes.plot(stated, right, "o-", label="personakit")
    axes.set_xlabel("stated confidence")
    axes.set_ylabel("how often the window was within one hour")
    axes.set_title("What confidence in the peak window means")
    axes.legend()
