"""`exposure trend`, run as a user runs it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from running import exposure
from small_scenarios import CLAIMS as CLAIMS  # what `folder` holds
from small_scenarios import RULES as RULES


def test_trend(folder: Path) -> None:
    code, out, _ = exposure("trend", "Serbia", "-f", "csv", cwd=folder)
    assert code == 0
    assert [(row["period"], row["score"], row["rank"]) for row in csv.DictReader(io.StringIO(out))] == [
        ("2020", "100.0", "1"),
        ("2021", "90.0", "1"),
    ]
    code, out, _ = exposure("trend", "--every", "month", "--from", "2021-11", cwd=folder)
    assert code == 0
    assert "2021-11–2021-12" in out
    code, _, err = exposure("trend", "--from", "2022", "--to", "2021", cwd=folder)
    assert code == 2
    assert "--from 2022 is after --to 2021" in err
