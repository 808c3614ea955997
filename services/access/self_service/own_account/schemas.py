"""Bodies and responses for the caller's own account."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints

from services.access.notifying.notifications.deliveries import Delivery
from services.access.notifying.notifications.domain import KINDS
from services.access.principals.accounts import record
from services.access.principals.accounts.domain import LONGEST_PASSWORD
from services.access.principals.accounts.schemas import MailLanguage, Password
from shared.web.contract.fields import Body, Email, PersonName

NotificationKind: TypeAlias = Literal[KINDS]  # type: ignore[valid-type]


class OwnAccountBody(Body, of=record.Account):
    """What people change of their own account."""

    name: PersonName
    language: MailLanguage
    notifications: Annotated[dict[NotificationKind, Delivery], Field(examples=[{"seat": "digest"}])]


PresentPassword: TypeAlias = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_PASSWORD, strip_whitespace=False),
    Field(json_schema_extra={"format": "password", "writeOnly": True}),
]


class OwnEmailBody(Body):
    """The present password and the new address."""

    password: Annotated[PresentPassword, "The present password."]
    email: Annotated[Email, "The new address, which its owner confirms by a mail."]


class OwnPasswordBody(Body):
    """The present password and the new one."""

    old_password: Annotated[PresentPassword, "The present password."]
    new_password: Annotated[
        Password, "The new password: 15 characters or more, 12 where the account has a second factor."
    ]
