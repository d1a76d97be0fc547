"""Questions asked of scores."""
