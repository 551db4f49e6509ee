"""What the stack says while it runs: a line a step, drawn while it is under way on a terminal."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

_BOLD, _GREEN, _RED, _DIM, _PLAIN = "\033[1m", "\033[32m", "\033[31m", "\033[2m", "\033[0m"
_CLEAR = "\r\033[K"


class Console:
    """Writes to a terminal with colour, and to anything else the same words without."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._terminal = out.isatty()

    def say(self, text: str = "") -> None:
        """Writes a line."""
        self._write(f"{text}\n")

    def title(self, text: str) -> None:
        """Writes a line that stands out."""
        self.say(self._coloured(_BOLD, text))

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Says that a step is under way, then how long it took, or that it failed."""
        began = time.monotonic()
        if self._terminal:
            self._write(f"  … {name}")
        try:
            yield
        except BaseException:
            self._end_step(self._coloured(_RED, "✗"), name, "")
            raise
        taken = f"{time.monotonic() - began:.1f} s"
        self._end_step(self._coloured(_GREEN, "✓"), name, self._coloured(_DIM, taken))

    def _end_step(self, sign: str, name: str, taken: str) -> None:
        self.say(f"{_CLEAR if self._terminal else ''}  {sign} {name:<44} {taken}".rstrip())

    def _write(self, text: str) -> None:
        # A terminal that was closed, or a reader that went away, must not keep us from stopping.
        with suppress(OSError):
            self._out.write(text)
            self._out.flush()

    def _coloured(self, colour: str, text: str) -> str:
        return f"{colour}{text}{_PLAIN}" if self._terminal else text
