"""What goes over HTTP for verifications."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, create_model, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from services.membership.certificates.certificates.codes import LONGEST
from services.membership.certificates.certificates.domain import CATEGORIES, KINDS
from services.membership.issuing.credentials.signing import LONGEST as LONGEST_CREDENTIAL
from shared.web.contract.fields import Body, Clean, Line, LocalizedTexts, OneLine, ResponseModel

Code = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST), OneLine, Field(examples=["7HM2-K4T9-Q0WX-3V8Z-5"])
]
STATUSES = ("valid", "suspended", "revoked", "replaced", "expired")


class VerificationBody(Body):
    """What is verified: a code or a credential."""

    code: Annotated[
        Code | None, "The code on the certificate. Case, hyphens, O for 0, I and L for 1 make no difference."
    ] = None
    credential: Annotated[
        Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_CREDENTIAL), Clean] | None,
        Field(examples=[None]),
        "The credential of the certificate.",
    ] = None
    name: Annotated[Line | None, Field(examples=["Amina Khan"]), "The name on the certificate, to be compared."] = None

    @model_validator(mode="after")
    def _names_one(self) -> "VerificationBody":
        if (self.code is None) == (self.credential is None):
            raise PydanticCustomError("invalid_value", "Give a code or a credential.")
        return self


class Verification(ResponseModel):
    """What a certificate is worth today."""

    status: Annotated[
        Literal[STATUSES], "Only `valid` is good today; `suspended` may become so again."  # type: ignore[valid-type]
    ]
    number: Annotated[str, Field(examples=["CRT-000123"]), "The number on the certificate."]
    kind: Annotated[Literal[tuple(KINDS)], "What is certified."]  # type: ignore[valid-type]
    titles: Annotated[LocalizedTexts, "What is certified, by language."]
    issued_at: Annotated[datetime, "When the certificate was issued."]
    valid_to: Annotated[date | None, "The last day of its validity; null for no end."]
    holder_name: Annotated[
        str | None, Field(examples=["Amina Khan"]), "The printed name; null for a person who is not publicly listed."
    ]
    replaced_by: Annotated[str | None, Field(examples=[None]), "The number of the certificate that replaced it."]
    revoked_for: Annotated[
        Literal[CATEGORIES] | None, "Why it was revoked; null unless it is revoked."  # type: ignore[valid-type]
    ]


class _Checked(ResponseModel):
    """What a certificate is worth today, and whether it has the signature and the name that were given."""

    signature: Annotated[
        Literal["valid", "invalid"] | None,
        "Whether one of our keys signed the credential, which nobody changed; null with a code. After `invalid`"
        " everything else is null.",
    ]
    name_matches: Annotated[bool | None, "Whether the name is the printed one, folded; null without a name."]


def _or_null(field: FieldInfo) -> Any:
    """The type of a field with its description, nullable."""
    return Annotated[field.rebuild_annotation() | None, *(mark for mark in field.metadata if isinstance(mark, str))]


CheckedVerification = create_model(
    "CheckedVerification",
    __base__=_Checked,
    __doc__=_Checked.__doc__,
    **{name: _or_null(field) for name, field in Verification.model_fields.items()},
)
