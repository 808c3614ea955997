"""What goes over HTTP for delegations."""

from typing import Annotated

from pydantic import AfterValidator, Field

from services.actions.reporting.delegations import record
from services.actions.reporting.delegations.domain import LIFECYCLE
from services.actions.reporting.delegations.tables import delegation
from shared.records.plain import presenter
from shared.web.contract.fields import each_once
from shared.web.contract.questionnaires import Key
from shared.web.contract.schemas import RecordBody, RecordResponse


class DelegationCreate(RecordBody, of=record.Delegation):
    """Sections that an account is to write."""

    sections: Annotated[list[Key], Field(min_length=1, max_length=20), AfterValidator(each_once)]


class Delegation(RecordResponse, of=record.Delegation, lifecycle=LIFECYCLE):
    """A delegation as a caller sees it."""


present = presenter(record.Delegation, delegation)
