"""What goes over HTTP for offers."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from services.actions.support.offers import record
from services.actions.support.offers.domain import LIFECYCLE, USUAL
from services.actions.support.offers.tables import offer
from shared.kernel.clock import today
from shared.records.plain import presenter
from shared.web.contract.fields import Clean, Day
from shared.web.contract.schemas import RecordBody, RecordResponse


def _usual() -> date:
    return today() + USUAL


class OfferCreate(RecordBody, of=record.Offer):
    """An expert who is to be asked; by default there are 14 days to respond."""

    message: Annotated[
        Annotated[str, StringConstraints(min_length=1, max_length=5_000), Clean] | None,
        Field(examples=["Could you review the plan?"]),
    ] = None
    respond_by: Annotated[Day, Field(default_factory=_usual)]


class Offer(RecordResponse, of=record.Offer, lifecycle=LIFECYCLE):
    """An offer as a caller sees it."""


present = presenter(record.Offer, offer)
