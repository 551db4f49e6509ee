"""Numbers as people write them."""

from collections.abc import Sequence


def many(number: int, noun: str) -> str:
    """Returns "1 session" or "3 sessions"."""
    return f"{number} {noun if number == 1 else noun + 's'}"


def listed(words: Sequence[str]) -> str:
    """Returns "a", "a and b" or "a, b and c"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def percent(share: float) -> str:
    """Returns a share from 0 to 1 as "40 %"."""
    return f"{round(100 * share)} %"


def from_to(what: str, before: object, after: object, unit: str = "") -> list[str]:
    """Returns one phrase, such as "p50 from 45 to 50 minutes"; none if nothing changed."""
    return [] if before == after else [f"{what} from {before} to {after} {unit}".rstrip()]


def moved(what: str, before: float, after: float, digits: int, unit: str = "") -> list[str]:
    """Returns one phrase, as `from_to`, of numbers rounded to so many digits."""
    return from_to(what, f"{before:.{digits}f}", f"{after:.{digits}f}", unit)
