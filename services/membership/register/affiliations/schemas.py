"""Affiliations over HTTP: `from`, `to` and `primary` are the columns starts, ends and is_primary."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import orjson
from pydantic import Field

from services.membership.register.experts.affiliation import Affiliation, AffiliationCreate
from shared.kernel.clock import to_text
from shared.records.access_scope import AccessScope
from shared.records.columns import parsed_or_fragment
from shared.records.record import Refers
from shared.web.contract.fields import Body, ResponseModel


class AffiliatedExpert(ResponseModel):
    """The expert whose affiliation it is."""

    id: Annotated[str, Refers("/membership/v1/experts"), "The expert's id."]
    ref: Annotated[str, Field(examples=["EXP-000123"]), "The expert's ref."]
    display_name: Annotated[str, Field(examples=["Amina Khan"]), "The preferred name in one line."]


class MatchFields(Body):
    """What the transitions of a match take."""

    institution_id: Annotated[
        UUID | None, Refers("/membership/v1/institutions"), "For `accept`: the institution that the text means."
    ] = None


class ListedAffiliation(Affiliation):
    """An affiliation with its expert; the `match` of one that is open has `candidates`, the surest first."""

    country: Annotated[str, Field(examples=["XA"]), "The expert's country, as an ISO 3166-1 alpha-2 code."]
    expert: Annotated[AffiliatedExpert, "The expert whose affiliation it is."]


def values(body: AffiliationCreate) -> dict[str, Any]:
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
    """The body that the row represents, into which a patch is merged. An institution that a match found was not
    written: the text was."""
    return {
        "institution_id": None if row["raw"] else row["institution_id"],
        "raw": row["raw"],
        "role": row["role"],
        "unit": row["unit"],
        "from": row["starts"],
        "to": row["ends"],
        "primary": row["is_primary"],
    }


def present(row: Mapping[str, Any]) -> dict[str, Any]:
    """The affiliation in a response."""
    institution = row["institution_id"]
    return {
        "id": str(row["id"]),
        "version": row["version"],
        **written(row),
        "institution_id": str(institution) if institution else None,
        "asserted_by": row["asserted_by"],
        "match": _match(row),
        "created_at": to_text(row["created_at"]),
        "updated_at": to_text(row["updated_at"]),
        "links": {"self": f"/membership/v1/experts/{row['expert_id']}/affiliations/{row['id']}"},
    }


def present_listed(row: Mapping[str, Any], _access: AccessScope) -> dict[str, Any]:
    """The affiliation as the list of matches shows it: with its expert, and the candidates of an open question."""
    record = {**present(row), "country": row["country"]}
    record["expert"] = {
        "id": str(row["expert_id"]),
        "ref": row["expert_ref"],
        "display_name": row["expert_display_name"],
    }
    if record["match"]:
        record["match"]["candidates"] = parsed_or_fragment(row["candidates"])
    return record


def _match(row: Mapping[str, Any]) -> dict[str, Any] | None:
    if row["raw"] is None:
        return None
    decided = row["match"] or {}
    if isinstance(decided, str):
        decided = orjson.loads(decided)
    parts = {name: decided.get(name) for name in ("method", "score", "decided_by", "decided_at")}
    return {"status": row["match_status"] or "waiting", **parts}
