"""The kinds of rules: here their list, and a file for all that is said of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Union, get_args

from pydantic import Field

from exposure.rulebook.kinds.category import CategoryRule
from exposure.rulebook.kinds.combination import CombinationRule
from exposure.rulebook.kinds.flag import FlagRule
from exposure.rulebook.kinds.number import NumberRule
from exposure.rulebook.kinds.relative import RelativeRule
from exposure.rulebook.kinds.rule import Rule


def _by_word(*kinds: type[Rule]) -> dict[str, type[Rule]]:
    # Given one by one: mypy refuses an abstract class here, which is a kind that leaves a question unanswered.
    return {get_args(kind.model_fields["kind"].annotation)[0]: kind for kind in kinds}


KINDS = _by_word(CategoryRule, FlagRule, NumberRule, RelativeRule, CombinationRule)
"""Every kind, by what `kind` says."""

if TYPE_CHECKING:
    AnyRule = Rule
else:
    AnyRule = Annotated[Union[*KINDS.values()], Field(discriminator="kind")]
