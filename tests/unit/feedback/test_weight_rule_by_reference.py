"""The rule of weights against a slow and obvious reference, which keeps every verdict."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.feedback.model import TraitWeight, judged

NOW = datetime(2026, 11, 17, 9, tzinfo=UTC)
WEEK = timedelta(days=7)
TYPES, TRAITS = ("break", "wrap_up"), ("a", "b")


@dataclass(frozen=True)
class Said:
    """One verdict of a person."""

    type: str
    trait: str
    helpful: bool
    at: datetime


def reference(said: list[Said], originals: dict[str, float]) -> dict[tuple[str, str], float]:
    """Follows the rule's sentences one by one, looking at all verdicts each time."""
    weights: dict[tuple[str, str], float] = {}
    counted_from = dict.fromkeys(TYPES, 0)
    for number, verdict in enumerate(said):
        original = originals[verdict.trait]
        pair = verdict.type, verdict.trait
        weight = weights.get(pair, original)
        if verdict.helpful:
            weight = min(weight * 1.1, 2 * original)
        elif _refusals(said[counted_from[verdict.type] : number + 1], verdict) == 5:
            weight = max(weight * 0.8, 0.5 * original)
            counted_from[verdict.type] = number + 1
        weights[pair] = weight
    return weights


def _refusals(said: list[Said], last: Said) -> int:
    return sum(
        one.type == last.type and not one.helpful and last.at - one.at < WEEK for one in said
    )


def rule(said: list[Said], originals: dict[str, float]) -> dict[tuple[str, str], float]:
    kept: dict[tuple[str, str], TraitWeight] = {}
    for verdict in said:
        original = originals[verdict.trait]
        of_type = [one for one in kept.values() if one.suggestion_type == verdict.type]
        new = TraitWeight(verdict.type, verdict.trait, original, original)
        after = judged(of_type, new, verdict.helpful, verdict.at)
        kept |= {(one.suggestion_type, one.trait): one for one in after}
    return {pair: one.weight for pair, one in kept.items()}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(TYPES), st.sampled_from(TRAITS), st.booleans(), st.integers(0, 60)
        ),
        max_size=120,
    ),
    st.fixed_dictionaries({trait: st.floats(0.5, 2) for trait in TRAITS}),
)
def test_the_rule_is_the_reference(
    drawn: list[tuple[str, str, bool, int]], originals: dict[str, float]
) -> None:
    said, at = [], NOW
    for kind, trait, helpful, hours in drawn:
        at += timedelta(hours=hours)
        said.append(Said(kind, trait, helpful, at))
    found, expected = rule(said, originals), reference(said, originals)
    assert found.keys() == expected.keys()
    # Weights are rounded to six places at each move.
    assert all(abs(found[pair] - expected[pair]) < 1e-4 for pair in found)


@given(st.lists(st.booleans(), min_size=30, max_size=60))
def test_weights_differ_only_where_verdicts_do(verdicts: list[bool]) -> None:
    said = [
        Said("break", "a", helpful, NOW + turn * timedelta(hours=3))
        for turn, helpful in enumerate(verdicts)
    ]
    swapped = [Said("wrap_up", one.trait, one.helpful, one.at) for one in said]
    originals = {"a": 1.0, "b": 1.0}
    both = rule([one for pair in zip(said, swapped, strict=True) for one in pair], originals)
    assert both["break", "a"] == both["wrap_up", "a"] == rule(said, originals)["break", "a"]
