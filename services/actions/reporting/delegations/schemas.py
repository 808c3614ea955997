"""What goes over HTTP for delegations."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from services.actions.reporting.delegations import record
from services.actions.reporting.delegations.domain import LIFECYCLE
from services.actions.reporting.delegations.tables import delegation
from shared.records.plain import presenter
from shared.web.contract.fields import Body, Day, each_once
from shared.web.contract.questionnaires import Key
from shared.web.contract.schemas import RecordResponse


class DelegationBody(Body, of=record.Delegation):
    """Sections that an account is to write."""

    account_id: UUID
    sections: Annotated[list[Key], Field(min_length=1, max_length=20), AfterValidator(each_once)]
    due_on: Day | None = None


class Delegation(RecordResponse, of=record.Delegation, lifecycle=LIFECYCLE):
    """A delegation as a caller sees it."""


present = presenter(record.Delegation, delegation)
