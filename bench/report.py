"""`python -m bench.report`: puts what was measured into the docs, as a table and as a picture.

It reads `bench/results.json`, draws `docs/performance.png`, and writes the tables between the marks
in `README.md` and `docs/performance.md`.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import matplotlib as mpl

from bench.table import figure

Measured: TypeAlias = Mapping[str, Any]

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results.json"
PICTURE = ROOT / "docs" / "performance.png"
TICKS = (0.2, 0.5, 1, 2, 5, 10)
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
WHAT = {
    "record-grpc": "record one, gRPC, 64 in flight; an empty echo",
    "record-rest": "record one, REST, 64 in flight; FastAPI with its ORM",
    "record-rest-lean": "the same; FastAPI without the ORM",
    "record-rest-p50": "record one, REST, 1 in flight, p50; FastAPI with its ORM",
    "record-rest-p50-lean": "the same; FastAPI without the ORM",
    "record-batches": "record batches of 1,000; bare `unnest`",
    "record-stream": "record as a stream, messages of 500; bare `unnest`",
    "drain-50-people": "work off 50,000 of 50 people; empty pgqueuer jobs",
    "drain-5000-people": "work off 50,000 of 5,000 people; empty pgqueuer jobs",
    "freshness-p50": "from the answer to the mindscape, 100/s, p50",
    "freshness-p99": "the same, p99",
    "overload-memory-growth": "three times too much for a minute: memory",
    "overload-accepted-p99": "the same: answers to what was accepted, p99",
    "overload-refused-p99": "the same: refusals, p99",
    "overload-unexplained": "the same: ended in any other way",
    "overload-sent": "the same: sent",
    "overload-kept-back": "the same: not sent, as too many were under way",
    "overload-accepted": "the same: accepted",
    "overload-refused": "the same: refused, with a reason",
    "overload-cancelled": "the same: cancelled by gRPC before anybody looked at it",
    "suggest-history-p50": "suggest with 10,000 observations, p50; with 100",
    "suggest-p99": "the same, p99",
    "generate-history-p50": "generate with 10,000 observations, p50; with 100",
    "generate-p99": "the same, p99",
    "suggest-backlog-p99": "suggest while a backlog drains, p99",
    "generate-backlog-p99": "generate while a backlog drains, p99",
    "suggest-database-p50": "suggest among 1,000,000 observations; among 10,000",
    "generate-database-p50": "generate among 1,000,000 observations; among 10,000",
    "memory-services-loaded": "the services' memory after 1,000,000",
    "memory-services-ready": "the services' memory when ready",
    "memory-stack-ready": "all of it, with Postgres and Envoy, when ready",
    "start": "`make run`, the second time, until the first suggestion",
    "database-size": "the database, an observation; its JSON",
    "every-rpc-p99": "the slowest method, 10,000 observations, p99",
    "watch-memory-each": "an open stream of WatchSuggestions: memory",
    "watch-processor": "2,000 of them: processor",
    "watch-told-p50": "from what was observed to what it tells, p50",
    "watch-told-p99": "the same, p99",
    "suggest-writes-rows": "rows that GET suggestions writes",
    "suggest-writes-log": "log that GET suggestions writes",
}


def main() -> None:
    """Writes the tables and the picture."""
    document = json.loads(RESULTS.read_text())
    order = {name: place for place, name in enumerate(WHAT)}
    rows: list[Measured] = sorted(document["rows"], key=lambda row: order.get(row["row"], 99))
    draw([row for row in rows if row["line"]], PICTURE)
    machine = f"Measured on {document['machine']}."
    lined = [row for row in rows if row["line"]]
    for path, shown in ((ROOT / "README.md", lined), (ROOT / "docs" / "performance.md", rows)):
        path.write_text(between_marks(path.read_text(), f"{machine}\n\n{table(shown)}"))


def between_marks(text: str, put: str) -> str:
    """Returns the text with something else between the marks."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"no {BEGIN} ... {END}")
    return f"{before}{BEGIN}\n{put}\n{END}{after}"


def table(rows: Sequence[Measured]) -> str:
    """Returns rows as Markdown."""
    head = ("what; beside what", "measured", "beside", "ratio", "line", "met")
    return "\n".join(_cells(line) for line in (head, ["---"] * len(head), *map(_line, rows)))


def _line(row: Measured) -> Sequence[str]:
    name, unit = str(row["row"]), row["unit"]
    beside = f"{figure(row['yardstick'])} {unit}" if row["yardstick"] is not None else ""
    met = ("yes" if row["met"] else "**no**") if row["line"] else ""
    measured = f"{figure(row['value'])} {unit}"
    return WHAT.get(name, name), measured, beside, figure(row["ratio"]), row["line"], met


def _cells(line: Sequence[str]) -> str:
    return f"| {' | '.join(line)} |"


def draw(rows: Sequence[Measured], path: Path) -> None:
    """Draws how far each row is beyond its line, or short of it."""
    mpl.use("agg")
    from matplotlib import pyplot

    names, times = [row["row"] for row in rows], [times_the_line(row) for row in rows]
    colours = ["tab:green" if row["met"] else "tab:red" for row in rows]
    drawing, axes = pyplot.subplots(figsize=(8, 0.28 * len(rows) + 1))
    axes.barh(names, [one - 1 for one in times], left=1, color=colours)
    axes.axvline(1, color="black", linewidth=1)
    axes.set_xscale("log")
    axes.set_xticks(TICKS, [f"{tick:g}" for tick in TICKS])
    axes.minorticks_off()
    axes.invert_yaxis()
    axes.set_xlabel("times as good as its line")
    drawing.tight_layout()
    drawing.savefig(path, dpi=110)


def times_the_line(row: Measured) -> float:
    """Returns how many times as good as its line a row is: 1 on the line, more beyond it."""
    words = row["line"].removeprefix("ratio ").split()
    value = float(row["value"] if words == row["line"].split() else row["ratio"])
    # What is nothing at all, such as no growth, is drawn as a tenth of its line.
    share = max(value / float(words[1].replace(",", "")), 0.1)
    return share if words[0] == ">=" else 1 / share


if __name__ == "__main__":
    main()
