"""The field types of bodies: text, countries, languages, historical dates, documents, with the limits of the published
contract."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    HttpUrl,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from shared.kernel import decimals, identifiers, partial_date
from shared.kernel.countries import known_codes
from shared.kernel.text import is_one_line, is_person_name, mail_address, nfc
from shared.web.contract.contract import Described, JsonSchema

Item = TypeVar("Item")
_IN_ADDRESS = r"""[^@\s\x00-\x1f\x7f"(),:;<>\[\\\]]"""
"""A character of an address: none with which a mail header separates, quotes or comments."""
_LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?(-[0-9a-z]{5,8})*$")


class Body(Described):
    """The base of every body. Unknown fields are errors."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, ser_json_timedelta="iso8601")


class ResponseModel(Described):
    """The base of every response. Open, because clients ignore unknown members."""

    model_config = ConfigDict(extra="allow")


def _clean(value: str) -> str:
    if "\0" in value:
        raise PydanticCustomError("invalid_text", "Text must not contain U+0000.")
    return nfc(value)


def _one_line(value: str) -> str:
    if is_one_line(value):
        return nfc(value)
    raise PydanticCustomError("invalid_text", "Text must be one line, without control characters or non-characters.")


def _person_name(value: str) -> str:
    if is_person_name(value):
        return value
    raise PydanticCustomError(
        "invalid_text", "A person's name holds no address and no hidden character; put a space after a full stop."
    )


def each_once(values: list[Item]) -> list[Item]:
    """The values in their order, each at its first place only."""
    return list(dict.fromkeys(values))


def _clean_tree(value: Any) -> Any:
    """Every text in a free JSON value, cleaned: no U+0000, no lone surrogate, NFC."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise PydanticCustomError("invalid_text", "Text must not contain a lone surrogate.") from error
        return _clean(value)
    if isinstance(value, list):
        return [_clean_tree(part) for part in value]
    if isinstance(value, dict):
        return {_clean_tree(name): _clean_tree(part) for name, part in value.items()}
    return value


def _country(code: str) -> str:
    if code not in known_codes(fictional=True):
        raise PydanticCustomError("unknown_country", "Not an ISO 3166-1 alpha-2 code of a country.")
    return code


def _address(value: str) -> str:
    """Rejects encoded words, which a mail header decodes to another address, and domains that no mail reaches."""
    try:
        mail_address(value)
    except UnicodeError:
        is_reached = False
    else:
        is_reached = "=?" not in value
    if not is_reached:
        raise PydanticCustomError("invalid_format", "Not an e-mail address.")
    return value


def is_language(tag: str) -> bool:
    """Whether this is a BCP 47 tag that bodies accept."""
    return _LANGUAGE.match(tag) is not None


def _language(tag: str) -> str:
    if not is_language(tag):
        raise PydanticCustomError("invalid_format", "Not a BCP 47 language tag.")
    return tag


def _orcid(text: str) -> str:
    found = identifiers.orcid_id(text)
    if found is None:
        raise PydanticCustomError("orcid_checksum", "Not an ORCID iD: the form or the check digit is wrong.")
    return found


def _ror(text: str) -> str:
    found = identifiers.ror_id(text)
    if found is None:
        raise PydanticCustomError("ror_checksum", "Not a ROR id: the form or the check digits are wrong.")
    return found


def _doi(text: str) -> str:
    found = identifiers.doi(text)
    if found is None:
        raise PydanticCustomError("invalid_doi", "Not a DOI, such as 10.1038/nphys1170.")
    return found


def _partial(text: str) -> str:
    try:
        partial_date.earliest(text)
    except ValueError as error:
        raise PydanticCustomError("invalid_format", "A date is YYYY, YYYY-MM or YYYY-MM-DD.") from error
    return text


def _decimal(value: Any) -> Any:
    """Numbers of JSON are binary in most clients, so they are refused. A row, into which a patch is merged, has
    decimals."""
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("decimal_as_text", 'A decimal number is a text, such as "12.50".')
    try:
        return decimals.parsed(value)
    except ValueError as error:
        raise PydanticCustomError("invalid_format", "At most 18 digits, and 12 after the point.") from error


def _whole_day(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise PydanticCustomError("invalid_format", "A date is YYYY-MM-DD.")
    return value


Clean = AfterValidator(_clean)
"""For texts of several lines."""
OneLine = AfterValidator(_one_line)
CleanTree = AfterValidator(_clean_tree)
Line: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=500), OneLine, Field(examples=["Institute of Soil Science"])
]
"""A name, title, role or raw affiliation."""
Keyword: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=200), OneLine, Field(examples=["soil carbon"])
]
PersonName: TypeAlias = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100),
    OneLine,
    AfterValidator(_person_name),
    Field(examples=["Amina Khan"]),
]
"""A name of a person, or a part of it. It stands in mails and certificates."""
Keywords: TypeAlias = Annotated[list[Keyword], Field(max_length=50), AfterValidator(each_once)]
"""Words, each once."""
Prose: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=20_000), Clean, Field(examples=["The documents are complete."])
]
Email: TypeAlias = Annotated[
    str,
    StringConstraints(max_length=254, pattern=rf"^{_IN_ADDRESS}{{1,64}}@{_IN_ADDRESS}+\.{_IN_ADDRESS}{{2,}}$"),
    OneLine,
    AfterValidator(_address),
    Field(examples=["amina.khan@example.org"]),
]
MailedToken: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=100), OneLine]
CountryCode: TypeAlias = Annotated[
    str,
    AfterValidator(_country),
    Field(
        description="The country, as an ISO 3166-1 alpha-2 code.",
        examples=["XA"],
        json_schema_extra={"x-escm-widget": "country"},
    ),
]
LanguageTag: TypeAlias = Annotated[
    str,
    StringConstraints(max_length=35),
    AfterValidator(_language),
    Field(examples=["en"], json_schema_extra={"x-escm-widget": "language"}),
]
_BY_LANGUAGE: JsonSchema = {"x-escm-widget": "multilingual"}
Titles: TypeAlias = Annotated[
    dict[LanguageTag, Line],
    Field(min_length=1, max_length=50, examples=[{"en": "Centre for Soils"}], json_schema_extra=_BY_LANGUAGE),
]
Texts: TypeAlias = Annotated[
    dict[LanguageTag, Prose],
    Field(max_length=50, examples=[{"en": "Studies soils."}], json_schema_extra=_BY_LANGUAGE),
]
LocalizedTexts: TypeAlias = Annotated[
    dict[str, str], Field(examples=[{"en": "Centre for Soils"}], json_schema_extra=_BY_LANGUAGE)
]
"""A text in each of several languages, by BCP 47 tag, in a response."""
OrcidId: TypeAlias = Annotated[
    str, StringConstraints(max_length=100), AfterValidator(_orcid), Field(examples=["0000-0002-1825-0097"])
]
RorId: TypeAlias = Annotated[
    str, StringConstraints(max_length=100), AfterValidator(_ror), Field(examples=["https://ror.org/02mhbdp94"])
]
Doi: TypeAlias = Annotated[
    str, StringConstraints(max_length=500), AfterValidator(_doi), Field(examples=["10.1038/nphys1170"])
]
PartialDate: TypeAlias = Annotated[
    str, StringConstraints(max_length=10), AfterValidator(_partial), Field(examples=["2026-11"])
]
_AS_TEXT: JsonSchema = {"type": "string", "pattern": decimals.PATTERN, "examples": ["12.50"]}
DecimalText: TypeAlias = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    PlainSerializer(decimals.to_text, return_type=str, when_used="json"),
    WithJsonSchema(_AS_TEXT),
]
"""An exact decimal number as text; its scale is kept."""
Day: TypeAlias = Annotated[date, BeforeValidator(_whole_day)]
Visible: TypeAlias = Annotated[
    Literal["public", "network", "restricted"],
    Field(description="Who may know of the record once it is published: everybody, the network, or grants over it."),
]


class Document(Body):
    """A document elsewhere (`url`) or among the evidence files (`evidence_id`); a new one has at least one of both."""

    model_config = ConfigDict(json_schema_extra={"x-escm-widget": "document"})

    title: Annotated[Line, Field(examples=["Work plan 2027"]), "The document's title."]
    date: Annotated[Day, "The day that the document bears."]
    url: Annotated[HttpUrl | None, "Where the document is."] = None
    evidence_id: Annotated[UUID | None, "The id of the evidence file."] = None
    sha256: Annotated[
        Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None,
        "The SHA-256 digest of the file; that of an evidence file is set by the server.",
    ] = None


JsonDocument: TypeAlias = Annotated[Document, PlainSerializer(lambda document: document.model_dump(mode="json"))]
"""A document as JSON values, whatever the rest of the body becomes."""
