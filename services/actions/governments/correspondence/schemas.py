"""What goes over HTTP for letters."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from services.actions.governments.correspondence import domain, record
from services.actions.governments.correspondence.tables import correspondence
from shared.kernel.clock import today
from shared.records.plain import presenter
from shared.web.contract.fields import Body, Day, Line, Visible
from shared.web.contract.schemas import RecordBody, RecordResponse


class Party(Body):
    """Who wrote or was written to."""

    name: Annotated[Line, Field(examples=["Amina Khan"]), "The name of the person or body."]
    role: Annotated[Line | None, Field(examples=["Secretary"]), "In what office."] = None


class LetterBody(RecordBody, of=record.Letter):
    """A letter, mail or note as it is written; its country and direction stay."""

    date: Day = Field(default_factory=today)
    parties: Annotated[list[Party | Line], Field(max_length=100)] = []
    about: Annotated[list[Line], Field(max_length=100)] = []
    visibility: Visible = "restricted"


class LetterCreate(LetterBody, is_creation=True):
    """A letter that came in or went out."""

    direction: Literal["in", "out"]


class LetterFields(Body):
    """What `await` takes."""

    reply_due: Annotated[Day | None, "For `await`: the day until which a reply is awaited."] = None


class Correspondence(RecordResponse, of=record.Letter, lifecycle=domain.LIFECYCLE):
    """A letter as a caller sees it. `overdue`: a reply is awaited and its day is over."""

    parties: list[Party | str]
    overdue: Annotated[bool, "Whether a reply is awaited and its day is over."]


def _overdue(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"overdue": domain.is_overdue(row["status"], row["reply_due"], today())}


present = presenter(record.Letter, correspondence, derive=_overdue)
