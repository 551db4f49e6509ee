"""Takes in what was observed of a person, keeps it, and hands it on."""
