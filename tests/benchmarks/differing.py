"""How long `exposure diff` of two large files takes, and how much memory, against csv-diff on the same files.

    pip install csv-diff
    PYTHONPATH=. python tests/benchmarks/differing.py [PAIRS] [ROWS]

Both are whole processes, run in turn, writing JSON; the median of the pairwise ratios is the figure to quote. In the
second file one row in two hundred is gone, one figure in a hundred another, and the order is another. csv-diff says
which rows differ; exposure reads and checks the cells, says which claims differ, and why each score moved. The promise,
on a million rows: at least three times faster, in half the memory.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from reading import Row, compare, plain, rules, write


def edited(rows: list[Row]) -> Iterator[Row]:
    """The rows in another order, some gone and some with another figure."""
    draw = random.Random(2)
    kept = [row for row in rows if draw.random() >= 0.005]
    draw.shuffle(kept)
    for row in kept:
        changes = draw.random() < 0.01 and int(row[1][-2:]) < 40
        yield (*row[:2], f"{draw.uniform(0, 1000):.2f}", *row[3:]) if changes else row


def main() -> None:
    """Print the medians of both and of their ratios."""
    options = argparse.ArgumentParser()
    options.add_argument("pairs", type=int, nargs="?", default=3)
    options.add_argument("rows", type=int, nargs="?", default=1_000_000)
    given = options.parse_args()
    theirs = shutil.which("csv-diff", path=f"{Path(sys.executable).parent}") or shutil.which("csv-diff")
    if theirs is None:
        sys.exit("csv-diff is not installed: pip install csv-diff")
    with tempfile.TemporaryDirectory() as folder:
        before, after, rulebook = (Path(folder, name) for name in ("before.csv", "after.csv", "rules.toml"))
        rows = list(plain(given.rows))
        write(before, iter(rows))
        write(after, edited(rows))
        rulebook.write_text(rules(40), encoding="utf-8")
        files = [str(before), str(after)]
        ours = [sys.executable, "-m", "exposure", "diff", *files, "-r", str(rulebook), "-f", "json"]
        compare("diff", ours, [theirs, *files, "--json"], given.pairs)


if __name__ == "__main__":
    main()
