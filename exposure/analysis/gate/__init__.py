"""Whether a change is fit to merge."""
