"""Reads YAML as a tree of texts that know where they stand.

Only the events of the parser are used: no tag makes an object, no alias multiplies a text, and
what is nested too deeply is left at once (a parser takes seconds for 64 KiB of brackets).
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeAlias

import yaml

from services.persona.mappers.data.problem import Place, Problems

MOST_BYTES = 64 * 1024
DEEPEST = 6
Mark: TypeAlias = yaml.error.Mark | yaml._yaml.Mark | None

# What YAML 1.1 breaks lines at.
LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
BEGINNING = Place(1, 1)


class Text:
    """A document's text, and where its lines begin."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._starts = [0, *(found.end() for found in LINE_BREAK.finditer(source))]

    def place(self, index: int) -> Place:
        """Where the character at an index stands."""
        line = bisect_right(self._starts, index)
        return Place(line, index - self._starts[line - 1] + 1)

    def index(self, mark: Mark) -> int:
        """The index of the character at a mark of the parser, which counts lines from 0."""
        if mark is None or mark.line >= len(self._starts):
            return len(self.source)
        return int(self._starts[mark.line] + mark.column)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value as text; `begins`, `ends` (indexes) and `style` say how the document has it."""

    value: str
    text: Text = field(repr=False, compare=False)
    begins: int
    ends: int
    style: str | None

    @property
    def place(self) -> Place:
        """Where it begins."""
        return self.text.place(self.begins)

    def place_of(self, offset: int) -> Place:
        """Where a character of the value stands in the document.

        Folding and indenting change white space only, so the other characters before it are
        counted; where escapes change more, it is the value's beginning.
        """
        if self.style == '"' and "\\" in self.text.source[self.begins : self.ends]:
            return self.place
        before = _written(self.value[:offset])
        after = _written(self.value[offset:])
        indexes = list(islice(self._indexes(), before + 1))
        if before < len(indexes) and after:
            return self.text.place(indexes[before])
        return self.text.place(indexes[before - 1] + 1 if indexes else self.begins)

    def _indexes(self) -> Iterator[int]:
        """Where its characters stand, but white space; a doubled quote is one character."""
        source, index = self.text.source, self._content()
        while index < self.ends:
            if not source[index].isspace():
                yield index
                index += self.style == "'" and source.startswith("''", index)
            index += 1

    def _content(self) -> int:
        """After the opening quote, or after the line of `|` or `>`."""
        if self.style in ("|", ">"):
            header = LINE_BREAK.search(self.text.source, self.begins)
            return header.end() if header else self.ends
        return self.begins + (1 if self.style else 0)


def _written(text: str) -> int:
    return sum(not character.isspace() for character in text)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with their values, in the document's order; a key may come twice."""

    place: Place
    entries: list[tuple[Scalar, "Node"]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sequence:
    """Items in their order."""

    place: Place
    items: list["Node"] = field(default_factory=list)


Node: TypeAlias = Scalar | Mapping | Sequence


def read(source: str, problems: Problems) -> Node | None:
    """Returns the document's tree; None, and problems, if it is no YAML that is understood."""
    if len(source.encode(errors="replace")) > MOST_BYTES:
        problems.add(BEGINNING, f"a document has at most {MOST_BYTES} bytes")
        return None
    text = Text(source)
    try:
        return _Builder(text, problems).tree(yaml.parse(source, Loader=yaml.CSafeLoader))
    except yaml.reader.ReaderError as error:
        before = source.encode()[: error.position].decode(errors="ignore")
        problems.add(text.place(len(before)), "this character cannot stand in YAML")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = filter(None, (error.context, error.problem))
        problems.add(text.place(text.index(mark)), f"this is no YAML: {', '.join(words)}")
    except UnicodeEncodeError as error:
        problems.add(text.place(error.start), "this character cannot stand in YAML")
    return None


class _Builder:
    """Builds the tree from the parser's events, without recursion."""

    def __init__(self, text: Text, problems: Problems) -> None:
        self._text = text
        self._problems = problems
        self._root: Node | None = None
        self._open: list[Mapping | Sequence] = []
        self._keys: list[Scalar | None] = []

    def tree(self, events: Iterable[yaml.Event]) -> Node | None:
        documents = 0
        for event in events:
            documents += isinstance(event, yaml.DocumentStartEvent)
            refusal = _refusal(event, len(self._open), documents)
            if refusal:
                self._problems.add(self._place(event), refusal)
                return None
            if not self._take(event):
                return None
        if self._root is None:
            self._problems.add(BEGINNING, "the document is empty")
        return self._root

    def _take(self, event: yaml.Event) -> bool:
        """Adds what an event brings; False if the tree cannot go on."""
        match event:
            case yaml.ScalarEvent():
                begins, ends = map(self._text.index, (event.start_mark, event.end_mark))
                return self._put(Scalar(event.value, self._text, begins, ends, event.style))
            case yaml.MappingStartEvent():
                return self._begin(Mapping(self._place(event)))
            case yaml.SequenceStartEvent():
                return self._begin(Sequence(self._place(event)))
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._open.pop()
                self._keys.pop()
        return True

    def _begin(self, node: Mapping | Sequence) -> bool:
        fits = self._put(node)
        self._open.append(node)
        self._keys.append(None)
        return fits

    def _put(self, node: Node) -> bool:
        """Puts a node where the last one that was opened goes on."""
        if not self._open:
            self._root = node
            return True
        parent = self._open[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif self._keys[-1] is not None:
            parent.entries.append((self._keys[-1], node))
            self._keys[-1] = None
        elif isinstance(node, Scalar):
            self._keys[-1] = node
        else:
            self._problems.add(node.place, "a key is a word")
            return False
        return True

    def _place(self, event: yaml.Event) -> Place:
        return self._text.place(self._text.index(event.start_mark))


def _refusal(event: yaml.Event, depth: int, documents: int) -> str:
    """Why an event is not taken; empty if it is."""
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        return "anchors and aliases are not read: put a text that begins with & or * in quotes"
    if getattr(event, "tag", None):
        return "tags are not read: put a text that begins with ! in quotes"
    if documents > 1:
        return "one document at a time"
    if depth >= DEEPEST:
        return "this is nested too deeply"
    return ""
