"""What every service needs and no context owns."""
