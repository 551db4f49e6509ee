"""Who calls, what they may do, and about whom."""
