"""The API's own pages: its OpenAPI document, and Swagger UI to read and call it."""

import gzip
import json
import re

import pytest

from tests.integration.gateway.running import Running, refused

FILES = {
    "/openapi.json": "application/json",
    "/docs": "text/html; charset=utf-8",
    "/docs/start.js": "text/javascript",
    "/docs/swagger-ui-bundle.js": "text/javascript",
    "/docs/swagger-ui.css": "text/css",
}


@pytest.mark.parametrize(("path", "content_type"), FILES.items())
def test_every_file_is_served_as_what_it_is(gateway: Running, path: str, content_type: str) -> None:
    answer = gateway.call("GET", path)
    assert answer.status == 200
    assert answer.headers["content-type"] == content_type
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert len(answer.body) == int(answer.headers["content-length"]) > 100


@pytest.mark.parametrize("path", ["/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css"])
def test_the_large_files_are_packed_and_say_so(gateway: Running, path: str) -> None:
    answer = gateway.call("GET", path)
    assert answer.headers["content-encoding"] == "gzip"
    assert b"swagger-ui" in gzip.decompress(answer.body)


def test_the_document_is_the_one_that_is_committed(gateway: Running) -> None:
    document = json.loads(gateway.call("GET", "/openapi.json").body)
    assert document["openapi"].startswith("3.1")
    assert "/v1/observations" in document["paths"]


def test_the_page_loads_nothing_from_another_host(gateway: Running) -> None:
    page = gateway.call("GET", "/docs")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.body.decode())
    assert set(loaded) - {"data:,"} <= set(FILES)
    assert "default-src 'self'" in page.headers["content-security-policy"]


def test_the_page_may_call_the_api_it_came_from(gateway: Running) -> None:
    own = {"origin": f"http://{gateway.target}", "sec_fetch_site": "same-origin"}
    assert gateway.call("GET", "/openapi.json", sec_fetch_site="same-origin").status == 200
    body = {"person_id": "ana", "work_session": {"start_time": "2026-11-17T00:00:00Z"}}
    assert gateway.call("POST", "/v1/observations", body, **own).status == 200


@pytest.mark.parametrize(
    "path", ["/docs/", "/docs/../envoy.yaml", "/docs/index.html", "/docs/%2e%2e/config.py"]
)
def test_nothing_else_is_served(gateway: Running, path: str) -> None:
    assert refused(gateway.call("GET", path)).reason == "UNKNOWN_PATH"


def test_pages_are_for_reading_and_for_this_machine_only(gateway: Running) -> None:
    assert refused(gateway.call("POST", "/openapi.json", b"{}")).reason == "UNKNOWN_PATH"
    foreign = gateway.call("GET", "/docs", host="evil.example")
    assert refused(foreign).reason == "FOREIGN_ORIGIN"
