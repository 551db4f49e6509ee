"""The whole system on this machine, from one pip install: Postgres, the services, the gateway."""
