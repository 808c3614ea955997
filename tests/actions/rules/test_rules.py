"""The guards of actions, row by row, without a database."""

import pytest

from tests.actions.rules import global_report, programmes, reporting, support
from tests.support.rules import Rule, covered, declared, rules_of

_TABLES = (*programmes.RULES, *reporting.RULES, *support.RULES, *global_report.RULES)


@pytest.mark.parametrize("rule", rules_of(_TABLES))
def test_a_guard_permits_or_refuses_a_transition_as_its_row_says(rule: Rule) -> None:
    assert rule.refused() == rule.expected()
    assert rule.shown() == rule.expected()


def test_the_tables_have_a_row_for_every_code_of_every_guard() -> None:
    assert covered(_TABLES) == declared("actions")
