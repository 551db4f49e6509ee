"""The rows on made-up people, about whom the truth is known."""
