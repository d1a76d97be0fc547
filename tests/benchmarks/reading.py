"""How long reading a large file takes, and how much memory, against the bare `pandas.read_csv` of the same file.

    PYTHONPATH=. python tests/benchmarks/reading.py [PAIRS] [ROWS] [CASE...]

All are whole processes of this interpreter, run in turn, so that a drifting machine drifts for both; the median of the
pairwise ratios is the figure to quote, and the peak is the resident memory of the child. The promises, on a million
observations: scored in at most 2.5 times the time and 1.5 times the memory of `read_csv`; as many mistakes refused
in under twice the time of the same file without them; and what is too large refused in under a second and 100 MB.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice, product, repeat
from pathlib import Path
from typing import NamedTuple

from exposure.observations.countries import countries

HEADER = "country,indicator,value,as_of,source,confidence,note\n"
INDICATORS = [f"indicator_{n:02}" for n in range(50)]
WORDS = ("Huawei", "ZTE", "Ericsson", "Nokia")
SOURCES = [f"source-{n}" for n in range(10)]
DATES = [f"{year}-{month:02}" for year in range(2015, 2026) for month in range(1, 13)]
NOTES = [f"Table {n}, as published; revised figures not used" for n in range(200)]
BATCH = 10_000

Row = tuple[str, ...]
Case = Callable[[Path, int, int], None]


class Run(NamedTuple):
    """What one process took."""

    seconds: float
    processor: float
    megabytes: float
    code: int


def rules(numbers: int) -> str:
    """A rules file with the fifty indicators, the first ones numbers, the others words and flags."""
    parts = ['[index]\ntitle = "Benchmark"\nedition = "1"\n[dimensions.all]\n']
    for place, name in enumerate(INDICATORS):
        parts.append(f'[rules.{name}]\ndimension = "all"\n')
        if place < numbers:
            parts.append('kind = "number"\ngoalposts = [0, 1000]\nvalid = [0, 1000000]\n')
        elif place % 2:
            parts.append('kind = "flag"\n')
        else:
            parts.append('kind = "category"\nseverity = { Huawei = 100, ZTE = 80, Ericsson = 0, Nokia = 0 }\n')
    return "".join([*parts, *(f'[sources.{name}]\ntitle = "{name}"\n' for name in SOURCES)])


def keys(draw: random.Random) -> Iterator[tuple[str, str, str, str]]:
    """Country, indicator, date and source of as many claims as anyone asks for, no two the same."""
    pairs = list(product(list(countries())[:190], INDICATORS))
    editions = list(product(DATES, SOURCES))
    draw.shuffle(editions)
    for date, source in editions:
        draw.shuffle(pairs)
        for country, indicator in pairs:
            yield country, indicator, date, source


def plain(rows: int) -> Iterator[Row]:
    """Claims as such data looks: figures to two decimals, words, notes that repeat."""
    draw = random.Random(1)
    for country, indicator, date, source in islice(keys(draw), rows):
        place = int(indicator[-2:])
        value = f"{draw.uniform(0, 1000):.2f}" if place < 40 else draw.choice(("yes", "no") if place % 2 else WORDS)
        note = draw.choice(NOTES) if draw.random() < 0.5 else ""
        yield country, indicator, value, date, source, draw.choice(("high", "medium", "low")), f'"{note}"' * bool(note)


def distinct(rows: int) -> Iterator[Row]:
    """Claims of which no two have the same value or the same note."""
    for at, (country, indicator, _, date, source, sure, _note) in enumerate(plain(rows)):
        yield (
            country,
            indicator,
            f"{at * 0.001 % 1000:.3f}{at:06}",
            date,
            source,
            sure,
            f"Observation {at} of this file",
        )


def mistaken(rows: int) -> Iterator[Row]:
    """Claims with a mistake each, of every kind in turn; a quarter of them say the same, the others differ."""
    wrong = ("Atlantis", "indicator_x", "1,5", "12/2020", "nobody", "sure")
    for at, row in enumerate(plain(rows)):
        column = at % len(wrong)
        yield *row[:column], f'"{wrong[column]}{at if at % 4 else ""}"', *row[column + 1 :]


def ragged(rows: int) -> Iterator[Row]:
    """Claims that all want a cell."""
    return (row[:-1] for row in plain(rows))


def write(path: Path, rows: Iterator[Row]) -> None:
    """The rows below a header."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(HEADER)
        while batch := list(islice(rows, BATCH)):
            file.write("".join(",".join(row) + "\n" for row in batch))


def run(command: list[str]) -> Run:
    """Time and peak memory of one process."""
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    return Run(
        seconds=time.perf_counter() - start,
        processor=usage.ru_utime + usage.ru_stime,
        megabytes=usage.ru_maxrss / 1024,
        code=child.returncode,
    )


def rank(path: Path, rulebook: Path) -> list[str]:
    """The command that reads, validates and scores the file."""
    options = ["-i", str(path), "-r", str(rulebook), "--draws", "0", "-f", "csv"]
    return [sys.executable, "-m", "exposure", "rank", *options]


