"""JSON in, gRPC behind, JSON out."""

import json

import pytest
from google.api.httpbody_pb2 import HttpBody
from google.protobuf.message import Message
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status.rpc_status import to_status

from personakit.feedback.v1 import feedback_pb2
from personakit.ingest.v1 import ingest_pb2
from personakit.persona.v1 import persona_pb2
from personakit.profiler.v1 import profiler_pb2
from tests.integration.gateway.conftest import Serve
from tests.integration.gateway.fakes import Context, World
from tests.integration.gateway.running import Refused, Running, refused

WORK = {
    "start_time": "2026-11-17T00:00:00Z",
    "duration_minutes": 90,
    "productivity_score": 4,
    "interruptions": 0,
}
SESSION = {"person_id": "ana", "time_zone": "Asia/Tokyo", "work_session": WORK}


async def echo_observation(request: Message, context: Context) -> Message:
    assert isinstance(request, ingest_pb2.RecordObservationRequest)
    return request.observation


def test_a_body_reaches_the_service_and_its_answer_comes_back(
    gateway: Running, world: World
) -> None:
    world.answers["RecordObservation"] = echo_observation
    answer = gateway.call("POST", "/v1/observations", SESSION)
    assert answer.status == 200
    assert answer.json()["work_session"] == {**WORK, "label": ""}
    request = world.asked().request
    assert isinstance(request, ingest_pb2.RecordObservationRequest)
    assert request.observation.work_session.HasField("interruptions")


def test_names_may_be_written_in_camel_case(gateway: Running, world: World) -> None:
    body = {"personId": "ana", "workSession": {"startTime": "2026-11-17T00:00:00Z"}}
    assert gateway.call("POST", "/v1/observations", body).status == 200
    request = world.asked().request
    assert isinstance(request, ingest_pb2.RecordObservationRequest)
    assert request.observation.person_id == "ana"
    assert request.observation.work_session.start_time.seconds == 1794873600


@pytest.mark.parametrize(
    "written", ["2026-01-15T13:30:00Z", "2026-01-15T14:30:00+01:00", "2026-01-15T13%3A30%3A00Z"]
)
def test_a_time_may_stand_in_the_query(gateway: Running, world: World, written: str) -> None:
    assert gateway.call("GET", f"/v1/suggestions?person_id=ana&at={written}").status == 200
    request = world.asked().request
    assert isinstance(request, persona_pb2.SuggestRequest)
    assert request.at.ToJsonString() == "2026-01-15T13:30:00Z"


@pytest.mark.parametrize("written", ["ana@example.com", "ana%40example.com", "a:b", "a%3Ab"])
def test_a_person_id_in_the_path_is_unescaped(gateway: Running, world: World, written: str) -> None:
    assert gateway.call("GET", f"/v1/people/{written}").status == 200
    request = world.asked().request
    assert isinstance(request, ingest_pb2.GetPersonRequest)
    assert request.person_id in {"ana@example.com", "a:b"}


def test_the_path_names_the_person_that_the_body_changes(gateway: Running, world: World) -> None:
    answer = gateway.call("PATCH", "/v1/people/ana?update_mask=time_zone", {"timeZone": "UTC"})
    assert answer.status == 200
    request = world.asked().request
    assert isinstance(request, ingest_pb2.UpdatePersonRequest)
    assert (request.person.person_id, request.person.time_zone) == ("ana", "UTC")
    assert list(request.update_mask.paths) == ["time_zone"]


def test_a_body_may_be_empty_where_every_field_is_optional(gateway: Running) -> None:
    assert gateway.call("POST", "/v1/people/ana/failed-tasks:retry").status == 200


@pytest.mark.parametrize(
    ("method", "path", "service"),
    [
        ("GET", "/v1/people/ana/observations", "ingest"),
        ("GET", "/v1/people/ana/mindscape/traits/work.peak_hours:explain", "profiler"),
        ("GET", "/v1/people/ana/processing:wait?timeout=2s", "profiler"),
        ("DELETE", "/v1/people/ana", "ingest"),
        ("GET", "/v1/people/ana/personas", "persona"),
        ("GET", "/v1/feedback/analytics?person_id=ana", "feedback"),
    ],
)
def test_each_path_goes_to_its_service(
    gateway: Running, world: World, method: str, path: str, service: str
) -> None:
    assert gateway.call(method, path).status == 200
    assert world.asked().service == service


def test_a_document_that_comes_in_pieces_is_one_json_body(gateway: Running, world: World) -> None:
    # Together more than a message of gRPC may have.
    words = "x" * 3_000_000

    async def begin(request: Message, context: Context) -> Message:
        assert isinstance(request, ingest_pb2.ExportPersonRequest)
        begun = json.dumps({"person_id": request.person_id})[:-1]
        return HttpBody(content_type="application/json", data=begun.encode())

    world.answers["ExportPerson"] = begin
    world.pieces = [
        HttpBody(data=f', "{name}": "{words}"'.encode()) for name in ("ingest", "profiler")
    ]
    world.pieces.append(HttpBody(data=b"}"))
    answer = gateway.call("GET", "/v1/people/a:b:export")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == {"person_id": "a:b", "ingest": words, "profiler": words}


