"""Whether the index is sound: what its rules carry, and where a reader may be misled."""
