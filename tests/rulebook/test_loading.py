"""Every mistake of a rules file: where it is said to be, and in whose words."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from textwrap import dedent
from typing import Any

import jsonschema
import pytest

from exposure.errors import ExposureError, InvalidInput
from exposure.rulebook.loading import LARGEST, load_rulebook
from exposure.rulebook.model import rules_schema
from exposure.rulebook.wording import dotted

SHIPPED = Path(__file__).parents[2] / "exposure" / "rules.toml"

# Eight lines that load, so that what a case adds begins on line 9.
BASE = """\
[index]
title = "T"
edition = "1"
[dimensions.a]
[rules.vendor]
dimension = "a"
kind = "category"
severity = { Huawei = 100, none = 0 }
"""
DEBT = '[rules.debt]\ndimension = "a"\nkind = "number"\n'
DRAWN = '[rules.drawn]\ndimension = "a"\nkind = "relative"\n'
BOTH = '[rules.both]\ndimension = "a"\nkind = "combination"\n'
FLAG = '[rules.law]\ndimension = "a"\nkind = "flag"\n'
TARGET = '[[targets]]\nid = "t"\n'
SCENARIO = '[[scenarios]]\nid = "s"\n'
ENTITY = '[entities.BA-SRP]\nname = "Srpska"\npart_of = "BIH"\n'


def without(line: str) -> str:
    assert line in BASE
    return BASE.replace(line + "\n", "")


def instead(old: str, new: str) -> str:
    assert old in BASE
    return BASE.replace(old, new)


def messages(text: str | bytes) -> list[str]:
    """What is wrong with the rules, a line each, less what every line begins with."""
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(InvalidInput) as caught:
        load_rulebook(data)
    return [line.removeprefix("rules.toml:").replace(": rules: ", ": ", 1) for line in str(caught.value).split("\n")]


MISTAKES = {
    "entities that make up more than their country": (
        BASE + ENTITY + "share = 0.7\n" + ENTITY.replace("SRP", "BIH") + "share = 0.4\n",
        ["16: entities.BA-BIH.share: the shares of BIH add up to 1.1; at most 1; what is left to 1 counts as unknown"],
    ),
    "a scale finer than its decimals": (
        BASE.replace('edition = "1"', 'edition = "1"\nscale = 0.5\ndecimals = 0').replace("100", "0.5"),
        ["5: index.decimals: a scale of 0.5 cannot be published with 0 decimals; add decimals"],
    ),
    "an indicator named like a column": (
        BASE + '[rules.x]\nindicator = "Source"\ndimension = "a"\nkind = "flag"\n[context.country]\n',
        [
            '9: rules.x: "Source" is a column of the observations; call the indicator something else',
            '13: context.country: "country" is a column of the observations; call the indicator something else',
        ],
    ),
    "an unknown table": (
        BASE + "[dimension.b]\n",
        ['9: dimension: unknown key; did you mean "dimensions"?'],
    ),
    "a misspelt key of a rule": (
        BASE + "wieght = 3\n",
        ['9: rules.vendor.wieght: unknown key; did you mean "weight"?'],
    ),
    "a key of another kind of rule": (BASE + "goalposts = [0, 1]\n", ["9: rules.vendor.goalposts: unknown key"]),
    "a misspelt key of the index": (
        instead("edition", "editoin"),
        ["1: index.edition: missing; add it", '3: index.editoin: unknown key; did you mean "edition"?'],
    ),
    "a misspelt key inside an aggregation": (
        instead('edition = "1"', 'aggregation = { method = "geometric", flor = 0.1 }'),
        ["1: index.edition: missing; add it", '3: index.aggregation.flor: unknown key; did you mean "floor"?'],
    ),
    "a misspelt key inside the chances": (
        BASE + "[uncertainty.wrong]\nhihg = 0.1\n",
        ['10: uncertainty.wrong.hihg: unknown key; did you mean "high"?'],
    ),
    "a misspelt bound of a condition": (
        BASE + DEBT + "goalposts = [0, 1]\n" + BOTH + "when = { debt = { atleast = 1 } }\n",
        ['16: rules.both.when.debt.atleast: unknown key; did you mean "at_least"?'],
    ),
    "a misspelt key of a target": (
        BASE + TARGET + 'require = { vendor = "none" }\nlevle = "error"\n',
        ['12: targets[1].levle: unknown key; did you mean "level"?'],
    ),
    "a misspelt limit of a target": (
        BASE + TARGET + "require = { max_scor = 50 }\n",
        [
            "11: targets[1].require.max_scor: found 50, expected a word, a list of words or { at_least = … };"
            ' did you mean "max_score"?'
        ],
    ),
    "a misspelt setting beside the entities": (
        BASE + '[entities]\nrolup = "mean"\n',
        ['10: entities.rolup: unknown key; did you mean "rollup"?'],
    ),
    "a number in quotes": (
        BASE + 'weight = "3"\n',
        ['9: rules.vendor.weight: found "3", expected a number; write it without quotes'],
    ),
    "a fraction for a whole number": (
        instead('edition = "1"', "decimals = 1.5"),
        ["1: index.edition: missing; add it", "3: index.decimals: found 1.5, expected a whole number"],
    ),
    "yes and no for true and false": (
        BASE + DEBT + 'goalposts = [0, 1]\nwhole = "yes"\n',
        ['13: rules.debt.whole: found "yes", expected true or false; write it without quotes'],
    ),
    "true for a number": (BASE + "weight = true\n", ["9: rules.vendor.weight: found true, expected a number"]),
    "a number for text": (BASE + "label = 5\n", ["9: rules.vendor.label: found 5, expected text; write it in quotes"]),
    "a negative weight": (BASE + "weight = -3\n", ["9: rules.vendor.weight: found -3, must be at least 0"]),
    "a weight without end": (BASE + "weight = inf\n", ["9: rules.vendor.weight: found inf, expected a finite number"]),
    "a number of hundreds of digits": (
        BASE + f"weight = 1{'0' * 400}\n",
        ["9: rules.vendor.weight: found a number of too many digits, expected a number"],
    ),
    "a number of thousands of digits": (
        BASE + f"weight = 1{'0' * 5000}\n",
        ["9: not-toml: a number of thousands of digits"],
    ),
    "a list for a rule": (
        BASE + "[rules]\nx = [1]\n",
        ["10: rules.x: found a list, expected a table; write [rules.x] above its keys"],
    ),
    "rules in double brackets": (
        without("[rules.vendor]").replace('dimension = "a"', '[[rules]]\ndimension = "a"'),
        ["5: rules: found a list, expected a table; write [rules] above its keys"],
    ),
    "a target in single brackets": (
        BASE + "[targets]\nid = 'x'\n",
        ["9: targets: found a table, expected a list of tables; write [[targets]]"],
    ),
    "a word that is not one of a few": (
        BASE + 'layer = "practise"\n',
        ['9: rules.vendor.layer: found "practise", expected one of practice, commitment; did you mean "practice"?'],
    ),
    "an empty label": (BASE + 'label = ""\n', ["9: rules.vendor.label: is empty; write something, or remove the line"]),
    "an endless label": (
        BASE + f'label = "{"x" * 301}"\n',
        ["9: rules.vendor.label: longer than 300 characters; shorten it"],
    ),
    "a name that is no name": (
        BASE + '[sources."a b"]\ntitle = "x"\n',
        ['9: sources."a b": not usable as a name; letters, digits, - and _ only, at most 64'],
    ),
    "a date that is a number": (
        BASE + "[checks]\nstale_before = 2019\n",
        ["10: checks.stale_before: found 2019, expected text; write it in quotes"],
    ),
    "a date that is not written as one": (
        BASE + '[checks]\nstale_before = "2019-1"\n',
        ['10: checks.stale_before: found "2019-1"; write a date as YYYY, YYYY-MM or YYYY-MM-DD, in quotes'],
    ),
    "a thirteenth month": (
        BASE + '[[waivers]]\ncode = "x"\nreason = "r"\nuntil = "2027-13"\n',
        [
            '12: waivers[1].until: found "2027-13", which is not in the calendar;'
            " write a date as YYYY, YYYY-MM or YYYY-MM-DD"
        ],
    ),
    "nothing at all": (
        "",
        ["1: index: missing; add it", "1: dimensions: missing; add it", "1: rules: missing; add it"],
    ),
    "no title": (without('title = "T"'), ["1: index.title: missing; add it"]),
    "no dimension of a rule": (without('dimension = "a"'), ["5: rules.vendor.dimension: missing; add it"]),
    "no dimensions, to which a rule belongs": (without("[dimensions.a]"), ["1: dimensions: missing; add it"]),
    "an unknown kind": (
        instead('"category"', '"catgory"'),
        [
            '7: rules.vendor.kind: unknown kind "catgory"; one of "category", "flag", "number", "relative",'
            ' "combination"; did you mean "category"?'
        ],
    ),
    "no kind": (
        without('kind = "category"'),
        ['5: rules.vendor: no kind; one of "category", "flag", "number", "relative", "combination"; add kind = …'],
    ),
    "an unknown dimension": (
        instead("[dimensions.a]", "[dimensions.digital]").replace('"a"', '"digtal"'),
        ['6: rules.vendor.dimension: unknown dimension "digtal"; did you mean "digital"?'],
    ),
    "an unknown parent": (
        instead("[dimensions.a]", '[dimensions.a]\nparent = "digital"'),
        ['5: dimensions.a.parent: unknown dimension "digital"; one of a'],
    ),
    "a circle of parents": (
        instead("[dimensions.a]", '[dimensions.a]\nparent = "b"\n[dimensions.b]\nparent = "a"'),
        ["5: dimensions.a.parent: its own ancestor: a → b → a; one of them must have no parent"],
    ),
    "a circle of parents above a relative rule": (
        instead("[dimensions.a]", '[dimensions.a]\nparent = "b"\n[dimensions.b]\nparent = "a"')
        + DRAWN
        + 'method = "zscore"\n',
        ["5: dimensions.a.parent: its own ancestor: a → b → a; one of them must have no parent"],
    ),
    "a dimension that is its own parent": (
        instead("[dimensions.a]", '[dimensions.a]\nparent = "a"'),
        ["5: dimensions.a.parent: its own ancestor: a → a; one of them must have no parent"],
    ),
    "a dimension without a rule": (
        BASE + "[dimensions.b]\n",
        ["9: dimensions.b: nothing with a weight above 0 in it; give it a rule or remove it"],
    ),
    "a dimension with weightless rules only": (
        BASE + "weight = 0\n",
        ["4: dimensions.a: nothing with a weight above 0 in it; give it a rule or remove it"],
    ),
    "no weight at the top": (
        instead("[dimensions.a]", "[dimensions.a]\nweight = 0"),
        ["4: dimensions: no dimension with a weight above 0 at the top; one must have no parent"],
    ),
    "dimensions too deep to be meant": (
        instead("[dimensions.a]", '[dimensions.a]\nparent = "d1"')
        + "".join(f'[dimensions.d{n}]\nparent = "d{n + 1}"\n' for n in range(1, 45))
        + "[dimensions.d45]\n",
        # d45 is at the top, so that d6 is the 40th and d5 the 41st.
        ["18: dimensions.d5: more than 40 dimensions above one another; merge some of them"],
    ),
    "a dimension with the name of a rule": (
        instead("[dimensions.a]", "[dimensions.vendor]").replace('"a"', '"vendor"'),
        ["4: dimensions.vendor: a rule has the same name; rename one of them"],
    ),
    "neither goalposts nor steps": (
        BASE + DEBT,
        ["9: rules.debt: needs either goalposts or steps; goalposts = [0, 25] or steps = [[0, 0], [25, 100]]"],
    ),
    "both goalposts and steps": (
        BASE + DEBT + "goalposts = [0, 1]\nsteps = [[0, 0], [1, 9]]\n",
        ["13: rules.debt.steps: has goalposts as well as steps; keep one of them"],
    ),
    "one goalpost": (
        BASE + DEBT + "goalposts = [0]\n",
        ["12: rules.debt.goalposts: too few numbers, expected two; as [0, 25]"],
    ),
    "three goalposts": (
        BASE + DEBT + "goalposts = [0, 1, 2]\n",
        ["12: rules.debt.goalposts: too many entries, at most 2; remove some"],
    ),
    "equal goalposts": (
        BASE + DEBT + "goalposts = [3, 3.0]\n",
        ["12: rules.debt.goalposts: both goalposts are the same; the first is no exposure, the second full"],
    ),
    "the logarithm of a negative goalpost": (
        BASE + DEBT + 'goalposts = [10, -1]\ncurve = "log"\n',
        ["12: rules.debt.goalposts: -1 has no logarithm; choose goalposts above 0"],
    ),
    "the root of a negative goalpost": (
        BASE + DEBT + 'goalposts = [-1, 10]\ncurve = "sqrt"\n',
        ["12: rules.debt.goalposts: -1 has no square root; choose goalposts of 0 or more"],
    ),
    "a curve through steps": (
        BASE + DEBT + 'steps = [[0, 0], [1, 9]]\ncurve = "log"\n',
        ["13: rules.debt.curve: a curve goes with goalposts, not with steps; remove it"],
    ),
    "steps that do not rise": (
        BASE + DEBT + "steps = [[0, 0],\n[10, 60],\n[10, 100]]\n",
        ["14: rules.debt.steps[3]: steps must rise in value; put them in the order of their first number"],
    ),
    "a step outside the scale": (
        BASE + DEBT + "steps = [[0, 0], [10, 101]]\n",
        ["12: rules.debt.steps[2]: 101 is outside 0 to 100; the scale is set under [index]"],
    ),
    "a single step, and that not a pair": (
        BASE + DEBT + "steps = [[0, 0], [1, 2, 3]]\n",
        ["12: rules.debt.steps[2]: too many entries, at most 2; remove some"],
    ),
    "valid ends in the wrong order": (
        BASE + DEBT + "goalposts = [0, 1]\nvalid = [9, 1]\n",
        ["13: rules.debt.valid: the lower end is above the upper; write [lowest, highest]"],
    ),
    "a severity outside the scale": (
        instead("Huawei = 100", "Huawei = 100.5"),
        ["8: rules.vendor.severity.Huawei: 100.5 is outside 0 to 100; the scale is set under [index]"],
    ),
    "a severity outside a scale of one": (
        instead('edition = "1"', "scale = 1"),
        [
            "1: index.edition: missing; add it",
            "8: rules.vendor.severity.Huawei: 100 is outside 0 to 1; the scale is set under [index]",
        ],
    ),
    "a word with a semicolon": (
        instead("Huawei", '"Huawei;ZTE"'),
        ['8: rules.vendor.severity."Huawei;ZTE": a word may not hold ; or outer blanks; ; separates a list'],
    ),
    "two words that differ in capitals only": (
        instead("none = 0", "huawei = 0"),
        ['8: rules.vendor.severity.huawei: the same word as "Huawei" but for its capitals; keep one of them'],
    ),
    "an empty word": (instead("Huawei", '""'), ['8: rules.vendor.severity."": an empty name']),
    "no severities": (
        instead("{ Huawei = 100, none = 0 }", "{}"),
        ["8: rules.vendor.severity: too few entries: 0, at least 1; add what is missing"],
    ),
    "half a flag": (
        BASE + FLAG + "severity = { yes = 0 }\n",
        ["12: rules.law.severity: too few entries: 1, at least 2; add what is missing"],
    ),
    "a context word with a semicolon": (
        BASE + '[context.eu]\nvalues = ["a;b"]\n',
        ['10: context.eu.values: "a;b": a word may not hold ; or outer blanks; ; separates a list'],
    ),
    "a combination of an undeclared indicator": (
        BASE + BOTH + 'when = { vendr = "none" }\n',
        ['12: rules.both.when.vendr: unknown indicator "vendr"; did you mean "vendor"?'],
    ),
    "a combination of a combination": (
        BASE + BOTH + 'when = { vendor = "none", both = "yes" }\n',
        ['12: rules.both.when.both: "both" is a combination, not an indicator; name the indicators that it combines'],
    ),
    "a combination of a rule that reads another indicator": (
        BASE + 'indicator = "vendors"\n' + BOTH + 'when = { vendor = "none" }\n',
        ['13: rules.both.when.vendor: "vendor" is a rule, not an indicator; name what it reads, "vendors"'],
    ),
    "a combination with an unknown word": (
        BASE + BOTH + 'when = { vendor = ["none", "Hauwei"] }\n',
        ['12: rules.both.when.vendor: unknown value "Hauwei"; did you mean "Huawei"?'],
    ),
    "a combination of a number with words": (
        BASE + DEBT + "goalposts = [0, 1]\n" + BOTH + 'when = { debt = "high" }\n',
        ["16: rules.both.when.debt: words for a number; use { at_least = … } or { at_most = … }"],
    ),
    "a combination of words with bounds": (
        BASE + FLAG + BOTH + "when = { law = { at_least = 1 } }\n",
        ["15: rules.both.when.law: bounds on a flag; name the words that count"],
    ),
    "a combination with an empty bound": (
        BASE + DEBT + "goalposts = [0, 1]\n" + BOTH + "when = { debt = {} }\n",
        ["16: rules.both.when.debt: no bound; at_least or at_most"],
    ),
    "a bound on some words with a word unknown": (
        BASE + BOTH + 'when = { vendor = { at_least = 1, of = ["Hauwei"] } }\n',
        ['12: rules.both.when.vendor.of: unknown value "Hauwei"; did you mean "Huawei"?'],
    ),
    "a bound on a number that names words": (
        BASE + DEBT + "goalposts = [0, 1]\n" + BOTH + 'when = { debt = { at_least = 1, of = ["much"] } }\n',
        ["16: rules.both.when.debt.of: words for a number; remove it"],
    ),
    "a compilation of a source that is not there": (
        BASE + '[sources.a]\ntitle = "A"\n[sources.ours]\ntitle = "O"\ncompiled_from = ["a", "b1"]\n',
        ['13: sources.ours.compiled_from[2]: unknown source "b1"; one of a, ours'],
    ),
    "a compilation of a compilation": (
        BASE + '[sources.a]\ntitle = "A"\ncompiled_from = ["a"]\n',
        ['11: sources.a.compiled_from[1]: "a" is a compilation itself; name the pages that it is compiled from'],
    ),
    "a condition that is a number": (
        BASE + BOTH + "when = { vendor = 3 }\n",
        ["12: rules.both.when.vendor: found 3, expected a word, a list of words or { at_least = … }"],
    ),
    "a list of conditions with a number in it": (
        BASE + BOTH + "when = { vendor = [3] }\n",
        ["12: rules.both.when.vendor[1]: found 3, expected text; write it in quotes"],
    ),
    "one indicator read as two kinds": (
        BASE + FLAG + 'indicator = "vendor"\n',
        ['11: rules.law.kind: reads "vendor" as a flag, vendor as a category; give both the same kind'],
    ),
    "one indicator with two ages": (
        BASE.replace("[rules.vendor]", '[rules.vendor]\nmax_age = "10y"')
        + '[rules.two]\ndimension = "a"\nkind = "category"\nindicator = "vendor"\nmax_age = "18m"\n'
        + "severity = { Huawei = 1, none = 0 }\n",
        [
            "14: rules.two.max_age: not the 10y of vendor, which reads the same indicator; give both the same max_age,"
            " or remove one"
        ],
    ),
    "an age in other words": (
        BASE.replace("[rules.vendor]", '[rules.vendor]\nmax_age = "ten years"'),
        ['6: rules.vendor.max_age: found "ten years"; write years or months, as "10y" or "18m"'],
    ),
    "one indicator read with two sets of words": (
        BASE + '[rules.two]\ndimension = "a"\nkind = "category"\nindicator = "vendor"\nseverity = { Huawei = 1 }\n',
        ["13: rules.two.severity: not the words of vendor, which reads the same indicator; give both the same words"],
    ),
    "one indicator scored and carried": (
        BASE + '[context.vendor]\nvalues = ["Huawei"]\n',
        ['5: rules.vendor: its indicator "vendor" is also declared under context; remove one of them'],
    ),
    "bands that do not start at 0": (
        BASE + "[bands]\nlow = 10\nhigh = 50\n",
        ["9: bands: no band starts at 0; the lowest starts at 0"],
    ),
    "bands of equal edges": (
        BASE + "[bands]\nlow = 0\nhigh = 0\n",
        ["9: bands: two bands start at the same score; give each its own lower edge"],
    ),
    "a band above the scale": (
        BASE + "[bands]\nlow = 0\nhigh = 150\n",
        ["11: bands.high: starts at 150, above the scale of 100; no score would reach it"],
    ),
    "a band that is text": (
        BASE + '[bands]\nlow = "0"\nhigh = 50\n' + TARGET + 'require = { max_band = "high" }\n',
        ['10: bands.low: found "0", expected a number; write it without quotes'],
    ),
    "a geometric mean of standard scores": (
        instead("[dimensions.a]", '[dimensions.a]\naggregation = "geometric"')
        + "weight = 0\n"
        + DRAWN
        + 'method = "zscore"\nrange = "raw"\n',
        ["11: rules.drawn: may leave 0 to 100, and a is geometric; use an arithmetic aggregation, or remove its range"],
    ),
    "a raw zscore beside a rule on the scale": (
        BASE + DRAWN + 'method = "zscore"\nrange = "raw"\n',
        [
            "13: rules.drawn.range: may leave 0 to 100, and vendor stays on it;"
            " remove its range, so that it ends at 0 and 100; or let every scored rule leave the scale"
        ],
    ),
    "a raw rank beside a rule on the scale": (
        BASE + DRAWN + 'method = "rank"\nrange = "raw"\n',
        [
            "13: rules.drawn.range: may leave 0 to 100, and vendor stays on it;"
            " remove its range, so that it ends at 0 and 100; or let every scored rule leave the scale"
        ],
    ),
    "a raw zscore whose unknowns count as the worst": (
        BASE + "weight = 0\n" + DRAWN + 'method = "zscore"\nrange = "raw"\nmissing = "worst"\n',
        [
            '14: rules.drawn.range: may leave 0 to 100, and missing = "worst" takes what is unknown as 100;'
            ' remove its range, or set missing = "exclude" in this rule'
        ],
    ),
    "a method without a raw form": (
        BASE + "weight = 0\n" + DRAWN + 'method = "percentile"\nrange = "raw"\n',
        ["14: rules.drawn.range: percentile has no raw form; write the ends, as in range = [0, 1]"],
    ),
    "a range that is another word": (
        BASE + DRAWN + 'method = "rank"\nrange = "rew"\n',
        ['13: rules.drawn.range: found "rew", expected one of raw; did you mean "raw"?'],
    ),
    "a band above a scale that relative rules keep to": (
        BASE + "weight = 0\n" + DRAWN + 'method = "zscore"\n[bands]\nlow = 0\nhigh = 150\n',
        ["16: bands.high: starts at 150, above the scale of 100; no score would reach it"],
    ),
    "an entity named otherwise than ISO 3166-2 does": (
        BASE + ENTITY.replace("BA-SRP", "Srpska") + "share = 0.3\n",
        ["9: entities.Srpska: not usable as an entity; use an ISO 3166-2 code, as in [entities.BA-SRP]"],
    ),
    "an entity of a country by name": (
        BASE + ENTITY.replace("BIH", "Bosnia") + "share = 0.3\n",
        ['11: entities.BA-SRP.part_of: found "Bosnia"; write a country as its three-letter code'],
    ),
    "an entity without a share": (BASE + ENTITY, ["9: entities.BA-SRP.share: missing; add it"]),
    "an entity of no share": (BASE + ENTITY + "share = 0\n", ["12: entities.BA-SRP.share: found 0, must be above 0"]),
    "a target of an unknown band": (
        BASE + "[bands]\nlow = 0\nhigh = 50\n" + TARGET + 'require = { max_band = "hihg" }\n',
        ['14: targets[1].require.max_band: unknown band "hihg"; did you mean "high"?'],
    ),
    "a target that asks for nothing": (
        BASE + TARGET + "require = {}\n",
        ["11: targets[1].require: asks for nothing; name an indicator, max_score, max_band or not_rising"],
    ),
    "a target about an unknown band": (
        BASE + "[bands]\nlow = 0\n" + TARGET + 'for = { min_band = "hihg" }\nrequire = { max_score = 5 }\n',
        ['13: targets[1].for.min_band: unknown band "hihg"; one of low'],
    ),
    "a target about a misspelt setting": (
        BASE + "[bands]\nlow = 0\n" + TARGET + 'for = { min_bnd = "low" }\nrequire = { max_score = 5 }\n',
        ['13: targets[1].for.min_bnd: unknown indicator "min_bnd"; did you mean "min_band"?'],
    ),
    "a target called like a finding": (
        BASE + '[[targets]]\nid = "stale"\nrequire = { max_score = 5 }\n',
        ['10: targets[1].id: "stale" is what check calls a finding of its own; choose another id'],
    ),
    "a level for what check does not find": (
        BASE + '[checks.levels]\nunsorced = "error"\n',
        ['10: checks.levels.unsorced: unknown finding "unsorced"; did you mean "unsourced"?'],
    ),
    "a level for a target": (
        BASE + TARGET + 'require = { max_score = 5 }\n[checks.levels]\nt = "error"\n',
        ['13: checks.levels.t: "t" is a target; its level stands with it'],
    ),
    "a limit on bands where there are none": (
        BASE + "[checks]\nmax_band_move = 0\n",
        ["10: checks.max_band_move: there are no bands; declare [bands], or remove it"],
    ),
    "a waiver for what is never found": (
        BASE + '[[waivers]]\ncode = "stail"\nreason = "r"\n',
        ['10: waivers[1].code: unknown finding "stail"; did you mean "stale"?'],
    ),
    "two targets of one id": (
        BASE + (TARGET + "require = { max_score = 50 }\n") * 2,
        ['13: targets[2].id: "t" is used twice; give each its own id'],
    ),
    "a scenario of an unknown source": (
        BASE + SCENARIO + 'set = { SRB = { vendor = "none" } }\nsource = "birn"\n[sources.brin]\ntitle = "B"\n',
        ['12: scenarios[1].source: unknown source "birn"; did you mean "brin"?'],
    ),
    "a scenario that sets a list": (
        BASE + SCENARIO + 'set = { SRB = { vendor = ["Huawei"] } }\n',
        [
            "11: scenarios[1].set.SRB.vendor: found a list, expected a word, a number, true or false;"
            ' a list is written "Huawei;ZTE"'
        ],
    ),
    "a scenario that sets an unknown word": (
        BASE + FLAG + SCENARIO + 'set = { SRB = { vendor = "none;Hauwei", law = "maybe" } }\n',
        [
            '14: scenarios[1].set.SRB.vendor: unknown value "Hauwei"; did you mean "Huawei"?',
            '14: scenarios[1].set.SRB.law: unknown value "maybe"; one of no, yes',
        ],
    ),
    "a scenario that says yes of a figure": (
        BASE + DEBT + "goalposts = [0, 1]\n" + SCENARIO + "set = { SRB = { debt = true } }\n",
        ["15: scenarios[1].set.SRB.debt: yes or no for a number; write the value as it would stand in a cell"],
    ),
    "a scenario that sets an unknown indicator": (
        BASE + SCENARIO + "set = { SRB = { vendr = 1 } }\n",
        ['11: scenarios[1].set.SRB.vendr: unknown indicator "vendr"; did you mean "vendor"?'],
    ),
    "a scenario that no source states": (
        BASE + SCENARIO + 'set = { SRB = { vendor = "none" } }\nlevel = "low"\nstated = true\n',
        ["13: scenarios[1].stated: no level that a source states; give level and source, or leave it out"],
    ),
    "a standard deviation of nothing": (
        BASE + "weight = 0\n" + DRAWN + 'method = "zscore"\nrange = [50, 0]\n',
        ["14: rules.drawn.range: the standard deviation must be above 0; range = [mean, sd]"],
    ),
    "a range that goes down": (
        BASE + DRAWN + 'method = "minmax"\nrange = [50, 50]\n',
        ["13: rules.drawn.range: the lower end must be below the upper; write [lowest, highest]"],
    ),
    "a waiver for an unknown indicator": (
        BASE + '[[waivers]]\ncode = "stale"\nreason = "r"\nindicator = "vendr"\n',
        ['12: waivers[1].indicator: unknown indicator "vendr"; did you mean "vendor"?'],
    ),
    "not TOML: a value without quotes": (
        instead('"T"', "Exposure"),
        ["2:9: not-toml: Invalid value; text needs quotes, a list square brackets"],
    ),
    "not TOML: a table twice": (
        BASE + '[rules.vendor]\nkind = "flag"\n',
        ['9:14: not-toml: Cannot declare "rules.vendor" twice; each table stands once'],
    ),
    "not TOML but CSV": (
        "country,indicator,value\n",
        ["1:8: not-toml: Expected '=' after a key in a key/value pair; write key = value"],
    ),
    "not UTF-8": (
        BASE.encode() + b"# caf\xe9\n",
        ["9: not-utf-8: byte 0xe9 is not UTF-8; save the file as UTF-8"],
    ),
    "UTF-16": (BASE.encode("utf-16"), ["1: not-utf-8: byte 0xff is not UTF-8; save the file as UTF-8"]),
    "escapes in a key and a value": (
        BASE + '"\\u001b[31m\\u202e" = 1\nlayer = "\\u009b2J\\u200b"\n',
        [
            '9: rules.vendor."\\x1b[31m\\u202e": unknown key',
            '10: rules.vendor.layer: found "\\x9b2J\\u200b", expected one of practice, commitment',
        ],
    ),
    "a key of a megabyte": (BASE + "k" * 1_000_000 + " = 1\n", [f'9: rules.vendor."{"k" * 60}…": unknown key']),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_with_its_line_in_the_words_of_the_file(text: str | bytes, expected: list[str]) -> None:
    assert messages(text) == expected


@pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_no_word_of_the_library_that_reads_the_rules_leaks(text: str | bytes, expected: list[str]) -> None:
    said = "\n".join(messages(text)).casefold()
    for word in ("pydantic", "validation", "tuple", "dictionary", "dict", "string", "input", "ctx", "none is not"):
        assert word not in said


def test_mistakes_all_come_back_at_once_in_the_order_of_their_lines() -> None:
    text = """\
        [index]
        edition = "1"
        min_coverage = 60
        [bands]
        low = 5
        [dimensions.digital]
        wieght = 2
        [dimensions.finance]
        weight = "much"
        [rules.vendor]
        dimension = "digital"
        kind = "category"
        severity = { Huawei = 100, none = 0 }
        layer = "practise"
        [rules.debt]
        dimension = "fiance"
        kind = "number"
        goalposts = [0]
        [rules.cloud]
        dimension = "fiance"
        kind = "flag"
        [rules.pledge]
        dimension = "digital"
        kind = "combination"
        when = { vendor = ["Huawei"], debt = { at_least = 1 }, clod = ["yes"] }
        [[targets]]
        id = "first"
        require = { max_score = "50" }
        [[targets]]
        id = "second"
        require = { cloud = ["maybe"] }
    """
    assert messages(dedent(text)) == [
        "1: index.title: missing; add it",
        "3: index.min_coverage: found 60, must be at most 1",
        "4: bands: no band starts at 0; the lowest starts at 0",
        '7: dimensions.digital.wieght: unknown key; did you mean "weight"?',
        '9: dimensions.finance.weight: found "much", expected a number; write it without quotes',
        '14: rules.vendor.layer: found "practise", expected one of practice, commitment; did you mean "practice"?',
        "18: rules.debt.goalposts: too few numbers, expected two; as [0, 25]",
        '20: rules.cloud.dimension: unknown dimension "fiance"; did you mean "finance"?',
        '25: rules.pledge.when.clod: unknown indicator "clod"; did you mean "cloud"?',
        '28: targets[1].require.max_score: found "50", expected a number; write it without quotes',
        '31: targets[2].require.cloud: unknown value "maybe"; one of no, yes',
    ]


def test_a_broken_scale_says_nothing_of_the_severities() -> None:
    assert messages(instead('edition = "1"', 'scale = "100"')) == [
        "1: index.edition: missing; add it",
        '3: index.scale: found "100", expected a number; write it without quotes',
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a = " + "[" * 5000 + "]" * 5000, id="lists in lists"),
        pytest.param("a = " + "{ a = " * 5000 + "1" + " }" * 5000, id="tables in tables"),
        pytest.param("a" + ".a" * 500_000 + " = 1", id="an endless dotted key"),
        pytest.param("[a" + ".a" * 500_000 + "]\n", id="an endless header"),
        pytest.param("x = 1\n'" + "' . '".join("a" * 1000) + "' = 1", id="quoted keys with blanks around the dots"),
    ],
)
def test_absurd_nesting_is_refused(text: str) -> None:
    with pytest.raises(ExposureError, match=r"^rules\.toml: nested too deeply to be a rules file$"):
        load_rulebook(text.encode())


def test_dots_in_text_are_no_nesting() -> None:
    text = "www.example.org/" + "a." * 200
    rulebook = load_rulebook((BASE + f'why = "{text}"\n').encode())
    assert rulebook.rules["vendor"].why == text


def test_an_oversized_file_is_refused() -> None:
    with pytest.raises(ExposureError, match=r"4,000,001 bytes; a rules file holds at most 4,000,000"):
        load_rulebook(b"#" * (LARGEST + 1))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(BASE.encode(), id="as it is"),
        pytest.param(b"\xef\xbb\xbf" + BASE.encode(), id="a byte order mark"),
        pytest.param(BASE.replace("\n", "\r\n").encode(), id="CRLF"),
    ],
)
def test_what_every_case_above_starts_from_loads(data: bytes) -> None:
    assert load_rulebook(data).index.title == "T"


def test_the_file_is_called_by_its_name() -> None:
    with pytest.raises(InvalidInput, match=r"^our rules\\x1b\.toml:9: rules: rules\.vendor\.wieght: "):
        load_rulebook((BASE + "wieght = 1\n").encode(), "our rules\x1b.toml")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param(("rules", "five_g", "severity", "in-use"), "rules.five_g.severity.in-use", id="bare keys"),
        pytest.param(("targets", 0, "id"), "targets[1].id", id="the first of a list"),
        pytest.param(("bands", "very high", ""), 'bands."very high".""', id="keys that need quotes"),
    ],
)
def test_a_path_is_written_as_a_person_would(path: tuple[str | int, ...], text: str) -> None:
    assert dotted(path) == text


# Section 3 of the design, with what it mentions and leaves out.
DESIGN = """\
[index]
title        = "Exposure to Chinese leverage, Western Balkans"
edition      = "2026.1"          # bumped when a rule or weight changes; printed with every result
scale        = 100
decimals     = 1
rounding     = "final"           # or "every-node"
aggregation  = "arithmetic"
missing      = "exclude"
min_coverage = 0.6
[bands]                          # lower edges
low = 0
moderate = 25
high = 50
severe = 75
[dimensions.digital]
label = "Digital infrastructure"
weight = 40
why = "..."
aggregation = { method = "geometric", floor = 0.1 }
min_coverage = 0
[rules.five_g_vendor]
label = "5G vendor"
definition = "Vendors of the radio and core network of the operators that run or build 5G"
dimension = "digital"
weight = 3
layer = "practice"
kind = "category"
combine = "max"
controllable = "operator"
why = "Core and radio supply is the hardest dependency to unwind."
[rules.five_g_vendor.severity]
Huawei = 100
ZTE = 100
Ericsson = 0
[rules.clean_network]
dimension = "digital"
kind = "category"
severity = { member = 0, pledged = 50, non-member = 100 }
[rules.toolbox]
dimension = "digital"
kind = "category"
severity = { adopted = 0, none = 100 }
[rules.joint_drills]
dimension = "digital"
kind = "category"
severity = { air-defence = 80, none = 0 }
[rules.chinese_debt]
dimension = "digital"
kind = "number"
goalposts = [0, 25]
valid = [0, 300]
[rules.broken_pledge]
dimension = "digital"
kind = "combination"
when = { clean_network = ["member", "pledged"], five_g_vendor = ["Huawei", "ZTE"] }
contradiction = true
weight = 0
[context.eu_status]
values = ["member", "candidate", "aspirant", "none"]
[sources.birn-2021]
title = "..."
publisher = "..."
year = 2021
url = "..."
[entities]
rollup = "mean"
[entities.BA-SRP]
name = "Republika Srpska"
part_of = "BIH"
share = 0.35
[uncertainty]
spread = 0.25
about = 0.2
wrong = { high = 0.02, medium = 0.08, low = 0.25 }
unknowns = "like-known"
aggregations = []
draws = 1000
seed = 1
[checks]
stale_before = "2019"
max_score_move = 5
max_rank_move = 2
[checks.levels]
unsourced = "error"
stale = "warning"
[[targets]]
id = "vendor-assessment"
for = { eu_status = ["candidate"] }
require = { toolbox = ["adopted"] }
level = "warning"
why = "..."
[[targets]]
id = "indirect-tie"
for = { min_band = "moderate", eu_status = ["candidate"] }
require = { toolbox = { at_least = 2 }, not_rising = true }
[[waivers]]
code = "indirect-tie"
country = "ALB"
reason = "..."
until = "2027-12"
[[scenarios]]
id = "air-defence-drill"
label = "Drone and air-defence drill in Serbia"
set = { SRB = { joint_drills = "air-defence" } }
level = "..."
stated = false
reacts = ["NATO"]
source = "birn-2021"
why = "..."
"""


def test_the_example_of_the_design_loads() -> None:
    rulebook = load_rulebook(DESIGN.encode())
    assert list(rulebook.bands) == ["low", "moderate", "high", "severe"]
    assert rulebook.entities.parts["BA-SRP"].share == 0.35
    assert rulebook.targets[0].for_.__pydantic_extra__ == {"eu_status": ("candidate",)}
    assert rulebook.scenarios[0].set == {"SRB": {"joint_drills": "air-defence"}}


def problems_by_schema(document: dict[str, Any]) -> list[str]:
    # Through JSON, as an editor has it: TOML dates and the like do not occur in rules.
    schema = json.loads(json.dumps(rules_schema()))
    jsonschema.Draft202012Validator.check_schema(schema)
    return [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(document)]


@pytest.mark.parametrize(
    "text",
    [pytest.param(SHIPPED.read_text("utf-8"), id="the shipped rules"), pytest.param(DESIGN, id="those of the design")],
)
def test_rules_that_load_meet_the_printed_schema(text: str) -> None:
    assert load_rulebook(text.encode())
    assert problems_by_schema(tomllib.loads(text)) == []


@pytest.mark.parametrize(
    ("section", "key"),
    [
        pytest.param("index", "titel", id="in the index"),
        pytest.param("checks", "max_scor_move", id="in the checks"),
        pytest.param("uncertainty", "sead", id="in the uncertainty"),
    ],
)
def test_a_misspelt_key_does_not_meet_the_schema(section: str, key: str) -> None:
    document = tomllib.loads(DESIGN)
    document[section][key] = 1
    assert any(key in message for message in problems_by_schema(document))


def test_a_misspelt_key_of_a_rule_does_not_meet_the_schema() -> None:
    document = tomllib.loads(DESIGN)
    document["rules"]["chinese_debt"]["wieght"] = 1
    assert problems_by_schema(document)


def test_a_merge_that_was_not_finished_is_said_at_every_mark() -> None:
    text = f"<<<<<<< HEAD\n{BASE}||||||| base\n=======\n{BASE}>>>>>>> other\n"
    said = "an unresolved merge conflict; keep one side and remove the marks"
    with pytest.raises(InvalidInput) as caught:
        load_rulebook(text.encode())
    assert [str(one) for one in caught.value.findings] == [
        f"rules.toml:{line}: merge-conflict: {said}" for line in (1, 10, 20)
    ]
