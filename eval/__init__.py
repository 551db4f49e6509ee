"""Measures how true PersonaKit's picture of a person is, on behaviour that it has not seen."""
