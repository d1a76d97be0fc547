"""What each command shows: results turned into pages, the one place that knows both."""
