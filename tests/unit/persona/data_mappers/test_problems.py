"""Every problem of a document is told at once, with its rule, its line and its column."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.persona.data_mappers.documents import COMPILER, SOUND, changed, problems

BAD = {
    "a key that nobody knows": (changed("action: Skim.", "acton: Skim."), 24, 5, "read_later"),
    "a key that is missing": (changed("    action: Skim.\n", ""), 19, 5, "read_later"),
    "a key that comes twice": (
        changed("    duration: 10\n", "    duration: 10\n    duration: 20\n"), 26, 5, "read_later"
    ),
    "a key at the top that nobody knows": (changed("mapper_id:", "mapper:"), 1, 1, ""),
    "no name": (changed("reading_coach", "Reading Coach"), 1, 12, ""),
    "a name that begins with a digit": (changed("reading_coach", "1st"), 1, 12, ""),
    "a description that is a list": (changed("When to read.", "[a]"), 2, 14, ""),
    "an unknown required trait": (changed("[work.focus_duration]\npref", "[a]\npref"), 3, 19, ""),
    "an unknown related trait": (changed("work.energy_patterns]", "energy]"), 18, 43, "read_now"),
    "no related trait": (
        changed("0.5\n    related_traits: [work.focus_duration]", "0.5\n    related_traits: []"),
        27, 21, "read_later",
    ),
    "an id that comes twice": (changed("read_later", "read_now"), 19, 9, "read_now"),
    "a type that is no name": (changed("skimming", "to skim"), 20, 11, "read_later"),
    "a condition that is cut short": (changed(" energy.rank < 0.5", ""), 21, 18, "read_later"),
    "a condition that is a number": (changed("busy || energy.rank < 0.5", "free_minutes"), 21, 11,
                                     "read_later"),
    "a condition that is a list": (changed("busy || energy.rank < 0.5", "[busy]"), 21, 11,
                                   "read_later"),
    "an unknown variable": (changed("|| energy.rank", "|| enrgy.rank"), 21, 24, "read_later"),
    "an unknown function": (changed("min(30,", "least(30,"), 15, 20, "read_now"),
    "an int compared with a double": (changed("< 0.5", "< 1"), 21, 31, "read_later"),
    "a length that is a double": (changed("duration: 10", "duration: 1.5"), 25, 15, "read_later"),
    "a priority that is a text": (changed("priority: 0.5", "priority: local.clock"), 26, 15,
                                  "read_later"),
    "an unknown placeholder": (changed("{focus_duration.p50}", "{focus_duration.p51}"), 11, 84,
                               "read_now"),
    "a brace that is not closed": (changed("Skim something.", "Skim {duration"), 23, 23,
                                   "read_later"),
    "what is known only to texts": (changed("busy || energy.rank", "duration > 3 || energy.rank"),
                                    21, 11, "read_later"),
    "a division by zero that can happen": (
        changed("duration: 10", "duration: 600 / worked_minutes_today"), 25, 15, "read_later"
    ),
    "an item of a list that may be empty": (
        changed("Skim something.", "Skim {flow_disruptors.names[0]}."), 23, 18, "read_later"
    ),
    "a length that can be too large": (
        changed("duration: 10", "duration: 9223372036854775807 + local.hour"), 25, 15, "read_later"
    ),
    "an unknown preference": (changed("break_every_minutes:", "break_after:"), 5, 3, ""),
    "rules that are no list": ("mapper_id: a\nrules: 5\n", 2, 8, ""),
    "no YAML": ("mapper_id: [\n", 2, 1, ""),
    "an alias": (changed("duration: 10", "duration: &ten 10"), 25, 15, ""),
    "a tag": (changed("duration: 10", "duration: !!int 10"), 25, 15, ""),
    "two documents": (f"{SOUND}---\n{SOUND}", 28, 1, ""),
    "a document that is a word": ("hello", 1, 1, ""),
    "an empty document": ("", 1, 1, ""),
}  # fmt: skip


def test_a_sound_document_has_no_problems() -> None:
    assert problems(SOUND) == ()


@pytest.mark.parametrize(("source", "line", "column", "rule"), BAD.values(), ids=BAD.keys())
def test_a_problem_stands_where_the_author_made_it(
    source: str, line: int, column: int, rule: str
) -> None:
    found = [(one.place.line, one.place.column, one.rule) for one in problems(source)]
    assert (line, column, rule) in found


def test_all_problems_are_told_at_once_in_the_documents_order() -> None:
    source = (
        SOUND.replace("energy.rank >= 0.5", "energy.rank >= 1")
        .replace("Take the next chapter.", "Take {chapter}, {page}.")
        .replace("type: skimming", "type: Skim")
        .replace("priority: 0.5", "priority: busy")
    )
    places = [(one.place.line, one.rule) for one in problems(source)]
    assert places == [
        (9, "read_now"), (12, "read_now"), (12, "read_now"), (20, "read_later"), (26, "read_later"),
    ]  # fmt: skip


FOLDED = """\
    when: >-
      working
      && free_minutes > 5
      && typo
