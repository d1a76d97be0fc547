"""The kinds of rules: here their list, and a file for all that is said of each."""

from __future__ import annotations

from typing import Annotated, get_args, get_type_hints

from exposure.rulebook.base import OneOf
from exposure.rulebook.kinds.category import CategoryRule
from exposure.rulebook.kinds.combination import CombinationRule
from exposure.rulebook.kinds.flag import FlagRule
from exposure.rulebook.kinds.number import NumberRule
from exposure.rulebook.kinds.relative import RelativeRule
from exposure.rulebook.kinds.rule import Rule


def _by_word(*kinds: type[Rule]) -> dict[str, type[Rule]]:
    # Given one by one: mypy refuses an abstract class here, which is a kind that leaves a question unanswered.
    return {get_args(get_type_hints(kind)["kind"])[0]: kind for kind in kinds}


KINDS = _by_word(CategoryRule, FlagRule, NumberRule, RelativeRule, CombinationRule)
"""Every kind, by what `kind` says."""

AnyRule = Annotated[Rule, OneOf("kind", KINDS)]
