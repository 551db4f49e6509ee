"""What is generated or listed by hand knows the whole API."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from google.api.annotations_pb2 import http
from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor_pool import Default

from gateway.config import FOLDER, Gateway, command, render, write
from tests.integration.gateway.fakes import CONTRACTS, SERVICES

TABLE = (FOLDER / "lua" / "fields.lua").read_text()
RULE = re.compile(r'path = "(.*?)", pattern = "(.*?)"(?:, body = "(.*?)", message = "(.*?)")?}')
MESSAGE = re.compile(r'    \["(\S+)"\] = \{\n(.*?)    \},\n', re.DOTALL)
FIELD = re.compile(r'      (\w+) = \{name = "(\w+)"')


def http_rules() -> Iterator[tuple[str, str, str, Descriptor]]:
    """Yields method, path, body and request of every way that REST calls the API."""
    for contract in CONTRACTS:
        for service in contract.DESCRIPTOR.services_by_name.values():
            for method in service.methods:
                rule = method.GetOptions().Extensions[http]
                for binding in (rule, *rule.additional_bindings):
                    if verb := binding.WhichOneof("pattern"):
                        path = getattr(binding, verb)
                        yield verb.upper(), path, binding.body, method.input_type


def body_of(request: Descriptor, body: str) -> Descriptor | None:
    if body == "*":
        return request
    return request.fields_by_name[body].message_type if body else None


def messages_within(message: Descriptor | None) -> Iterator[Descriptor]:
    if message is None or message.file.package.startswith("google."):
        return
    yield message
    for field in message.fields:
        yield from messages_within(field.message_type)


def test_every_http_rule_is_in_the_table() -> None:
    listed = {(path, body, message) for path, _, body, message in RULE.findall(TABLE)}
    for _, path, body, request in http_rules():
        message = body_of(request, body)
        assert (path, body, message.full_name if message else "") in listed


def test_every_field_of_every_body_is_in_the_table_by_both_of_its_names() -> None:
    listed = {name: dict(FIELD.findall(lines)) for name, lines in MESSAGE.findall(TABLE)}
    for _, _, body, request in http_rules():
        for message in messages_within(body_of(request, body)):
            names = {field.name: field.name for field in message.fields}
            camel = {field.json_name: field.name for field in message.fields}
            assert listed[message.full_name] == names | camel


def test_the_same_template_serves_services_on_the_network(tmp_path: Path) -> None:
    gateway = Gateway("ingest:50051", "profiler:50051", "127.0.0.1:50051", "[::1]:50051")
    config = tmp_path / "envoy.yaml"
    write(gateway, config)
    check = subprocess.run([*command(config), "--mode", "validate"], capture_output=True)
    assert check.returncode == 0, check.stderr.decode()


def test_every_service_is_transcoded_and_every_context_has_its_route(tmp_path: Path) -> None:
    config = render(Gateway("unix:/i", "unix:/f", "unix:/p", "unix:/b"), tmp_path)
    assert set(re.findall(r"- (personakit\.\w+\.v1\.\w+)\n", config)) == set(SERVICES)
    for service in SERVICES:
        package = Default().FindServiceByName(service).file.package
        assert f"{{prefix: /{package}.}}" in config
