"""However a document is meant, it is read, tried and asked within bounds."""

import time

import pytest

from services.persona.mappers.data.language import LONGEST_STRING
from services.persona.model import Situation
from tests.unit.persona.builders import BERLIN, ada, energy, on_tuesday
from tests.unit.persona.data_mappers.documents import (
    COMPILER,
    SOUND,
    changed,
    problems,
    with_condition,
)

# A busy machine takes several times as long as a quiet one, where the worst takes a fifth of it.
SECONDS = 5.0
KIB = 1024
RULE = SOUND[SOUND.index("  - id: read_later") :]


def rules(count: int, rule: str = RULE) -> str:
    """A document of so many rules."""
    head = SOUND[: SOUND.index("  - id: read_now")]
    return head + "".join(rule.replace("read_later", f"r{number}") for number in range(count))


def busy_rule() -> str:
    """A rule with as much to evaluate as fits."""
    condition = " || ".join(["energy.rank < 0.0"] * 20)
    return RULE.replace("busy || energy.rank < 0.5", condition)


HOSTILE = {
    "brackets": "[" * 65_000,
    "closed brackets": "[" * 32_000 + "]" * 32_000,
    "braces": "{" * 65_000,
    "dashes": "- " * 32_000,
    "questions": "? " * 32_000,
    "indents": "\n".join(" " * depth + "a:" for depth in range(350)),
    "keys": "\n".join(f"k{number}: {number}" for number in range(6_000)),
    "similar keys": "\n".join(f"mapper_idd{number}: 1" for number in range(4_000)),
    "anchors": "\n".join(f"- &a{number} x" for number in range(5_000)),
    "a bomb of aliases": "a: &a [x, x]\n" + "\n".join(
        f"b{number}: &b{number} [*{'ab'[number > 0]}{number - 1 if number else ''}, *a]"
        for number in range(500)
    ),
    "a tag that makes an object": "!!python/object/apply:os.system [true]",
    "a large document": "a" * 70 * KIB,
    "a merge": "<<: {mapper_id: a}",
    "too many rules": rules(60),
    "as many rules as may be": rules(50),
    "long conditions": rules(50, busy_rule()),
    "placeholders": changed("Skim something.", "{busy}" * 80),
    "too many placeholders": rules(50, RULE.replace("Skim something.", "{busy}" * 80)),
    "parentheses": with_condition("(" * 200 + "busy" + ")" * 200),
    "a chain of additions": with_condition("+".join(["1"] * 200) + " > 0"),
    "a chain of members": with_condition("local" + ".a" * 200),
    "a chain of indexes": with_condition("energy_patterns.weekday" + "[0]" * 150),
    "choices within choices": with_condition("busy ? 1 : " * 40 + "2 > 1"),
    "a chain of ands": with_condition(" && ".join(["busy"] * 60)),
    "negations": with_condition("!" * 490 + "busy"),
    "a large list": with_condition("1 in [" + ",".join(["1"] * 240) + "]"),
    "a large number": with_condition("9" * 450 + " > 1"),
    "a double that is infinite": with_condition("1e999999999 > 1.0"),
    "a large power of a string": with_condition("size(" + "+".join(["local.clock"] * 30) + ") > 0"),
    "a loop": with_condition("[1, 2].all(x, [1, 2].all(y, x + y > 0))"),
    "a loop of its own name": with_condition("energy_patterns.weekday.exists(x, x > 0.0)"),
    "an expression that explodes": with_condition('local.clock.matches("(a+)+$")'),
    "an expression that repeats": with_condition('local.clock.matches("(a{1,1000}){1,1000}")'),
    "a message": with_condition("google.protobuf.Struct{} == google.protobuf.Struct{}"),
    "a long name": with_condition("a" * 490),
    "names that are nearly known": with_condition(" && ".join(["energy.rnak > 0.1"] * 22)),
    "control characters": with_condition("busy \x00"),
    "half a character": with_condition("busy \ud800"),
    "right to left": with_condition("busy \u202e"),
}  # fmt: skip


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_document_is_judged_soon(source: str) -> None:
    began = time.perf_counter()
    problems(source)
    assert time.perf_counter() - began < SECONDS


@pytest.mark.parametrize(
    "name",
    [
        "a bomb of aliases",
        "a loop",
        "an expression that explodes",
        "an expression that repeats",
        "parentheses",
        "too many placeholders",
        "too many rules",
    ],
)
def test_what_has_no_bound_is_refused(name: str) -> None:
    assert problems(HOSTILE[name])


def test_the_largest_document_is_asked_soon() -> None:
    largest = COMPILER.prove(rules(50, busy_rule()))
    began = time.perf_counter()
    largest.map(ada(energy()), Situation(on_tuesday("10:00"), BERLIN))
    assert time.perf_counter() - began < SECONDS / 5


def test_a_long_text_is_cut() -> None:
    wordy = changed("Skim something.", '"' + "{local.clock + string(energy.rank)}" * 14 + '"')
    made = COMPILER.prove(wordy.replace("busy || energy.rank < 0.5", "true"))
    situation = Situation(on_tuesday("10:00"), BERLIN)
    said = made.map(ada(energy()), situation)[1].suggestions
    assert max(len(one.description) for one in said) <= LONGEST_STRING
