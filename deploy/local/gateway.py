"""Envoy in front of the local services: its configuration is rendered at every start."""

import sys
from collections.abc import Mapping

from deploy.local.children import Program
from deploy.local.home import Home


def program(home: Home, port: int, environment: Mapping[str, str]) -> Program:
    """Returns how to run Envoy on the port, in front of the sockets in the home's `run/`."""
    return Program("gateway", [sys.executable, "-m", "gateway"], home.log("gateway"), environment)
