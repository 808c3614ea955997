"""What goes over HTTP for templates of certificates."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints

from services.membership.certificates.templates import record
from services.membership.certificates.templates.domain import KINDS, LIFECYCLE
from services.membership.certificates.templates.tables import certificate_template
from shared.kernel.text import LANGUAGES
from shared.records.plain import presenter
from shared.web.contract.contract import STATES
from shared.web.contract.fields import Body, Line, LocalizedTexts, Prose, ResponseModel
from shared.web.contract.schemas import RecordResponse

_Language: TypeAlias = Literal[LANGUAGES]  # type: ignore[valid-type]
_BY_LANGUAGE = {"x-escm-widget": "multilingual"}
_TITLE = "Certificate of Membership"
_BODY = "This certifies that {holder} is a member of the network until {valid_to}."
_OFFICE = "Secretariat of the ESCM Plan"
_Lines: TypeAlias = dict[_Language, Annotated[Line, Field(max_length=200)]]


class SignatoryBody(Body):
    """Who signs."""

    name: Annotated[Line | None, Field(max_length=200, examples=["Amina Khan"]), "The person who signs."] = None
    offices: Annotated[
        _Lines,
        Field(min_length=1, examples=[{"en": _OFFICE}], json_schema_extra=_BY_LANGUAGE),
        "The office that signs, by language; `en` is required.",
    ]


class CertificateTemplateBody(Body, of=record.CertificateTemplate):
    """The body of a template."""

    kind: Literal[KINDS]  # type: ignore[valid-type]
    titles: Annotated[_Lines, Field(min_length=1, examples=[{"en": _TITLE}], json_schema_extra=_BY_LANGUAGE)]
    bodies: Annotated[
        dict[_Language, Annotated[Prose, StringConstraints(max_length=2_000)]],
        Field(min_length=1, examples=[{"en": _BODY}], json_schema_extra=_BY_LANGUAGE),
    ]
    signatory: SignatoryBody | None = None


class Signatory(ResponseModel):
    """Who signs."""

    name: Annotated[str | None, Field(examples=["Amina Khan"]), "The person who signs."]
    offices: Annotated[LocalizedTexts, Field(examples=[{"en": _OFFICE}]), "The office that signs, by language."]


class CertificateTemplate(RecordResponse, of=record.CertificateTemplate, lifecycle=LIFECYCLE):
    """A template; its country is always null."""

    kind: Annotated[str, Field(examples=["membership"], json_schema_extra={STATES: [*KINDS]})]
    signatory: Signatory | None


present = presenter(record.CertificateTemplate, certificate_template)
