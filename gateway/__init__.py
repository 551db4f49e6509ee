"""Envoy's configuration: the one port in front of the services."""
