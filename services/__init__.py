"""PersonaKit's services, one folder a context, and the kit they stand on."""
