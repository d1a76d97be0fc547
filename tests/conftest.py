"""What the tests share: scores from a few lines of rules and claims."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from exposure.observations.reading import read_observations
from exposure.rulebook.loading import load_rulebook
from exposure.scoring.score import Scores, score

# The gate must say the same of the same commit each time; developers explore.
settings.register_profile("gate", derandomize=True, deadline=None)
settings.register_profile("developer", deadline=None)
settings.load_profile("gate" if os.environ.get("CI") else "developer")

REPOSITORY = Path(__file__).parents[1]

Scored = Callable[..., Scores]


@pytest.fixture(scope="session")
def scored() -> Scored:
    """A function of (rules, claims, as_of) giving scores; rules may leave out the title."""

    def build(rules: str, claims: str, as_of: str | None = None) -> Scores:
        text = rules if "[index]" in rules else f'[index]\ntitle = "Test"\nedition = "1"\n{rules}'
        rulebook = load_rulebook(text.encode())
        return score(read_observations(claims.encode(), rulebook), rulebook, as_of)

    return build


@pytest.fixture(scope="session")
def shipped() -> Scores:
    """The scores of the shipped observations by the shipped rules."""
    rulebook = load_rulebook((REPOSITORY / "exposure" / "rules.toml").read_bytes())
    return score(read_observations((REPOSITORY / "indicators.csv").read_bytes(), rulebook), rulebook)
