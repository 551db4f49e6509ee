"""What keeps the local stack from running."""


class CannotRun(Exception):
    """The stack cannot run; the message says why, and what to do where something can be done."""
