"""One door for all formats."""

from __future__ import annotations

import io
import json

import pytest

from exposure.errors import Finding
from exposure.output import FINDING_FORMATS, FORMATS, render
from exposure.output.page import Annotations, Block, Page

FINDINGS = Annotations((Finding("unsourced", "no source"),), (("unsourced", "Every claim has one."),))
PAGE = Page({"found": 1}, ({"found": 1},), (Block("Check", notes=("1 error",)),), FINDINGS)


@pytest.mark.parametrize("form", FINDING_FORMATS)
def test_a_page_of_findings_has_every_form(form: str) -> None:
    text = render(PAGE, form, io.StringIO())
    assert text.endswith("\n") and not text.endswith("\n\n")
    assert text == render(PAGE, form, io.StringIO())


@pytest.mark.parametrize("form", sorted(set(FINDING_FORMATS) - set(FORMATS)))
def test_a_page_without_findings_is_not_reported_as_clean(form: str) -> None:
    with pytest.raises(ValueError, match="without annotations"):
        render(PAGE._replace(annotations=None), form, io.StringIO())


@pytest.mark.parametrize("version", ["", "1.2.3"])
def test_the_version_is_that_of_the_tool(version: str) -> None:
    (run,) = json.loads(render(PAGE, "sarif", io.StringIO(), version))["runs"]
    assert run["tool"]["driver"].get("version", "") == version
