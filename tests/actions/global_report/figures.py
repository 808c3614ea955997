"""Figures in tests: an actions app whose public API is this process, and bodies."""

from typing import Any

FIGURES = "/actions/v1/figures"
BY_REGION = {"path": "/membership/v1/statistics", "parameters": {"of": "experts", "by": "region"}}


def figure_body(edition: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A figure of experts by region."""
    said = {"titles": {"en": "Experts by region"}, "alternatives": {"en": "Most experts are in Asia."}}
    return {"edition_id": edition["id"], "key": "experts", "kind": "bars", **said, "query": BY_REGION, **more}
