"""Short or full: `make chaos` takes its time, `make test` does not."""

import os
from typing import TypeVar

ChoiceT = TypeVar("ChoiceT")

FULL = os.environ.get("PERSONAKIT_CHAOS") == "full"


def times(short: ChoiceT, full: ChoiceT) -> ChoiceT:
    """Chooses how often, or what, is injected."""
    return full if FULL else short
