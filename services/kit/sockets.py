"""Who listens where on one machine; importing it costs nothing, so that the stack's parent can."""

from pathlib import Path

SERVICES = ("ingest", "profiler", "persona", "feedback")
# A unix socket's path has at most 107 characters; the longest name below the folder takes 17.
LONGEST_RUN_DIR = 90


def run_dir(home: Path) -> Path:
    """Returns the folder for sockets: below `home`, or a short one if that path is too long."""
    run = home / "run"
    if len(str(run)) <= LONGEST_RUN_DIR:
        return run
    # Imported here: few paths are so long, and the stack's parent stays small.
    import tempfile
    from hashlib import sha256

    return Path(tempfile.gettempdir()) / f"personakit-{sha256(str(run).encode()).hexdigest()[:12]}"
