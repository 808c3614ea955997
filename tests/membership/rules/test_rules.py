"""The guards of membership, row by row, without a database."""

import pytest

from tests.membership.rules import calls, experts, register, taking_part
from tests.support.rules import Rule, covered, declared, rules_of

_TABLES = (*calls.RULES, *experts.RULES, *register.RULES, *taking_part.RULES)


@pytest.mark.parametrize("rule", rules_of(_TABLES))
def test_a_guard_permits_or_refuses_a_transition_as_its_row_says(rule: Rule) -> None:
    assert rule.refused() == rule.expected()
    assert rule.shown() == rule.expected()


def test_the_tables_have_a_row_for_every_code_of_every_guard() -> None:
    assert covered(_TABLES) == declared("membership")
