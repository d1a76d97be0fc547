"""Score how exposed countries are to another state's leverage, from sourced observations and weighted rules.

rulebook = exposure.load_rulebook(Path("rules.toml").read_bytes())
observations = exposure.read_observations(Path("indicators.csv").read_bytes(), rulebook)
scores = exposure.score(observations, rulebook)
scores.frame()  # one row a country
exposure.compare(before, scores).moves  # what moved, and why
exposure.check(scores, before).found  # is it fit to merge
exposure.robustness(scores, draws=10_000).ranges  # how sure are the ranks
exposure.what_if(scores, [exposure.Assumption("SRB", "five_g_vendor", "Ericsson", "as told")])  # what would change it
exposure.levers(scores, 0, "low").plan  # the fewest measures that bring a country there
exposure.trend(scores).steps  # how it came to this
exposure.audit(scores).remarks  # is the index sound
"""

import sys

# As long as it is looked for, what -m runs is called -m. Python has put the working folder first, where a stranger's
# typing.py or click.py would be taken for the library; before any import that is not built in it must go.
if getattr(sys, "argv", [])[:1] == ["-m"] and not sys.flags.safe_path:
    del sys.path[0]

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exposure.analysis.audit import Audit as Audit
    from exposure.analysis.audit import audit as audit
    from exposure.analysis.check import check as check
    from exposure.analysis.diff import Changes as Changes
    from exposure.analysis.diff import compare as compare
    from exposure.analysis.explain import explain as explain
    from exposure.analysis.levers import levers as levers
    from exposure.analysis.robustness import Robustness as Robustness
    from exposure.analysis.robustness import robustness as robustness
    from exposure.analysis.trend import trend as trend
    from exposure.analysis.verdict.ledger import Findings as Findings
    from exposure.analysis.what_if import what_if as what_if
    from exposure.observations.model import Observations as Observations
    from exposure.observations.overlay import Assumption as Assumption
    from exposure.observations.reading import read_observations as read_observations
    from exposure.rulebook.loading import load_rulebook as load_rulebook
    from exposure.rulebook.model import Rulebook as Rulebook
    from exposure.scoring.score import Scores as Scores
    from exposure.scoring.score import score as score

from exposure.errors import ExposureError, Finding, InvalidInput

__version__ = "0.1.0"

_HOMES = {
    "Audit": "exposure.analysis.audit",
    "audit": "exposure.analysis.audit",
    "Changes": "exposure.analysis.diff",
    "compare": "exposure.analysis.diff",
    "check": "exposure.analysis.check",
    "Findings": "exposure.analysis.verdict.ledger",
    "explain": "exposure.analysis.explain",
    "Robustness": "exposure.analysis.robustness",
    "robustness": "exposure.analysis.robustness",
    "Assumption": "exposure.observations.overlay",
    "levers": "exposure.analysis.levers",
    "what_if": "exposure.analysis.what_if",
    "trend": "exposure.analysis.trend",
    "Observations": "exposure.observations.model",
    "read_observations": "exposure.observations.reading",
    "load_rulebook": "exposure.rulebook.loading",
    "Rulebook": "exposure.rulebook.model",
    "Scores": "exposure.scoring.score",
    "score": "exposure.scoring.score",
}

__all__ = ["ExposureError", "Finding", "InvalidInput", *_HOMES]


def __getattr__(name: str) -> Any:
    # Imported on first use: `exposure --help` must not wait for numpy and pydantic.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
