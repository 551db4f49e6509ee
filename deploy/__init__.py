"""How PersonaKit is run: embedded on one machine, in containers, on a cluster."""
