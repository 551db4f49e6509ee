"""The page on mappers says what there is, and its document is one."""

import re
from pathlib import Path

import pytest

from services.persona.mappers import Compiler, shipped
from services.persona.mappers.data import form
from services.persona.mappers.data.language import FUNCTIONS, STANDARD
from services.persona.mappers.data.variables import ALWAYS, VARIABLES
from tests.unit.persona.data_mappers.documents import COMPILER, problems

PAGE = (Path(__file__).parents[4] / "docs" / "mappers.md").read_text()
ROWS = {
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in PAGE.splitlines()
    if line.startswith("| `")
}
OF_EVERY_TRAIT = ("n", "confidence", "provisional")


def test_every_variable_is_described() -> None:
    described = {(name.strip("`"), kind, meaning) for name, kind, meaning in _rows_of(3)}
    listed = [
        variable
        for variable in VARIABLES
        if variable in ALWAYS or (variable.trait and _part(variable.name) not in OF_EVERY_TRAIT)
    ]
    assert [one for one in listed if (one.name, one.kind, one.meaning) not in described] == []


def test_every_key_is_described() -> None:
    described = {(name.split("`")[1], meaning) for name, _, meaning in _rows_of(3)}
    for keys in (form.DOCUMENT, form.RULE, form.PREFERENCES):
        assert {(name, key.meaning) for name, key in keys.items()} <= described


def test_every_function_is_described() -> None:
    described = {name.strip("`") for name, *_ in _rows_of(4)}
    assert described == {function.name for function in FUNCTIONS} | STANDARD.keys()


@pytest.mark.parametrize("document", re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.M | re.S))
def test_every_document_on_the_page_is_sound(document: str) -> None:
    assert problems(document) == ()


def test_every_document_that_is_shipped_is_sound_and_named_by_its_file() -> None:
    found = list(shipped(Compiler()))
    assert [(one.mapper_id, one.version) for one in found] == [("sql_coach", 1)]
    for one in found:
        COMPILER.prove(one.source)


def _rows_of(length: int) -> list[tuple[str, ...]]:
    return [row for row in ROWS if len(row) == length]


def _part(name: str) -> str:
    return name.partition(".")[2]
