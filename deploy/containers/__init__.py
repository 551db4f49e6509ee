"""The whole system in containers: what they run besides the services."""
