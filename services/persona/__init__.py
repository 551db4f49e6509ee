"""Persona: how belief becomes advice."""
