"""What goes over HTTP for participations."""

from typing import Literal

from services.membership.events.participations import record
from services.membership.events.participations.domain import LIFECYCLE, MODES, ROLES
from services.membership.events.participations.tables import participation
from shared.records.plain import presenter
from shared.web.contract.schemas import RecordBody, RecordResponse


class ParticipationBody(RecordBody, of=record.Participation):
    """A participation as it is changed: its congress and its expert stay."""

    role: Literal[ROLES] = "participant"  # type: ignore[valid-type]
    mode: Literal[MODES] | None = None  # type: ignore[valid-type]


class ParticipationCreate(ParticipationBody, is_creation=True):
    """A new participation."""


class Participation(RecordResponse, of=record.Participation, lifecycle=LIFECYCLE):
    """A participation as a caller sees it."""


present = presenter(record.Participation, participation)
