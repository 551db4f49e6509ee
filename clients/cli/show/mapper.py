"""Shows mappers, and what is wrong with the document of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from clients.trouble import readable
from personakit.persona.v1 import mapper_pb2 as pb


def problem(file: str, found: pb.MapperProblem) -> str:
    """As compilers have it: file, line, column, rule, and what is wrong."""
    rule = f"{found.rule}: " if found.rule else ""
    return readable(f"{file}:{found.line}:{found.column}: {rule}{found.message}")


def kept(mapper: pb.Mapper) -> str:
    """What was uploaded."""
    return f"{mapper.mapper_id} is kept as version {mapper.version}."


def listing(mappers: Iterable[pb.Mapper]) -> Iterator[RenderableType]:
    """Each mapper with its version, what it suggests and what it is for."""
    table = Table("Mapper", "Version", "Suggests", "For", box=None, pad_edge=False)
    for mapper in mappers:
        suggests = ", ".join(mapper.suggestion_types)
        table.add_row(
            Text(mapper.mapper_id, style="bold"),
            str(mapper.version),
            Text(readable(suggests)),
            Text(readable(mapper.description)),
        )
    yield table


def one(mapper: pb.Mapper) -> Iterator[RenderableType]:
    """A mapper without a document."""
    yield Text(f"{mapper.mapper_id} {mapper.version}", style="bold")
    yield Text(readable(mapper.description))
    yield Text(f"Suggests: {', '.join(mapper.suggestion_types)}")
    yield Text("It is a class: there is no document of it.", style="dim")
