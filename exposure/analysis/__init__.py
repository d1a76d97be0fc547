"""Questions asked of scores, each in the file of its verb, and answered in records.

What several of them need, or is long: attribution (why a score moved), verdict (levels, limits and targets of check),
measures (what levers tries), sensitivity (one uncertain choice at a time), soundness (what an audit measures).
"""
