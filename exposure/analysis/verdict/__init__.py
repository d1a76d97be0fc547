"""Whether a change may be merged: what was found, at which level, and what stands against it."""
