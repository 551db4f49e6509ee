"""What every method asks of its callers, as the protos say it."""

import pytest
from google.protobuf.descriptor import MethodDescriptor

from services.kit.auth.access import Access, access_of
from services.kit.auth.guard import Caller, Gate, Guard
from services.kit.errors import PermissionDenied
from tests.contracts import is_public, methods, names_people, path, request_about, scope

METHODS = {path(method): method for method in methods()}
HEADERS = {"authorization": "Bearer anything"}


class Known:
    """Implements `guard.Tokens`: whatever is shown speaks for this caller."""

    def __init__(self, scopes: str, person: str | None = None) -> None:
        self.caller = Caller("an-app", frozenset(scopes.split()), person, 0.0)

    def read(self, token: str) -> Caller:
        return self.caller


@pytest.fixture(params=METHODS)
def method(request: pytest.FixtureRequest) -> MethodDescriptor:
    return METHODS[request.param]


def test_every_method_says_who_may_call_it(method: MethodDescriptor) -> None:
    assert bool(scope(method)) != is_public(method)


def test_every_person_in_a_request_is_looked_at(method: MethodDescriptor) -> None:
    if is_public(method):
        return
    assert bool(access_of(path(method)).people) == names_people(method)
    gate = Guard(Known(scope(method), "ana")).gate(path(method))
    if not names_people(method):
        with pytest.raises(PermissionDenied):
            gate.caller(HEADERS)
        return
    gate.check(HEADERS, request_about(method, "ana"))
    for other in ("bob", "", "Ana", "ana "):
        with pytest.raises(PermissionDenied) as caught:
            gate.check(HEADERS, request_about(method, other))
        assert caught.value.reason == "OTHER_PERSON"


def test_one_of_many_is_enough_to_be_another() -> None:
    method = METHODS["/personakit.ingest.v1.IngestService/RecordObservations"]
    gate = Guard(Known(scope(method), "ana")).gate(path(method))
    request = request_about(method, "ana")
    request.MergeFrom(request_about(method, "bob"))
    with pytest.raises(PermissionDenied):
        gate.check(HEADERS, request)


def test_a_method_that_declares_nothing_is_nobodys() -> None:
    undeclared = access_of("/grpc.health.v1.Health/Check")
    gate = Gate(undeclared, Known("every scope there is"))
    with pytest.raises(PermissionDenied) as caught:
        gate.caller(HEADERS)
    assert caught.value.reason == "SCOPE_MISSING"


def test_a_method_about_nobody_is_not_for_a_token_of_one_person() -> None:
    method = METHODS["/personakit.ingest.v1.IngestService/GetPerson"]
    about_nobody = Gate(
        Access(scope=scope(method), public=False, people=()),
        Known(scope(method), "ana"),
    )
    with pytest.raises(PermissionDenied) as caught:
        about_nobody.caller(HEADERS)
    assert caught.value.reason == "OTHER_PERSON"
