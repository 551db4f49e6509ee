"""Turn what other programs saw of a person into observations."""
