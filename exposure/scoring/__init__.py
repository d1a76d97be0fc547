"""Observations × rules → severities → scores: pure arithmetic on whole columns."""
