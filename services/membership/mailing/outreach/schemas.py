"""What goes over HTTP for unsubscribing and bounces."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from services.membership.mailing.outreach.domain import KINDS
from shared.web.contract.fields import Body, OneLine, ResponseModel


class BounceBody(Body):
    """A mail that came back, or about which somebody complained."""

    message_id: Annotated[
        Annotated[str, StringConstraints(min_length=1, max_length=500), OneLine],
        Field(examples=["<0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33@example.org>"]),
        "The Message-ID of the mail.",
    ]
    kind: Annotated[
        Literal[KINDS],  # type: ignore[valid-type]
        "`hard` if the address takes no mail, `soft` if it took none this time, `complaint` if it is unwanted.",
    ]


class Bounce(ResponseModel):
    """What became of the recipient."""

    outcome: Annotated[str, Field(examples=["bounced"]), "The outcome of the recipient."]
    reason: Annotated[str | None, Field(examples=["hard"]), "The kind of what came back."]


class Unsubscribed(ResponseModel):
    """The consent to outreach is withdrawn."""
