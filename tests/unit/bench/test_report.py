"""What was measured, as the docs show it."""

import pytest

from bench.report import BEGIN, END, between_marks, table, times_the_line


@pytest.mark.parametrize(
    ("line", "value", "ratio", "times"),
    [
        ("ratio >= 0.5", 3000.0, 1.0, 2.0),
        ("ratio <= 1.1", 3.0, 2.2, 0.5),
        ("< 30 ms", 15.0, 0.03, 2.0),
        ("< 20 MB", 0.0, None, 10.0),
    ],
)
def test_a_row_is_so_many_times_as_good_as_its_line(
    line: str, value: float, ratio: float | None, times: float
) -> None:
    assert times_the_line({"line": line, "value": value, "ratio": ratio}) == pytest.approx(times)


def test_only_what_is_between_the_marks_changes() -> None:
    text = f"before\n{BEGIN}\nold\n{END}\nafter"
    assert between_marks(text, "new") == f"before\n{BEGIN}\nnew\n{END}\nafter"
    with pytest.raises(ValueError, match="no "):
        between_marks("no marks", "new")


def test_a_missed_line_is_told_and_a_stated_figure_has_none() -> None:
    missed = {
        "row": "start",
        "value": 7.5,
        "unit": "s",
        "yardstick": None,
        "ratio": None,
        "line": "< 5 s",
        "met": False,
    }
    shown = table([missed, {**missed, "row": "other", "line": "", "met": True}]).splitlines()
    assert shown[2].endswith("| 7.5 s |  |  | < 5 s | **no** |")
    assert shown[3] == "| other | 7.5 s |  |  |  |  |"