"""
LITERAL = FOLDED.replace(">-", "|")
SINGLE = "    when: 'local.clock == ''10:40'' && typo'\n"
DOUBLE = "    when: \"local.clock == 'x' && typo\"\n"
PLAIN = "    when: working && free_minutes > 5\n      && typo\n"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [(FOLDED, 24, 10), (LITERAL, 24, 10), (SINGLE, 21, 40), (DOUBLE, 21, 34), (PLAIN, 22, 10)],
    ids=["folded", "literal", "single", "double", "plain"],
)
def test_a_column_is_the_documents_however_a_text_is_written(
    text: str, line: int, column: int
) -> None:
    source = changed("    when: busy || energy.rank < 0.5\n", text)
    assert [(one.place.line, one.place.column) for one in problems(source)] == [(line, column)]


def test_what_fails_is_a_problem_unless_the_condition_keeps_it_from_being_asked() -> None:
    careless = changed("duration: 10", "duration: 600 / meeting_recovery.p50")
    assert [one.place.line for one in problems(careless)] == [25]
    careful = careless.replace("busy || energy.rank < 0.5", "meeting_recovery.p50 > 0")
    assert problems(careful) == ()


@given(st.text())
def test_any_text_is_a_document_or_has_problems(text: str) -> None:
    problems(text)


@settings(max_examples=300)
@given(st.data())
def test_any_change_of_a_document_leaves_one_or_makes_problems(data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(SOUND)))
    end = data.draw(st.integers(begin, min(len(SOUND), begin + 20)))
    pieces = st.sampled_from([*"{}[]()\"':-#&*!|>%@`,?\n\t. ", "{{", "&&", " 0 ", "\x00", "\ud800"])
    new = "".join(data.draw(st.lists(pieces | st.characters(), max_size=4)))

    for one in problems(SOUND[:begin] + new + SOUND[end:]):
        assert one.place.line >= 1
        assert one.place.column >= 1
        assert one.message


@given(st.lists(st.sampled_from(
    ["energy.rank", "busy", "known.focus_duration", "focus_duration.p50", "weights", "1", "0.5",
     "'a'", "+", "-", "/", "%", "==", "<", "in", "&&", "||", "!", "?", ":", "(", ")", "[", "]",
     "min(", ",", "size(", "int(", "round(", "fives(", "clock(", "percent(", "double(", "string(",
     "0.0", "9223372036854775807", "-9223372036854775808", "1e308", "{", "}", "null", "."]),
    max_size=12).map(" ".join))  # fmt: skip
def test_any_expression_is_understood_or_a_problem(expression: str) -> None:
    source = changed("    duration: 10\n", f"    duration: >-\n      {expression}\n")
    problems(source)


def test_a_document_that_is_proven_can_be_compiled() -> None:
    assert COMPILER.compile(SOUND, 3).version == 3
