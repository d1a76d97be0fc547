"""Whether files of absurd numbers are answered or refused in time: seconds and peak memory of each command.

    PYTHONPATH=. python tests/benchmarks/limits.py [CASE...]

A case is a rules file with very many of one thing. Each command is a process of its own. The promise: under 10 seconds
and 1 GB, or refused with a limit that is stated.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from itertools import islice, product
from pathlib import Path

from reading import run

SECONDS = 10.0
MEGABYTES = 1024
COUNTRIES = ("ALB", "BIH", "MKD", "MNE", "SRB", "XKX")
BASE = """[index]
title = "Limits"
edition = "1"
[bands]
low = 0
moderate = 25
high = 50
severe = 75
[checks]
max_score_move = 5
[sources.a]
title = "A source"
"""
DIMENSIONS = 4
RULES = 20


def rules(more: str = "", dimension: str = "d{}") -> str:
    """Twenty rules in four dimensions; `more` is appended, `dimension` is what the rules say that they are in."""
    parts = [BASE, *(f'[dimensions.d{at}]\nwhy = "w"\n' for at in range(DIMENSIONS))]
    for at in range(RULES):
        name = dimension.format(at % DIMENSIONS)
        kind = 'kind = "flag"' if at % 2 else 'kind = "number"\ngoalposts = [0, 100]'
        parts.append(f'[rules.r{at}]\ndimension = "{name}"\nwhy = "w"\ndefinition = "x"\n{kind}\n')
    return "".join(parts) + more


def claims(units: tuple[str, ...] = COUNTRIES, unsourced: bool = False) -> str:
    """A value of every rule for every unit."""
    source = "" if unsourced else "a"
    lines = ["country,indicator,value,as_of,source,confidence,note"]
    for place, unit in enumerate(units):
        for at in range(RULES):
            value = ("yes" if (place + at) % 3 else "no") if at % 2 else str((17 * place + 7 * at) % 101)
            lines.append(f"{unit},r{at},{value},2024,{source},high,")
    return "\n".join([*lines, ""])


def targets(count: int) -> tuple[str, str]:
    """So many targets, on scores and on observations."""
    asked = ("max_score = 40", "r0 = { at_most = 30 }", 'max_band = "high"')
    tables = [
        f'[[targets]]\nid = "t{at}"\nfor = {{ r1 = "yes" }}\nrequire = {{ {asked[at % 3]} }}\n' for at in range(count)
    ]
    return rules("".join(tables)), claims()


def waivers(count: int) -> tuple[str, str]:
    """So many waivers, of findings that there are and that there are not."""
    codes = ("unsourced", "stale", "disputed")
    tables = [
        f'[[waivers]]\ncode = "{codes[at % 3]}"\ncountry = "{COUNTRIES[at % 6]}"\nindicator = "r{at % RULES}"\n'
        f'reason = "known {at}"\n'
        for at in range(count)
    ]
    return rules("".join(tables)), claims(unsourced=True)


def scenarios(count: int) -> tuple[str, str]:
    """So many scenarios of two values each."""
    tables = [
        f'[[scenarios]]\nid = "s{at}"\n[scenarios.set.{COUNTRIES[at % 6]}]\nr{2 * (at % 10)} = {at % 101}\nr1 = true\n'
        for at in range(count)
    ]
    return rules("".join(tables)), claims()


def entities(count: int) -> tuple[str, str]:
    """So many entities of one country, each with its own claims."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    names = tuple(f"BA-{''.join(three)}" for three in islice(product(letters, repeat=3), count))
    tables = [f'[entities.{name}]\nname = "E{name}"\npart_of = "BIH"\nshare = {1 / count:.9f}\n' for name in names]
    return rules("".join(tables)), claims((*COUNTRIES, *names))


def unknown_dimensions(count: int) -> tuple[str, str]:
    """So many rules, each in a dimension that is not there, and as many dimensions of long and similar names."""
    long = "a_dimension_of_a_long_name_that_is_like_the_others"
    known = "".join(f'[dimensions.{long}_{at}]\nwhy = "w"\n' for at in range(min(count, 480)))
    tables = [f'[rules.x{at}]\nkind = "flag"\ndimension = "{long}_{at}_"\n' for at in range(count)]
    return rules(known + "".join(tables)), claims()


CASES: dict[str, tuple[Callable[[int], tuple[str, str]], int, tuple[str, ...]]] = {
    "targets": (targets, 2_000, ("check", "check --base BASE", "rank")),
    "waivers": (waivers, 20_000, ("check", "check --base BASE", "rank")),
    "scenarios": (scenarios, 20_000, ("what-if --list", "what-if --all", "what-if --scenario s7", "check")),
    "entities": (
        entities,
        1_000,
        ("check", "check --base BASE", "what-if BIH.r0=3", "levers BIH", "levers BIH --target low", "audit", "rank"),
    ),
    "unknown dimensions": (unknown_dimensions, 600, ("check", "rank")),
}


def main() -> None:
    """Print a line for each command, and say at the end whether the promise is kept."""
    wanted = sys.argv[1:] or list(CASES)
    broken = 0
    for name in wanted:
        make, count, commands = CASES[name]
        with tempfile.TemporaryDirectory() as folder:
            rulebook, indicators = Path(folder, "rules.toml"), Path(folder, "indicators.csv")
            base = Path(folder, "base.csv")
            text, table = make(count)
            rulebook.write_text(text, encoding="utf-8")
            indicators.write_text(table, encoding="utf-8")
            base.write_text(table.replace(",yes,2024", ",no,2024", 3), encoding="utf-8")
            for command in commands:
                words = [str(base) if word == "BASE" else word for word in command.split()]
                call = [sys.executable, "-m", "exposure", *words, "-i", str(indicators), "-r", str(rulebook)]
                took = run(call)
                kept = took.seconds < SECONDS and took.megabytes < MEGABYTES and took.code < 3
                broken += not kept
                sys.stdout.write(
                    f"{count:>6,} {name:<18} {command:<24} {took.seconds:6.1f} s {took.megabytes:6.0f} MB  "
                    f"exit {took.code}{'' if kept else '  BROKEN'}\n"
                )
                sys.stdout.flush()
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
