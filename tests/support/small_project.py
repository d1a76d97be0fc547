"""Small indices that the command is asked about; RULES limit what a change may move, for check and diff."""

from __future__ import annotations

DEBT = """\
[index]
title = "Test"
edition = "1"
[dimensions.d]
[rules.debt]
dimension = "d"
kind = "number"
goalposts = [0, 100]
"""
"""An index of one figure."""
TWO_RULES = f"""{DEBT}\
[rules.vendor]
dimension = "d"
kind = "category"
severity = {{ Huawei = 100, Nokia = 0 }}
"""
RULES = f"""{TWO_RULES}\
[sources.a]
title = "A"
[checks]
max_score_move = 5
"""
CLAIMS = """\
country,indicator,value,as_of,source,confidence,note
MNE,debt,20,2020,a,high,
MNE,vendor,Nokia,2020,a,high,
SRB,debt,80,2020,a,high,
SRB,vendor,Huawei,2020,a,high,
"""
MOVED = CLAIMS.replace(
    "MNE,vendor,Nokia,2020,a,high,\n", "MNE,vendor,Nokia,2020,a,high,\nMNE,vendor,Huawei,2021,a,high,\n"
)
