"""What is kept of an observation as a document: all that is not a column of its own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.ingest.model import (
    CalendarEvent,
    Content,
    EventKind,
    Question,
    UserInput,
    WorkSession,
)


def to_body(content: Content) -> dict[str, Any]:
    """Returns what is kept of the content beside its span, without what was not given."""
    match content:
        case WorkSession():
            body: dict[str, Any] = {}
            if content.score is not None:
                body["score"] = content.score
            if content.interruptions is not None:
                body["interruptions"] = content.interruptions
            if content.label:
                body["label"] = content.label
            return body
        case CalendarEvent():
            title = {"title": content.title} if content.title else {}
            return {"event": content.kind.value, "all_day": content.all_day} | title
        case UserInput():
            return {"question": content.question.value, "answer": content.answer}


def from_body(kind: str, body: Mapping[str, Any], start: datetime, end: datetime) -> Content:
    """Returns the content that `to_body` kept, and its span."""
    if kind == "work_session":
        counted = body.get("score"), body.get("interruptions")
        return WorkSession(start, end, *counted, body.get("label", ""))
    if kind == "calendar_event":
        event = EventKind(body["event"])
        return CalendarEvent(start, end, event, body.get("title", ""), body["all_day"])
    return UserInput(Question(body["question"]), body["answer"], start)
