"""How far the scores can be trusted: over draws of what is judgement, and as an index."""
