"""`persona-kit-workbench`: makes plausible people and their history, through the public API."""
