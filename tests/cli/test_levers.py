"""`exposure levers`, run as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

from running import exposure
from small_scenarios import CLAIMS as CLAIMS  # what `folder` holds
from small_scenarios import RULES as RULES


def test_levers(folder: Path) -> None:
    code, out, _ = exposure("levers", "Serbia", "--target", "low", "-f", "json", cwd=folder)
    found = json.loads(out)
    assert (code, found["schema"], found["country"], found["target"]) == (0, "exposure/levers/1", "SRB", 49.9)
    assert [(one["indicator"], one["to"], one["score"], one["controllable"]) for one in found["measures"]] == [
        ("vendor", "Ericsson", 40.0, "operator"),
        ("debt", "0", 50.0, None),
    ]
    assert [one["indicator"] for one in found["plan"]["measures"]] == ["vendor"]
    assert (found["plan"]["reached"], found["plan"]["proven_smallest"]) == (True, True)
    code, out, _ = exposure("levers", "MNE", "--target", "-5", cwd=folder)
    assert code == 2
    code, out, _ = exposure("levers", "SRB", "--target", "0", cwd=folder)
    assert code == 0
    assert "Together" in out


def test_levers_of_a_country_without_a_score(folder: Path) -> None:
    code, _, err = exposure("levers", "ALB", cwd=folder)
    assert code == 2
    assert "Albania has no score" in err
