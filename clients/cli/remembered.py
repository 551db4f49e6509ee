"""Remembers the suggestions shown last, so that they can be judged by their numbers."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path


class ShownSuggestions:
    """A small file with the ids of each person's last suggestions, in the order shown."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> ShownSuggestions:
        """In PERSONAKIT_HOME, else where the user's programs keep their state."""
        home = environment.get("PERSONAKIT_HOME")
        state = environment.get("XDG_STATE_HOME")
        folder = Path(state) if state else Path.home() / ".local" / "state"
        return cls((Path(home) if home else folder / "personakit") / "shown_suggestions.json")

    def keep(self, person_id: str, suggestion_ids: Sequence[str]) -> None:
        """Replaces the person's; a folder that cannot be written to is no reason to fail."""
        self._write({**self._read(), person_id: suggestion_ids})

    def forget(self, person_id: str) -> None:
        """Remembers nothing of the person any more."""
        shown = self._read()
        if shown.pop(person_id, None) is not None:
            self._write(shown)

    def numbered(self, person_id: str, number: int) -> str | None:
        """The id of the suggestion shown with that number, counted from 1."""
        shown = self._read().get(person_id, [])
        return shown[number - 1] if 1 <= number <= len(shown) else None

    def _write(self, shown: Mapping[str, Sequence[str]]) -> None:
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            beside = self._path.with_suffix(f".{os.getpid()}")
            beside.touch(mode=0o600)
            beside.write_text(json.dumps(shown))
            beside.replace(self._path)

    def _read(self) -> dict[str, list[str]]:
        try:
            content = json.loads(self._path.read_text())
        except (OSError, ValueError):
            return {}
        if not isinstance(content, dict):
            return {}
        people = {str(name): ids for name, ids in content.items() if isinstance(ids, list)}
        return {name: [str(one) for one in ids] for name, ids in people.items()}
