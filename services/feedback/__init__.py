"""What people thought of suggestions, and the weights that follow from it."""
