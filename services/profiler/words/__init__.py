"""What is said of traits: what changed in one, and what would change it."""

from services.profiler.words.differences import difference

__all__ = ["difference"]
