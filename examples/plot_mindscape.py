"""Draws a mindscape: energy over the day, the best hours, and how sure it is.

python examples/plot_mindscape.py sample mindscape.png
"""

import json
import os
import sys
import urllib.request
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

BASE = f"http://127.0.0.1:{os.environ.get('PERSONAKIT_PORT', '8000')}"
TOKEN = os.environ.get("PERSONAKIT_TOKEN")


def mindscape_of(person: str) -> dict[str, Any]:
    """Asks for the mindscape."""
    request = urllib.request.Request(f"{BASE}/v1/people/{person}/mindscape")
    if TOKEN:
        request.add_header("authorization", f"Bearer {TOKEN}")
    with urllib.request.urlopen(request, timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def draw_energy(axes: Axes, traits: dict[str, Any]) -> None:
    """The curves of weekdays and weekends, with the best windows behind them."""
    patterns = traits["work.energy_patterns"]["energy_patterns"]
    for name, style in (("weekday", "-"), ("weekend", "--")):
        levels: Sequence[float] = patterns[name]
        axes.step(range(25), [*levels, levels[-1]], style, where="post", label=name)
    for window in traits.get("work.peak_hours", {}).get("peak_hours", {}).get("windows", []):
        axes.axvspan(hour_of(window["start"]), hour_of(window["end"]) or 24, alpha=0.15)
    axes.set(xlim=(0, 24), ylim=(0, 1.05), xlabel="local hour", ylabel="energy")
    axes.set_xticks(range(0, 25, 3))
    axes.legend()


def draw_confidence(axes: Axes, traits: dict[str, Any]) -> None:
    """How sure each trait is; what is provisional stays pale."""
    names = sorted(traits, reverse=True)
    for name in names:
        trait = traits[name]
        pale = 0.4 if trait.get("provisional") else 1.0
        axes.barh(name, trait.get("confidence", 0), color="tab:blue", alpha=pale)
    axes.set(xlim=(0, 1), xlabel="confidence")


def hour_of(clock: str) -> float:
    """The decimal hour of a time such as "09:30"."""
    hour, minute = clock.split(":")
    return int(hour) + int(minute) / 60


def main(person: str, path: str) -> None:
    """Draws one person's mindscape into a file."""
    found = mindscape_of(person)
    figure = Figure(figsize=(12, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    figure.suptitle(f"{person}, version {found['version']}")
    draw_energy(left, found["traits"])
    draw_confidence(right, found["traits"])
    figure.savefig(path)
    print(f"drawn: {path}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: plot_mindscape.py PERSON FILE")
    main(*sys.argv[1:])
