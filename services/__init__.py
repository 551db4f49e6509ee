"""PersonaKit's services, one folder a context, and the kit they stand on."""

import os

# gRPC reads this when it is imported. Without its newer listener a connection is read in the thread
# that tells the loop, not in another that wakes that one: 108 us for a call of an empty server, not
# 134.
os.environ.setdefault("GRPC_EXPERIMENTS", "-event_engine_listener")

VERSION = "0.1.0"
"""As in pyproject.toml: to read it from there, once installed, takes 2 MB."""
