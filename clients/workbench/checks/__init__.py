"""What can be wrong with a set-up: one function a check, each with a way to mend it."""
