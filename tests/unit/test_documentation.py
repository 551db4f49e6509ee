"""Pages that nothing else would miss."""

from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_every_decision_is_listed() -> None:
    listed = (DOCS / "decisions.md").read_text()
    decisions = [path.name for path in (DOCS / "adr").glob("*.md")]
    assert decisions
    assert [name for name in decisions if f"(adr/{name})" not in listed] == []
