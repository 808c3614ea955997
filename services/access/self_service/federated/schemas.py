"""What goes over HTTP for people who use an invitation at an identity provider."""

from typing import Annotated

from shared.web.contract.fields import Body, MailedToken


class InvitationBody(Body):
    """The invitation with which somebody goes to a provider."""

    token: Annotated[MailedToken, "The token that came by mail."]
