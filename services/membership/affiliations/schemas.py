"""Affiliations over HTTP: `from`, `to` and `primary` are the columns starts, ends and is_primary."""

from collections.abc import Mapping
from typing import Any

from services.membership.experts.schemas import AffiliationBody
from shared.kernel.clock import to_text


def values(body: AffiliationBody) -> dict[str, Any]:
    """The columns that a body sets."""
    return {
        "institution_id": body.institution_id,
        "raw": body.raw,
        "role": body.role,
        "unit": body.unit,
        "starts": body.from_,
        "ends": body.to,
        "is_primary": body.primary,
    }


def written(row: Mapping[str, Any]) -> dict[str, Any]:
    """The body that stands in the row, for a patch to be merged into."""
    return {
        "institution_id": row["institution_id"],
        "raw": row["raw"],
        "role": row["role"],
        "unit": row["unit"],
        "from": row["starts"],
        "to": row["ends"],
        "primary": row["is_primary"],
    }


def present(row: Mapping[str, Any]) -> dict[str, Any]:
    """The affiliation as it is answered."""
    institution = row["institution_id"]
    return {
        "id": str(row["id"]),
        "version": row["version"],
        **written(row),
        "institution_id": str(institution) if institution else None,
        "asserted_by": row["asserted_by"],
        "created_at": to_text(row["created_at"]),
        "updated_at": to_text(row["updated_at"]),
        "links": {"self": f"/membership/v1/experts/{row['expert_id']}/affiliations/{row['id']}"},
    }
