"""`python -m services [migrate] [NAME ...]`: migrates, or runs services.

Without a name all four run, each in a process of its own; one name runs in the foreground.
"""

import sys
from collections.abc import Callable, Sequence
from functools import partial

import services.feedback.main
import services.ingest.main
import services.persona.main
import services.profiler.main
from services.kit.errors import BadSetting
from services.kit.logs import set_up_logs
from services.kit.process import Service, guard_of, run_process
from services.kit.reflection import described_services
from services.kit.settings import Settings
from services.kit.supervisor import Supervisor, on_signal
from services.kit.validation import learn_rules

ASSEMBLE: dict[str, Callable[[Settings], Service]] = {
    "ingest": services.ingest.main.assemble,
    "profiler": services.profiler.main.assemble,
    "persona": services.persona.main.assemble,
    "feedback": services.feedback.main.assemble,
}


def main(arguments: Sequence[str]) -> None:
    """Does what the arguments say; ends the program with a sentence if it cannot."""
    unknown = set(arguments) - {"migrate", *ASSEMBLE}
    if unknown:
        sys.exit(f"no service {', '.join(sorted(unknown))}: choose from {', '.join(ASSEMBLE)}")
    try:
        settings = Settings.from_environment()
        if "migrate" in arguments:
            migrate(settings)
        names = [name for name in arguments if name != "migrate"]
        if names or not arguments:
            serve(names or list(ASSEMBLE), settings)
    except BadSetting as error:
        sys.exit(str(error))


def migrate(settings: Settings) -> None:
    """Migrates in a process that ends: what it imports would stay in every service."""
    from multiprocessing import Process

    migration = Process(target=_migrate, args=(settings,))
    migration.start()
    migration.join()
    if migration.exitcode:
        sys.exit(migration.exitcode)


def _migrate(settings: Settings) -> None:
    from services.kit.migrate import migrate

    try:
        migrate(settings)
    except BadSetting as error:
        sys.exit(str(error))


def serve(names: Sequence[str], settings: Settings) -> None:
    """Runs one service in this process, or several in a process each."""
    children = {name: partial(run_process, name, settings, ASSEMBLE[name]) for name in names}
    if len(names) == 1:
        children[names[0]](on_signal)
        return
    set_up_logs("supervisor", settings.log_level)
    # What the children will need is in memory once if it is there before them.
    guard_of(settings)
    learn_rules(described_services())
    Supervisor(children).run()


if __name__ == "__main__":
    main(sys.argv[1:])
