"""How long a report of many countries takes beside their ranking, and how large it is.

    python tests/benchmarks/reporting.py [COUNTRIES] [RULES] [PAIRS]

Processes of their own, in turn; the ratio is of their processor times, and its median is the figure to quote. The
promise for 200 countries × 40 rules is 15 seconds and 6 MB.
"""

from __future__ import annotations

import random
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from exposure.observations.countries import countries

HEAD = "country,indicator,value,as_of,source,confidence,note"


def write_index(folder: Path, units: int, rules: int) -> None:
    """Observations and rules: a tenth of the cells unknown, four years, a tenth of the claims with a note."""
    generator = random.Random(1)
    toml = ['[index]\ntitle = "Index"\nedition = "1"\nmin_coverage = 0.6', "[bands]\nlow = 0\nmoderate = 25\nhigh = 50"]
    toml += [f'[sources.source_{at}]\ntitle = "A source of claims {at}"\nyear = 2024' for at in range(20)]
    for at in range(max(rules // 10, 1)):
        toml.append(f'[dimensions.d{at}]\nlabel = "Dimension {at}"\nweight = {at + 1}')
    for at in range(rules):
        rule = f'dimension = "d{at // 10 % max(rules // 10, 1)}"\nkind = "number"\ngoalposts = [0, 100]'
        toml.append(f'[rules.r{at}]\nlabel = "Rule {at} on something"\ndefinition = "What rule {at} measures"\n{rule}')
    claims = [HEAD]
    for code in list(countries())[:units]:
        for at in range(rules):
            if generator.random() >= 0.1:
                value, year = f"{generator.random() * 100:.1f}", generator.randrange(2020, 2024)
                note = "Figure of the ministry" if generator.random() < 0.1 else ""
                sure = generator.choice(("high", "medium", "low"))
                claims.append(f"{code},r{at},{value},{year},source_{generator.randrange(20)},{sure},{note}")
    (folder / "rules.toml").write_text("\n".join(toml) + "\n", encoding="utf-8")
    (folder / "indicators.csv").write_text("\n".join(claims) + "\n", encoding="utf-8")


def seconds(folder: Path, *arguments: str) -> float:
    """Processor time of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "exposure", *arguments], cwd=folder, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print the figures."""
    units, rules, pairs = (int(given) for given in [*sys.argv[1:], *("200", "40", "3")[len(sys.argv) - 1 :]])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_index(folder, units, rules)
        times = [(seconds(folder, "report", "-o", "r.html"), seconds(folder, "rank")) for _ in range(pairs)]
        report, rank = (statistics.median(column) for column in zip(*times, strict=True))
        size = (folder / "r.html").stat().st_size / 1e6
    ratio = statistics.median(one / other for one, other in times)
    took = f"report {report:.1f} s, rank {rank:.1f} s, ratio {ratio:.0f} ({pairs} pairs)"
    sys.stdout.write(f"{units} × {rules}: {took}; {size:.1f} MB\n")


if __name__ == "__main__":
    main()
