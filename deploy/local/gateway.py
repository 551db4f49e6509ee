"""`python -m deploy.local.gateway`: writes the gateway's configuration, then becomes Envoy.

It is a program of its own so that what rendering needs is gone from memory when Envoy runs.
"""

import os

from deploy.local.children import fresh_log
from deploy.local.home import Home
from deploy.local.port import HOST, chosen_port
from gateway.config import Gateway, command, write
from services.kit.settings import Settings


def main() -> None:
    """Does not return: this process becomes Envoy."""
    settings = Settings.from_environment()
    home = Home(settings.home)
    config = home.run / "envoy.yaml"
    write(_gateway(settings, home), config)
    line = command(config)
    os.execv(line[0], line)  # noqa: S606 - the wheel's own program


def _gateway(settings: Settings, home: Home) -> Gateway:
    return Gateway(
        ingest=settings.address("ingest"),
        profiler=settings.address("profiler"),
        persona=settings.address("persona"),
        feedback=settings.address("feedback"),
        host=HOST,
        port=chosen_port(os.environ),
        jwks=str(settings.jwks) if settings.auth else None,
        access_log=str(fresh_log(home.log("access"))),
    )


if __name__ == "__main__":
    main()
