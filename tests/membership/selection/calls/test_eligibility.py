"""Whom a call is open to, without a database."""

from typing import Any

import pytest

from services.membership.selection.calls.domain import is_eligible
from services.membership.selection.calls.record import Call
from shared.records.rows import new_record

_ALL = {"countries": [], "regions": [], "categories": [], "fields": [], "documents": []}


def _permits(country: str | None = None, **rules: Any) -> bool:
    """Whether the call permits a member from Kenya who works on soils and forestry."""
    columns = {"country": country, "status": "open", "visibility": "network", "search_key": ""}
    call = new_record(Call, {**columns, "eligibility": {**_ALL, **rules}})
    return is_eligible(call, "KE", "expert", ["1.5", "4.1"])


@pytest.mark.parametrize(
    "rules",
    [
        {},
        {"country": "KE"},
        {"country": "FR", "countries": ["KE"]},
        {"countries": ["FR", "KE"]},
        {"regions": ["2"]},
        {"countries": ["FR"], "regions": ["africa"]},
        {"categories": ["fellow", "expert"]},
        {"fields": ["1"]},
        {"fields": ["4.1", "6"]},
        {"countries": ["KE"], "categories": ["expert"], "fields": ["4"]},
    ],
)
def test_a_call_permits_whom_its_rules_name(rules: dict[str, Any]) -> None:
    assert _permits(**rules)


@pytest.mark.parametrize(
    "rules",
    [
        {"country": "FR"},
        {"country": "KE", "countries": ["FR"]},
        {"countries": ["FR"]},
        {"regions": ["150"]},
        {"categories": ["fellow"]},
        {"fields": ["2"]},
        {"fields": ["1.4"]},
        {"countries": ["KE"], "categories": ["fellow"], "fields": ["4"]},
    ],
)
def test_a_call_refuses_whom_one_of_its_rules_leaves_out(rules: dict[str, Any]) -> None:
    assert not _permits(**rules)
