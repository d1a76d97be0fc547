"""What would change a score."""
