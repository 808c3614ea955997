"""What goes over HTTP for mappings."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, RootModel

from services.actions.classification.mappings import record
from services.actions.classification.mappings.domain import MOST_AT_ONCE, RELATIONS
from services.actions.classification.schemes.record import Tag as TagRecord
from services.actions.classification.schemes.schemas import Tag
from shared.records.columns import parsed_or_fragment
from shared.web.contract.fields import Body, Document, ResponseModel

_From = Annotated[Tag, Field(alias="from"), "A code of the scheme."]
_To = Annotated[Tag, "The code of the other scheme."]


class SchemeMappingBody(Body):
    """A mapping of a code to one of another scheme."""

    from_: _From
    to: _To
    relation: Annotated[Literal[RELATIONS], "As in SKOS; `narrow`: the other code is narrower."]  # type: ignore[valid-type]
    source: Annotated[Document | None, "Where the mapping is published."] = None

    def as_record(self) -> record.Mapping:
        """The mapping, with its source as JSON values."""
        source = None if self.source is None else self.source.model_dump(mode="json")
        origin, target = (TagRecord(scheme=end.scheme, code=end.code) for end in (self.from_, self.to))
        return record.Mapping(origin, target, self.relation, source)


class SchemeMappingsBody(RootModel[list[SchemeMappingBody]]):
    """Mappings of a scheme, at most 2,000."""

    root: Annotated[list[SchemeMappingBody], Field(min_length=1, max_length=MOST_AT_ONCE)]


class SchemeMapping(ResponseModel):
    """A mapping of a code to one of another scheme."""

    from_: _From
    to: _To
    relation: Annotated[str, Field(examples=["exact"]), "As in SKOS; `narrow`: the other code is narrower."]
    source: Annotated[Document | None, "Where the mapping is published."]


def present_mapping(row: Mapping[str, Any]) -> dict[str, Any]:
    """A mapping as a caller sees it."""
    return {
        "from": {"scheme": row["scheme"], "code": row["code"]},
        "to": {"scheme": row["to_scheme"], "code": row["to_code"]},
        "relation": row["relation"],
        "source": None if row["source"] is None else parsed_or_fragment(row["source"]),
    }
