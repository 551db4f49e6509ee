"""The performance table: what PersonaKit does, beside what one would pick instead."""
