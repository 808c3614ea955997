"""What goes over HTTP for government bodies."""

from typing import Annotated, Literal

from pydantic import HttpUrl, PlainSerializer

from services.actions.governments.government_bodies import record
from services.actions.governments.government_bodies.domain import BODY_KINDS, LIFECYCLE
from services.actions.governments.government_bodies.tables import government_body
from shared.records.plain import presenter
from shared.web.contract.fields import Visible
from shared.web.contract.schemas import RecordBody, RecordResponse


class BodyBody(RecordBody, of=record.GovernmentBody):
    """A government body as it is written; its country stays."""

    kind: Literal[BODY_KINDS]  # type: ignore[valid-type]
    website: Annotated[HttpUrl, PlainSerializer(str)] | None = None
    visibility: Visible = "network"


class BodyCreate(BodyBody, is_creation=True):
    """A ministry, agency or other body of a government."""


class GovernmentBody(RecordResponse, of=record.GovernmentBody, lifecycle=LIFECYCLE):
    """A government body as a caller sees it."""


present = presenter(record.GovernmentBody, government_body)