def test_what_is_told_as_it_happens_is_one_json_object_a_line(
    gateway: Running, world: World
) -> None:
    async def begin(request: Message, context: Context) -> Message:
        assert isinstance(request, profiler_pb2.WatchMindscapeRequest)
        assert (request.person_id, request.after_version) == ("ana", 6)
        return profiler_pb2.WatchMindscapeResponse(version=7)

    world.answers["WatchMindscape"] = begin
    world.pieces = [profiler_pb2.WatchMindscapeResponse(version=8)]
    answer = gateway.call("GET", "/v1/people/ana/mindscape:watch?after_version=6")
    lines = [json.loads(line) for line in answer.body.splitlines()]
    assert [line["version"] for line in lines] == [7, 8]


def test_a_refused_export_is_a_plain_refusal(gateway: Running, world: World) -> None:
    async def refuse(request: Message, context: Context) -> Message:
        status = status_pb2.Status(code=code_pb2.NOT_FOUND, message="nobody")
        info = error_details_pb2.ErrorInfo(reason="PERSON_NOT_FOUND", domain="personakit")
        status.details.add().Pack(info)
        await context.abort_with_status(to_status(status))

    world.answers["ExportPerson"] = refuse
    answer = gateway.call("GET", "/v1/people/ana:export")
    assert refused(answer) == Refused(404, 5, "PERSON_NOT_FOUND", ())


def test_a_refusal_of_a_service_arrives_whole(gateway: Running, world: World) -> None:
    async def refuse(request: Message, context: Context) -> Message:
        status = status_pb2.Status(code=code_pb2.RESOURCE_EXHAUSTED, message="ten today")
        info = error_details_pb2.ErrorInfo(reason="DAILY_LIMIT_REACHED", domain="personakit")
        status.details.add().Pack(info)
        violation = error_details_pb2.BadRequest.FieldViolation(field="person_id")
        status.details.add().Pack(error_details_pb2.BadRequest(field_violations=[violation]))
        await context.abort_with_status(to_status(status))

    world.answers["SubmitFeedback"] = refuse
    answer = gateway.call("POST", "/v1/feedback", {"person_id": "ana", "helpful": True})
    assert refused(answer) == Refused(429, 8, "DAILY_LIMIT_REACHED", ("person_id",))


def test_a_large_answer_passes(gateway: Running, world: World) -> None:
    async def many(request: Message, context: Context) -> Message:
        return ingest_pb2.ListObservationsResponse(next_page_token="x" * 16_000_000)

    world.answers["ListObservations"] = many
    answer = gateway.call("GET", "/v1/observations?person_id=ana")
    assert len(answer.body) > 16_000_000


def test_a_thousand_observations_pass_in_one_body(gateway: Running, world: World) -> None:
    answer = gateway.call("POST", "/v1/observations:batch", {"observations": [SESSION] * 1000})
    assert answer.status == 200
    request = world.asked().request
    assert isinstance(request, ingest_pb2.RecordObservationsRequest)
    assert len(request.observations) == 1000


def test_no_cache_keeps_an_answer(gateway: Running) -> None:
    assert gateway.call("GET", "/v1/people/ana").headers["cache-control"] == "no-store"


def test_a_request_without_an_id_gets_one(gateway: Running, world: World) -> None:
    answer = gateway.call("GET", "/v1/people/ana")
    assert len(answer.headers["x-request-id"]) == 36
    assert world.asked().metadata["x-request-id"] == answer.headers["x-request-id"]


def test_a_request_keeps_its_own_id_and_trace(gateway: Running, world: World) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    identifier = "0af76519-16cd-43dd-8448-eb211c80319c"
    answer = gateway.call("GET", "/v1/people/ana", x_request_id=identifier, traceparent=trace)
    assert answer.headers["x-request-id"] == identifier
    assert world.asked().metadata["x-request-id"] == identifier
    assert world.asked().metadata["traceparent"] == trace


@pytest.mark.parametrize("strange", ["x" * 129, "a b", '"', "a;b"])
def test_an_id_that_is_no_plain_word_is_replaced(
    gateway: Running, world: World, strange: str
) -> None:
    answer = gateway.call("GET", "/v1/people/ana", x_request_id=strange)
    assert answer.headers["x-request-id"].isalnum()
    assert answer.headers["x-request-id"] == world.asked().metadata["x-request-id"]


def test_the_access_log_has_ids_and_no_content(serve: Serve) -> None:
    gateway = serve()
    path = "/v1/feedback?person_id=secret-in-query"
    answer = gateway.call("POST", path, {"suggestion_id": "secret-in-body"}, x_request_id="find-me")
    line = gateway.logged("find-me")
    assert line["method"] == "POST"
    assert line["path"] == "/v1/feedback"
    assert line["status"] == answer.status
    assert line["upstream"] == "feedback"
    assert "secret" not in gateway.access_log.read_text()


def test_the_names_of_an_answer_are_those_of_the_proto(gateway: Running, world: World) -> None:
    async def analytics(request: Message, context: Context) -> Message:
        counts = feedback_pb2.Analytics.Counts(total=0)
        return feedback_pb2.Analytics(by_part_of_day={"morning": counts})

    world.answers["GetAnalytics"] = analytics
    answer = gateway.call("GET", "/v1/feedback/analytics?person_id=ana").json()
    # Zero is printed too.
    assert answer["by_part_of_day"] == {"morning": {"total": 0, "helpful": 0, "not_helpful": 0}}
