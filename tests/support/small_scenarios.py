"""Three countries, one of them without a score, and a scenario: what what-if, levers and trend are asked about."""

from __future__ import annotations

RULES = """
[index]
title = "Test"
edition = "1"
[bands]
low = 0
high = 50
[dimensions.d]
weight = 1
[dimensions.e]
weight = 1
[rules.vendor]
dimension = "d"
kind = "category"
severity = { Huawei = 100, Ericsson = 0 }
controllable = "operator"
[rules.debt]
dimension = "e"
kind = "number"
goalposts = [0, 100]
[sources.a]
title = "A"
[[scenarios]]
id = "drill"
label = "A drill"
set = { SRB = { debt = 90 }, HUN = { debt = 5 } }
level = "low"
stated = true
source = "a"
reacts = ["NATO"]
why = "Because."
"""
CLAIMS = "country,indicator,value,as_of\nSRB,vendor,Huawei,2020\nSRB,debt,80,2021\nMNE,debt,20,2021\nALB,vendor,,2021\n"
