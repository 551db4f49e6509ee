"""What talks to PersonaKit from outside, through its protos only."""
