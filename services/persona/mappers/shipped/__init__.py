"""The documents that came with PersonaKit, every version: `<mapper_id>-<version>.yaml`."""

from collections.abc import Iterator
from pathlib import Path

from services.persona.mappers.data import Compiler, DataMapper


def shipped(compiler: Compiler) -> Iterator[DataMapper]:
    """Yields the mapper of each."""
    for file in Path(__file__).parent.iterdir():
        name, _, version = file.name.removesuffix(".yaml").rpartition("-")
        if name:
            yield compiler.compile(file.read_text(), int(version))
