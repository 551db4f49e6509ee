"""`persona-kit`, the command line."""