def read_csv(path: Path) -> list[str]:
    """The command that only splits it."""
    return [sys.executable, "-c", f"import pandas; pandas.read_csv({str(path)!r}, dtype=str, keep_default_na=False)"]


def compare(name: str, ours: list[str], theirs: list[str], pairs: int, expected: int = 0) -> None:
    """Prints the medians of both and of their ratios."""
    runs = [(run(ours), run(theirs)) for _ in range(pairs)]
    assert {mine.code for mine, _ in runs} == {expected}, [mine.code for mine, _ in runs]
    seconds, other = (statistics.median(one.seconds for one in side) for side in zip(*runs, strict=True))
    memory, less = (statistics.median(one.megabytes for one in side) for side in zip(*runs, strict=True))
    processor_ratio = statistics.median(mine.processor / base.processor for mine, base in runs)
    time_ratio = statistics.median(mine.seconds / base.seconds for mine, base in runs)
    memory_ratio = statistics.median(mine.megabytes / base.megabytes for mine, base in runs)
    say(
        f"{name:<9} {seconds:6.2f} s against {other:5.2f} s, ratio {time_ratio:.2f},"
        f" of processor time {processor_ratio:.2f};"
        f" {memory:4.0f} MB against {less:4.0f} MB, ratio {memory_ratio:.2f} (median of {pairs} pairs)"
    )


def refuse(name: str, path: Path, rulebook: Path, runs: int) -> None:
    """Prints what the refusal of a file too large for us takes."""
    done = [run(rank(path, rulebook)) for _ in range(runs)]
    assert {one.code for one in done} == {2}, [one.code for one in done]
    seconds, memory = (statistics.median(getattr(one, name) for one in done) for name in ("seconds", "megabytes"))
    say(f"{name:<9} refused in {seconds:.2f} s and {memory:.0f} MB (median of {runs} runs)")


def say(line: str) -> None:
    """One line at once, for who waits."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Print a line a case."""
    options = argparse.ArgumentParser()
    options.add_argument("pairs", type=int, nargs="?", default=5)
    options.add_argument("rows", type=int, nargs="?", default=1_000_000)
    options.add_argument("cases", nargs="*", help="plain, distinct, mistaken, ragged, cell, columns, size")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for case in given.cases or CASES:
            CASES[case](Path(folder), given.rows, given.pairs)


def scored(rows: Callable[[int], Iterator[Row]], numbers: int) -> Case:
    """The case in which a good file is scored."""

    def case(folder: Path, count: int, pairs: int) -> None:
        path, rulebook = folder / "good.csv", folder / "rules.toml"
        write(path, rows(count))
        rulebook.write_text(rules(numbers), encoding="utf-8")
        compare(rows.__name__, rank(path, rulebook), read_csv(path), pairs)

    return case


def refused(rows: Callable[[int], Iterator[Row]]) -> Case:
    """The case in which every row is wrong, against the plain file without a mistake."""

    def case(folder: Path, count: int, pairs: int) -> None:
        good, bad, rulebook = folder / "good.csv", folder / "bad.csv", folder / "rules.toml"
        write(good, plain(count))
        write(bad, rows(count))
        rulebook.write_text(rules(40), encoding="utf-8")
        compare(rows.__name__, rank(bad, rulebook), rank(good, rulebook), pairs, expected=2)

    return case


def too_large(name: str, pieces: Callable[[], Iterator[bytes]]) -> Case:
    """The case in which the file is beyond a limit."""

    def case(folder: Path, _: int, pairs: int) -> None:
        path, rulebook = folder / "large.csv", folder / "rules.toml"
        with path.open("wb") as file:
            file.writelines(pieces())
        rulebook.write_text(rules(40), encoding="utf-8")
        refuse(name, path, rulebook, pairs)

    return case


def cell() -> Iterator[bytes]:
    """A good row, then one cell of 100 MB."""
    yield HEADER.encode() + b"SRB,indicator_00,1,,,,\nALB,indicator_00,1,,,,"
    yield from repeat(b"x" * 1_000_000, 100)


def columns() -> Iterator[bytes]:
    """A header of 20,000 columns and a thousand such rows."""
    yield from repeat(b"country" + b",x" * 19_999 + b"\n", 1_001)


def size() -> Iterator[bytes]:
    """A file of 600 MB in which nothing else is wrong."""
    yield HEADER.encode()
    yield from repeat(b"SRB,indicator_00,1,2020,source-1,high,a note\n" * 20_000, 600 * 50 // 45)


CASES: dict[str, Case] = {
    "plain": scored(plain, 40),
    "distinct": scored(distinct, 50),
    "mistaken": refused(mistaken),
    "ragged": refused(ragged),
    "cell": too_large("cell", cell),
    "columns": too_large("columns", columns),
    "size": too_large("size", size),
}

if __name__ == "__main__":
    main()
