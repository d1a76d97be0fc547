"""How long `exposure rank` on the shipped data takes against importing what it is built on.

    python tests/benchmarks/startup.py [RUNS]

Both are whole processes of this interpreter, run in turn, so that a drifting machine drifts for both; the median of
the pairwise ratios is the figure to quote. The promise is at most 1.5 in processor time and 2.0 in wall time. Compiled
files are kept in a folder of their own: whether this environment writes them must not decide.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

IMPORTS = [sys.executable, "-c", "import numpy, click, pydantic, rich.table, rich.console"]
RANK = [sys.executable, "-m", "exposure", "rank"]


class Run(NamedTuple):
    """What one process took, in seconds."""

    wall: float
    processor: float


def run(command: list[str], folder: str) -> Run:
    """One run of the command, which must succeed."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = kept | {"PYTHONPYCACHEPREFIX": folder}
    start = time.perf_counter()
    output = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output) as child:
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    assert not child.returncode, child.returncode
    return Run(wall=time.perf_counter() - start, processor=usage.ru_utime + usage.ru_stime)


def main() -> None:
    """Print the median of each and of their ratio."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as folder:
        run(RANK, folder), run(IMPORTS, folder)
        pairs = [(run(RANK, folder), run(IMPORTS, folder)) for _ in range(runs)]
    for at, name in enumerate(Run._fields):
        rank, imports = (statistics.median(one[at] for one in column) for column in zip(*pairs, strict=True))
        ratio = statistics.median(mine[at] / theirs[at] for mine, theirs in pairs)
        line = f"{name:<9} rank {rank:.3f} s, imports {imports:.3f} s, ratio {ratio:.2f} (median of {runs} pairs)"
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
