"""Reads what `persona-kit export` wrote: the observations that the same mindscape follows from.

The raw observations as far as they were kept, and for the rest the facts that the ledger knows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf.json_format import ParseDict, ParseError

from clients.importers.plan import ImportRefused, span
from personakit.ingest.v1 import ingest_pb2 as pb

FORMAT: Final = "personakit.person/1"
SOURCE: Final = "personakit"
"""With it, an observation keeps the id that it had."""

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Document:
    """What an export holds for an import; `without_length` counts what took no whole second."""

    person_id: str
    time_zone: str
    observations: tuple[pb.Observation, ...]
    without_length: int


def read_document(content: bytes, person_id: str = "") -> Document:
    """Reads an export, for its own person or for another one; raises `ImportRefused`."""
    try:
        return _read(json.loads(content), person_id)
    except (ValueError, KeyError, TypeError, AttributeError, ParseError) as error:
        raise ImportRefused("it is not a whole export of a person") from error


def _read(document: Json, person_id: str) -> Document:
    if document["format"] != FORMAT:
        raise ImportRefused(f"it is not of the format {FORMAT}")
    person = person_id or document["person_id"]
    found = list(_observations(document, person))
    lasting = [one for one in found if _is_recordable(one)]
    home = [one["time_zone"] for one in document["ingest"]["person"]]
    return Document(
        person_id=person,
        time_zone=home[0] if home else "",
        observations=tuple(sorted(lasting, key=lambda one: span(one)[0])),
        without_length=len(found) - len(lasting),
    )


def _observations(document: Json, person_id: str) -> Iterator[pb.Observation]:
    """Yields each once; the raw ones win over what the ledger says of them."""
    kept = {one["observation_id"]: one for one in document["ingest"]["observations"]}
    gone = set(_retracted(document["ingest"]["tasks"]))
    known = {
        one["observation_id"]: one
        for one in document["profiler"]["facts"]
        if not one["retracted"] and one["observation_id"] not in gone
    }
    for observation_id, content in (known | kept).items():
        yield _observation(observation_id, content, person_id)


def _retracted(tasks: list[Json]) -> Iterator[str]:
    """Yields what the ledger has not yet been told to forget."""
    for task in tasks:
        if task["task_type"] == "retract_observation" and task["status"] != "done":
            yield task["payload"]["observation_id"]


def _observation(observation_id: str, content: Json, person_id: str) -> pb.Observation:
    observation = ParseDict(dict(content), pb.Observation(), ignore_unknown_fields=True)
    observation.ClearField("observation_id")
    observation.ClearField("record_time")
    observation.person_id = person_id
    if not observation.source:
        observation.source, observation.source_id = SOURCE, observation_id
    return observation


def _is_recordable(observation: pb.Observation) -> bool:
    start, end = span(observation)
    return start < end or observation.HasField("user_input")
