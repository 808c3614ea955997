"""What goes over HTTP for declarations."""

from typing import Annotated, Any, Literal

from pydantic import Field

from services.membership.register.notices.schemas import NoticeVersion
from services.membership.selection.declarations import record
from services.membership.selection.declarations.domain import KINDS, LIFECYCLE, OUTCOMES
from services.membership.selection.declarations.tables import declaration
from shared.records.plain import presenter
from shared.web.contract.fields import Body, Day, Line, Prose
from shared.web.contract.schemas import RecordBody, RecordResponse


class Interest(Body):
    """An interest that could influence the expert's work."""

    kind: Annotated[Literal[KINDS], "What kind of interest it is."]  # type: ignore[valid-type]
    party: Annotated[Line, Field(examples=["Mining Company of Alphaland"]), "Whose interest it is."]
    from_: Annotated[Day | None, Field(alias="from"), "The first day; no start date if absent."] = None
    to: Annotated[Day | None, "The last day; no end date if absent."] = None
    text: Annotated[Prose | None, Field(max_length=2_000), "What the interest is."] = None


class DeclarationBody(RecordBody, of=record.Declaration):
    """The body of a declaration."""

    year: Annotated[int, Field(ge=2000, le=2100, examples=[2026])]
    notice_version: NoticeVersion
    interests: Annotated[list[Interest], Field(max_length=50)] = []


class DeclarationFields(Body):
    """The fields of `assess`."""

    outcome: Annotated[
        Literal[OUTCOMES] | None,  # type: ignore[valid-type]
        "For `assess`: no conflict, one that conditions avoid, or one that excludes the expert.",
    ] = None


class Declaration(RecordResponse, of=record.Declaration, lifecycle=LIFECYCLE):
    """A declaration as a caller sees it."""

    interests: list[Interest]


def columns(body: DeclarationBody) -> dict[str, Any]:
    """The columns that a body gives, its interests as JSON."""
    interests = body.model_dump(mode="json", by_alias=True)["interests"]
    return {**body.model_dump(exclude={"interests"}), "interests": interests}


present = presenter(record.Declaration, declaration)
