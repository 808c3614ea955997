"""What goes over HTTP for people who use an invitation at an identity provider."""

from typing import Annotated

from pydantic import Field

from shared.web.contract.contract import Described
from shared.web.contract.fields import Body, MailedToken


class InvitationBody(Body):
    """The invitation with which somebody goes to a provider."""

    token: Annotated[MailedToken, "The token that came by mail."]


class ProviderAddress(Described):
    """Where the browser goes next."""

    address: Annotated[
        str,
        Field(examples=["https://id.health.gov.example/authorize?client_id=escm"]),
        "The address of the provider. The cookie of the response belongs to it.",
    ]
