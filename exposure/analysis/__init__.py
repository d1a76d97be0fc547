"""Questions asked of scores, each in the file of its verb, and answered in records."""
