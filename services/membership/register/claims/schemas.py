"""What goes over HTTP for taking a record over."""

from typing import Annotated

from shared.web.contract.fields import Body, MailedToken


class ClaimBody(Body):
    """The token of the link that came by mail."""

    token: Annotated[MailedToken, "The token that came by mail."]
