"""What goes over HTTP for errata."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from services.actions.global_report.editions.domain import MOST_ISSUES
from services.actions.global_report.errata.operations import SEVERITIES, Given
from shared.kernel.clock import to_text
from shared.records.record import Refers
from shared.web.contract.contract import STATES
from shared.web.contract.fields import Body, Clean, LanguageTag, LocalizedTexts, ResponseModel

_LONGEST = 2_000
_Said = Annotated[str, StringConstraints(min_length=1, max_length=_LONGEST), Clean]
_VERSION = "The number of the version that is published from then on."
_SEVERITY = "`major`: what the text says changes; `minor`: nothing that a reader would decide otherwise by."
_TEXTS = "What was wrong, by language, for the page, the files and the metadata."


class ContributionErratumCreate(Body):
    """An erratum of a published contribution."""

    version: Annotated[int, Field(ge=2, le=99_999, strict=True, examples=[2]), _VERSION]
    severity: Annotated[Literal[SEVERITIES], Field(examples=["minor"]), _SEVERITY]  # type: ignore[valid-type]
    texts: Annotated[
        dict[LanguageTag, _Said], Field(min_length=1, max_length=20, examples=[{"en": "It is 600 Gt."}]), _TEXTS
    ]

    def given(self) -> Given:
        """What is corrected."""
        return Given(self.version, self.severity, self.texts)


class ContributionErratum(ResponseModel):
    """An erratum: which version it published, beside which one."""

    id: Annotated[UUID, "Its id."]
    edition_id: Annotated[UUID, Refers("/actions/v1/editions"), "The edition."]
    contribution_id: Annotated[UUID, Refers("/actions/v1/contributions"), "The contribution."]
    issue: Annotated[int, Field(ge=1, le=MOST_ISSUES, examples=[1]), "The issue of the edition that it made."]
    version: Annotated[int, Field(examples=[2]), _VERSION]
    replaces: Annotated[int, Field(examples=[1]), "The number of the version before, which stays readable."]
    severity: Annotated[str, Field(examples=["minor"], json_schema_extra={STATES: [*SEVERITIES]}), _SEVERITY]
    texts: Annotated[LocalizedTexts, _TEXTS]
    published_at: Annotated[datetime, "When it was published."]
    build: Annotated[
        int | None, Field(examples=[None]), "In the response to its creation: the number of the build that it ordered."
    ] = None


class ContributionErratumPage(ResponseModel):
    """The errata of a contribution or an edition, the newest first."""

    items: Annotated[list[ContributionErratum], "The errata."]
    next: Annotated[str | None, Field(examples=[None]), "Always null."]


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """An erratum, to whoever reads the contribution: without who entered it."""
    keys, names = ("id", "edition_id", "contribution_id"), ("issue", "version", "replaces", "severity", "texts")
    return {
        **{name: str(row[name]) for name in keys},
        **{name: row[name] for name in names},
        "published_at": to_text(row["published_at"]),
        "build": row.get("build"),
    }
