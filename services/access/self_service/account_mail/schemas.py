"""What goes over HTTP for mails to accounts."""

from typing import Annotated

from services.access.principals.accounts.schemas import MailLanguage, Password
from shared.web.contract.contract import Described
from shared.web.contract.fields import Body, Email, MailedToken, PersonName


class AddressBody(Body):
    """The address for the mail."""

    email: Annotated[Email, "The address of the account."]


class RegistrationBody(AddressBody):
    """Who registers."""

    email: Annotated[Email, "The address of the new account, which its owner confirms by a mail."]
    name: Annotated[PersonName, "The person's name."]
    language: Annotated[
        MailLanguage | None, "The language of mails; the one that `Accept-Language` prefers where it is absent."
    ] = None


class Registered(Described):
    """Nothing: it says no more than that the request was taken."""


class TokenBody(Body):
    """The token that came by mail."""

    token: Annotated[MailedToken, "The token that came by mail."]


class NewPasswordBody(TokenBody):
    """The token that came by mail, and the password that is chosen."""

    password: Annotated[
        Password, "The password that is chosen: 15 characters or more, 12 where the account has a second factor."
    ]
