"""Turns answers of the API into what a terminal shows; pure functions."""
