"""Who passes the gateway: the rules of Envoy's token check, from what the protos say."""

from collections.abc import Iterator
from pathlib import Path

from google.api.annotations_pb2 import http
from google.api.http_pb2 import HttpRule
from google.protobuf.descriptor_pb2 import FileDescriptorSet, MethodOptions

from gateway.replies import Json
from personakit.gateway.v1 import access_pb2

# The gateway's own pages, and gRPC's own services: they tell nothing about anybody.
PAGES = ("/docs", "/openapi.json")
PREFIXES = ("/docs/", "/grpc.health.", "/grpc.reflection.")
NO_KEYS: Json = {"inline_string": '{"keys": []}'}


def token_rules(descriptors: FileDescriptorSet) -> list[Json]:
    """Returns the rules of jwt_authn, the first that matches counts: all but these need a token."""
    free = [{"path": path} for path in (*PAGES, *public_paths(descriptors))]
    free += [{"prefix": prefix} for prefix in PREFIXES]
    rules: list[Json] = [{"match": match} for match in free]
    rules.append({"match": {"prefix": "/"}, "requires": {"provider_name": "personakit"}})
    return rules


def public_paths(descriptors: FileDescriptorSet) -> Iterator[str]:
    """Yields the path of each public method, over gRPC and over REST."""
    for file in descriptors.file:
        for service in file.service:
            for method in service.method:
                if method.options.Extensions[access_pb2.public]:
                    yield f"/{file.package}.{service.name}/{method.name}"
                    yield from rest_paths(method.options)


def rest_paths(options: MethodOptions) -> Iterator[str]:
    rule: HttpRule = options.Extensions[http]  # type: ignore[index]
    for binding in (rule, *rule.additional_bindings):
        path = getattr(binding, binding.WhichOneof("pattern") or "", "")
        if "{" in path:
            raise ValueError(f"{path}: a public method's path has no variables")
        if path:
            yield path


def keys_file(jwks: str | None) -> Json:
    """Returns where Envoy reads the keys: it looks again whenever something moves in the folder."""
    if jwks is None:
        return NO_KEYS
    return {"filename": jwks, "watched_directory": {"path": str(Path(jwks).parent)}}
