"""`python -m deploy.containers.gateway`: writes the gateway's configuration, then becomes Envoy."""

import os
import tempfile
from pathlib import Path

from gateway.config import Gateway, command, write
from services.kit.settings import Settings

# Inside its container; which addresses of the machine lead to it is for the container's runner.
EVERYWHERE = "0.0.0.0"  # noqa: S104
PORT = 8000


def main() -> None:
    """Does not return: this process becomes Envoy."""
    config = Path(tempfile.gettempdir()) / "envoy.yaml"
    write(configured(Settings.from_environment()), config)
    line = command(config)
    os.execv(line[0], line)  # noqa: S606 - the wheel's own program


def configured(settings: Settings) -> Gateway:
    """Returns the gateway before the services of these settings; tokens are always asked for."""
    return Gateway(
        ingest=settings.address("ingest"),
        profiler=settings.address("profiler"),
        persona=settings.address("persona"),
        feedback=settings.address("feedback"),
        host=EVERYWHERE,
        port=PORT,
        jwks=str(settings.jwks),
        access_log="/dev/stdout",
    )


if __name__ == "__main__":
    main()
