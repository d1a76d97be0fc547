"""How what is asked of many countries, years and entities grows, against `rank` of the same file.

    PYTHONPATH=. python tests/benchmarks/growing.py [PAIRS] [CASE...]

All are whole processes of this interpreter, run in turn; the figure to quote is the median of the pairwise ratios of
their processor time. The promises: `explain` of twenty of 200 countries at most 1.5 times `rank`, of all 3 times;
`trend` of one country over 33 years, or of all over one step of a million claims, 3 times; `diff` with twenty relative
rules 5 times the same with goalposts; a thousand entities compared in 10 s and 1 GB.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from reading import plain, rules, say, write

from exposure.observations.countries import countries

CODES = list(countries())[:216]


def seconds_and_megabytes(folder: Path, words: Sequence[str]) -> tuple[float, float]:
    """Processor time and peak memory of one command, which must succeed."""
    command = [sys.executable, "-m", "exposure", *words]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, words
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def compare(folder: Path, name: str, most: float, ours: Sequence[str], base: Sequence[str], pairs: int) -> None:
    """Prints the medians of both and of their ratio, beside what is promised."""
    runs = [(seconds_and_megabytes(folder, ours)[0], seconds_and_megabytes(folder, base)[0]) for _ in range(pairs)]
    mine, other = (statistics.median(column) for column in zip(*runs, strict=True))
    ratio = statistics.median(first / second for first, second in runs)
    say(f"{name}: {mine:.2f} s against {other:.2f} s, ratio {ratio:.2f} of at most {most:g} (median of {pairs} pairs)")


def rulebook(count: int, kind: str, more: str = "") -> str:
    """Rules r0, r1, … of one kind in up to ten dimensions."""
    parts = [
        '[index]\ntitle = "Benchmark"\nedition = "1"\n',
        *(f"[dimensions.d{at}]\n" for at in range(min(count, 10))),
    ]
    parts += [f'[rules.r{at}]\ndimension = "d{at % 10}"\n{kind}\n' for at in range(count)]
    return "".join([*parts, '[sources.s]\ntitle = "s"\n', more])


def claims(
    seed: int, units: Sequence[str], count: int, years: Sequence[int], known: float = 1.0
) -> Iterator[tuple[str, ...]]:
    """A figure for each unit, rule and year, or for a share of them."""
    draw = random.Random(seed)
    for unit in units:
        for at in range(count):
            for year in years:
                if draw.random() < known:
                    yield unit, f"r{at}", f"{draw.uniform(0, 100):.3f}", str(year), "s", "high", ""


GOALPOSTS, RELATIVE = 'kind = "number"\ngoalposts = [0, 100]', 'kind = "relative"'


def explain(folder: Path, pairs: int) -> None:
    """100 rules over five years: twenty of 200 countries, and all."""
    write(folder / "indicators.csv", claims(1, CODES[:200], 100, range(2018, 2023)))
    (folder / "rules.toml").write_text(rulebook(100, GOALPOSTS), encoding="utf-8")
    rank = ["rank", "--draws", "0"]
    compare(folder, "explain, 20 of 200", 1.5, ["explain", *CODES[:20], "--draws", "0"], rank, pairs)
    compare(folder, "explain, all 200", 3, ["explain", *CODES[:200], "--draws", "0"], rank, pairs)


def trend(folder: Path, pairs: int) -> None:
    """25,000 claims over 33 years, then a million and one step."""
    write(folder / "indicators.csv", claims(1, CODES[:190], 4, range(1990, 2023)))
    (folder / "rules.toml").write_text(rulebook(4, GOALPOSTS), encoding="utf-8")
    compare(folder, "trend, one country", 3, ["trend", CODES[0]], ["rank"], pairs)
    write(folder / "indicators.csv", plain(1_000_000))
    (folder / "rules.toml").write_text(rules(40), encoding="utf-8")
    compare(folder, "trend, a million claims", 3, ["trend", "--from", "2024", "--to", "2025"], ["rank"], pairs)


def diff(folder: Path, pairs: int) -> None:
    """Twenty rules on 216 countries, every figure another."""
    for name, seed in (("before.csv", 1), ("after.csv", 2)):
        write(folder / name, claims(seed, CODES, 20, (2014,)))
    for name, kind in (("goalposts.toml", GOALPOSTS), ("relative.toml", RELATIVE)):
        (folder / name).write_text(rulebook(20, kind), encoding="utf-8")
    ours, base = (["diff", "before.csv", "after.csv", "-r", name] for name in ("relative.toml", "goalposts.toml"))
    compare(folder, "diff, relative rules", 5, ours, base, pairs)


def entities(folder: Path, pairs: int) -> None:
    """A thousand entities of five countries, a tenth of their cells unknown on either side."""
    wholes = {"GB": "GBR", "FR": "FRA", "TR": "TUR", "PH": "PHL", "SI": "SVN"}
    parts = {f"{short}-{at}": country for short, country in wholes.items() for at in range(200)}
    table = '[entities.{0}]\nname = "{0}"\npart_of = "{1}"\nshare = 0.005\n'
    declared = "".join(table.format(*part) for part in parts.items())
    (folder / "rules.toml").write_text(rulebook(10, GOALPOSTS, declared), encoding="utf-8")
    for name, seed in (("before.csv", 1), ("after.csv", 2)):
        write(folder / name, claims(seed, list(parts), 10, (2014,), 0.9))
    runs = [
        seconds_and_megabytes(folder, ["diff", "before.csv", "after.csv", "-r", "rules.toml"]) for _ in range(pairs)
    ]
    seconds, megabytes = (statistics.median(column) for column in zip(*runs, strict=True))
    say(f"diff, 1,000 entities: {seconds:.1f} s of at most 10, {megabytes:.0f} MB of at most 1,000")


CASES: dict[str, Callable[[Path, int], None]] = {"explain": explain, "trend": trend, "diff": diff, "entities": entities}


def main() -> None:
    """Print a line a question."""
    options = argparse.ArgumentParser()
    options.add_argument("pairs", type=int, nargs="?", default=5)
    options.add_argument("cases", nargs="*", help=", ".join(CASES))
    given = options.parse_args()
    for case in given.cases or CASES:
        with tempfile.TemporaryDirectory() as folder:
            CASES[case](Path(folder), given.pairs)


if __name__ == "__main__":
    main()
