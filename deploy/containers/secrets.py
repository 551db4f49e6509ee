"""`python -m deploy.containers.secrets`: makes the secrets that are not there yet, and deals them.

Below the folder of PERSONAKIT_SECRETS_ROOT, `keys` holds all of them. Each other folder is one
container's, and gets what that container needs and no more. After a rotation of keys, run it again.
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from clients.keys import KeyRing
from deploy.local.home import SERVICE_SECRETS, secret_in
from services.kit.sockets import SERVICES

OWNER: Final = "personakit_owner"
PASSWORDS: Final = tuple(f"database-personakit_{name}" for name in SERVICES)
SHARES: Final[Mapping[str, tuple[str, ...]]] = {
    "database": ("database-postgres", f"database-{OWNER}", *PASSWORDS),
    "migrate": ("pgpass", *PASSWORDS),
    "ingest": ("database-personakit_ingest", "ingest-key.json", "jwks.json"),
    "profiler": ("database-personakit_profiler", "jwks.json"),
    "persona": ("database-personakit_persona", "persona-key.json", "signing-key", "jwks.json"),
    "feedback": ("database-personakit_feedback", "signing-key", "jwks.json"),
    "gateway": ("jwks.json",),
}
"""Which secrets each container gets."""

# Postgres' image has a user of its own, whose number differs between its variants.
_MODES: Final = {"database": 0o444}


def main() -> None:
    """Makes and deals the secrets; run again, it changes only what has changed."""
    root = Path(os.environ.get("PERSONAKIT_SECRETS_ROOT", "/secrets"))
    make(root / "keys")
    dealt = [(name, share) for share, names in SHARES.items() for name in names]
    # A key is believed everywhere before it signs anywhere.
    for name, share in sorted(dealt, key=lambda each: each[0] != "jwks.json"):
        deal(root / "keys" / name, root / share, _MODES.get(share, 0o400))


def make(folder: Path) -> None:
    """Makes the secrets that the folder lacks: passwords, keys, and what signs suggestions."""
    KeyRing(folder).make()
    for name in ("database-postgres", *SERVICE_SECRETS):
        secret_in(folder, name)
    password = secret_in(folder, f"database-{OWNER}")
    _replace(folder / "pgpass", f"*:*:*:{OWNER}:{password}\n", 0o400)


def deal(secret: Path, share: Path, mode: int) -> None:
    """Copies a secret into a share, unless it is there already."""
    content, target = secret.read_text(), share / secret.name
    if not target.exists() or target.read_text() != content:
        _replace(target, content, mode)


def _replace(path: Path, content: str, mode: int) -> None:
    """Writes the file whole or not at all: it may be read at this moment."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        os.fchmod(file.fileno(), mode)
        file.write(content)
    fresh.replace(path)


if __name__ == "__main__":
    main()
