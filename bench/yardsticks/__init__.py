"""What a row is compared with; each runs in a process of its own, in the same run."""
