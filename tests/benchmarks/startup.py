"""How long `exposure rank` on the shipped data takes against importing what it is built on.

    python tests/benchmarks/startup.py [RUNS]

Both are whole processes of this interpreter, run in turn, so that a drifting machine drifts for both; the median of
the pairwise ratios is the figure to quote. The promise is at most 1.35.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time

IMPORTS = [sys.executable, "-c", "import pandas, rich, click, pydantic"]
RANK = [sys.executable, "-m", "exposure", "rank"]


def seconds(command: list[str], folder: str) -> float:
    """Wall time of one run of the command, which must succeed."""
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, capture_output=True, check=True)
    return time.perf_counter() - start


def main() -> None:
    """Print the median of each and of their ratio."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as folder:
        seconds(RANK, folder), seconds(IMPORTS, folder)
        pairs = [(seconds(RANK, folder), seconds(IMPORTS, folder)) for _ in range(runs)]
    rank, imports = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    sys.stdout.write(f"rank {rank:.3f} s, imports {imports:.3f} s, ratio {ratio:.2f} (median of {runs} pairs)\n")


if __name__ == "__main__":
    main()
