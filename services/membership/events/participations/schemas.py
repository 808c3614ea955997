"""What goes over HTTP for participations."""

from typing import Literal
from uuid import UUID

from services.membership.events.participations import record
from services.membership.events.participations.domain import LIFECYCLE, MODES, ROLES
from services.membership.events.participations.tables import participation
from shared.records.plain import presenter
from shared.web.contract.fields import Body
from shared.web.contract.schemas import RecordResponse


class ParticipationBody(Body, of=record.Participation):
    """A participation as it is changed: its congress and its expert stay."""

    role: Literal[ROLES] = "participant"  # type: ignore[valid-type]
    mode: Literal[MODES] | None = None  # type: ignore[valid-type]


class ParticipationCreate(ParticipationBody):
    """A new participation."""

    congress_id: UUID
    expert_id: UUID


class Participation(RecordResponse, of=record.Participation, lifecycle=LIFECYCLE):
    """A participation as a caller sees it."""


present = presenter(record.Participation, participation)
