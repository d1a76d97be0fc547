"""Which uncertain choice moves the ranks, one at a time."""
