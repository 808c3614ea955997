"""What goes over HTTP for editions of schemes."""

from typing import Annotated, TypeAlias

from pydantic import Field, HttpUrl, PlainSerializer, StringConstraints

from services.actions.classification.schemes import record
from services.actions.classification.schemes.domain import CODE, LIFECYCLE
from services.actions.classification.schemes.tables import scheme
from shared.records.plain import presenter
from shared.web.contract.fields import Body, Keyword, OneLine
from shared.web.contract.schemas import RecordBody, RecordResponse

SchemeCode: TypeAlias = Annotated[str, StringConstraints(pattern=rf"^{CODE.pattern}$"), Field(examples=["soils"])]
Edition: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]{0,39}$"), Field(examples=["2026"])
]
Code: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=64), OneLine, Field(examples=["15.3"])]


class Tag(Body):
    """A code of a scheme. The code of a scheme with a current edition is one of that edition; other schemes are free
    text."""

    scheme: Annotated[Keyword, Field(examples=["sdg"]), "The code of the scheme."]
    code: Annotated[Keyword, Field(examples=["15.3"]), "The code in the scheme."]


class SchemeBody(RecordBody, of=record.Scheme):
    """An edition as it is written. Once it is published, its titles take further languages only."""

    code: SchemeCode
    edition: Edition
    source: Annotated[HttpUrl, PlainSerializer(str)]


class Scheme(RecordResponse, of=record.Scheme, lifecycle=LIFECYCLE):
    """An edition of a scheme; its country is always null."""


present = presenter(record.Scheme, scheme)
