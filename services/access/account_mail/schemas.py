"""What goes over HTTP for mails to accounts."""

from typing import Annotated

from pydantic import StringConstraints

from services.access.accounts.schemas import Password
from shared.web.fields import Body, Clean, Email

MailedToken = Annotated[str, StringConstraints(min_length=1, max_length=100), Clean]


class AddressBody(Body):
    """The address for the mail."""

    email: Annotated[Email, "The address of the account."]


class TokenBody(Body):
    """The token that came by mail."""

    token: Annotated[MailedToken, "The token that came by mail."]


class NewPasswordBody(TokenBody):
    """The token that came by mail, and the password that is chosen."""

    password: Annotated[Password, "The password that is chosen."]
