"""indicators.csv: reading, and which country a text means."""
