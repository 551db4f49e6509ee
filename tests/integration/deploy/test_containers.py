"""What can be held to without an engine: the compose files, the image's recipe, and the database's
first script on a real Postgres. docs/containers.md says what else was run."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.containers.gateway import configured
from deploy.containers.secrets import SHARES, make
from deploy.local.cluster import programs
from deploy.local.postgres import EmbeddedPostgres
from services.kit.settings import SERVICES, Settings

CHECKOUT = Path(__file__).resolve().parents[3]
COMPOSE = CHECKOUT / "docker-compose.yml"
DEVELOPMENT = CHECKOUT / "docker-compose.dev.yml"
JOBS = ("keys", "migrate")
Container = dict[str, Any]


@pytest.fixture(scope="module")
def containers() -> dict[str, Container]:
    found: dict[str, Container] = yaml.safe_load(COMPOSE.read_text())["services"]
    return found


def settings_of(container: Container) -> Settings:
    """What a container is told where nobody sets anything."""
    told = container["environment"].items()
    return Settings.from_environment(
        {name: re.sub(r"\$\{\w+:-(.*?)\}", r"\1", value) for name, value in told}
    )


def run(command: Sequence[str], **environment: str) -> str:
    done = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, cwd=CHECKOUT
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def test_both_compose_files_follow_the_schema() -> None:
    check = str(Path(sys.executable).with_name("check-jsonschema"))
    run([check, "--builtin-schema", "vendor.compose-spec", str(COMPOSE), str(DEVELOPMENT)])


def test_the_dockerfile_has_nothing_that_hadolint_finds() -> None:
    hadolint = str(Path(sys.executable).with_name("hadolint"))
    run([hadolint, str(CHECKOUT / "deploy" / "Dockerfile")])


def test_one_container_builds_the_image_and_the_others_take_it_from_nowhere_else(
    containers: dict[str, Container],
) -> None:
    assert [name for name, each in containers.items() if "build" in each] == ["keys"]
    for name in containers.keys() - {"database"}:
        assert containers[name]["pull_policy"] == "never", name


def test_every_container_is_read_only_and_without_privileges(
    containers: dict[str, Container],
) -> None:
    for name, container in containers.items():
        assert container["read_only"] is True, name
        assert container["cap_drop"] == ["ALL"], name
        assert container["security_opt"] == ["no-new-privileges"], name
        assert "privileged" not in container, name


def test_only_the_gateway_can_be_reached_and_only_from_this_machine(
    containers: dict[str, Container],
) -> None:
    published = {name: each["ports"] for name, each in containers.items() if "ports" in each}
    assert list(published) == ["gateway"]
    assert all(port.startswith("127.0.0.1:") for port in published["gateway"])


def test_all_that_serves_is_started_again_and_says_how_it_is(
    containers: dict[str, Container],
) -> None:
    for name in containers.keys() - set(JOBS):
        assert containers[name]["restart"] == "unless-stopped"
        assert "healthcheck" in containers[name]


def test_the_start_is_in_order(containers: dict[str, Container]) -> None:
    def waits_for(name: str, other: str) -> str:
        condition: str = containers[name]["depends_on"][other]["condition"]
        return condition

    assert waits_for("database", "keys") == "service_completed_successfully"
    assert waits_for("migrate", "database") == "service_healthy"
    for service in SERVICES:
        assert waits_for(service, "migrate") == "service_completed_successfully"
        assert waits_for("gateway", service) == "service_healthy"


def test_a_container_is_given_its_own_secrets_and_cannot_change_them(
    containers: dict[str, Container],
) -> None:
    for name in SHARES:
        held = [volume for volume in containers[name]["volumes"] if "secrets" in volume]
        assert held == [f"secrets-{name}:/secrets/{name}:ro"]


def test_services_ask_for_tokens_and_listen_where_the_others_look(
    containers: dict[str, Container],
) -> None:
    for name in (*SERVICES, "gateway"):
        settings = settings_of(containers[name])
        assert settings.auth
        assert settings.addresses == {service: f"{service}:50051" for service in SERVICES}


def test_the_gateway_asks_for_tokens(containers: dict[str, Container]) -> None:
    gateway = configured(settings_of(containers["gateway"]))
    assert gateway.jwks == "/secrets/gateway/jwks.json"


def test_the_working_set_up_changes_code_and_command_alone() -> None:
    changed = yaml.safe_load(DEVELOPMENT.read_text())["services"]
    for name, container in changed.items():
        assert container.keys() <= {"image", "build", "volumes", "command"}, name


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    postgres = EmbeddedPostgres(tmp_path_factory.mktemp("pk"))
    postgres.start()
    make(postgres.folder / "keys")
    yield postgres
    postgres.stop()


def test_the_first_script_makes_owner_and_roles_and_the_owner_can_migrate(
    postgres: EmbeddedPostgres,
) -> None:
    keys = postgres.folder / "keys"
    psql = str(programs() / "psql")
    options = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--tuples-only", "--no-align")
    script = str(CHECKOUT / "deploy" / "postgres" / "init.sql")
    run([psql, *options, f"--file={script}", postgres.url], PERSONAKIT_SECRETS=str(keys))

    sockets = postgres.url.rpartition("host=")[2]
    place = f"@/personakit?host={sockets}"
    run(
        [sys.executable, "-m", "services", "migrate"],
        DATABASE_URL=f"postgresql://personakit_owner{place}",
        PGPASSFILE=str(keys / "pgpass"),
        PERSONAKIT_SECRETS=str(keys),
    )

    def as_role(role: str, statement: str) -> str:
        password = (keys / f"database-{role}").read_text()
        url = f"postgresql://{role}{place}"
        return run([psql, *options, "--command", statement, url], PGPASSWORD=password)

    assert as_role("personakit_ingest", "SHOW timezone") == "UTC"
    assert as_role("personakit_ingest", "SELECT count(*) FROM ingest.people") == "0"
    owner = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
    assert as_role("personakit_owner", owner) == "f"
