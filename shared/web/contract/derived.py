"""The fields of responses that follow from the record: the types that clients read, and which fields a caller may
lack."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

import pydantic

from shared.records.record import Audience, Document, Field, Record, Texts, Trait, fields_of
from shared.web.contract import fields

_READ_AS: Mapping[Any, Any] = {
    Texts: fields.LocalizedTexts,
    Document: fields.Document,
    Sequence[Document]: list[fields.Document],
    Decimal: fields.DecimalText,
}
"""What clients read of a record's type, if it is another one."""


class Shown(NamedTuple):
    """A field of a response. A caller `may_lack` one that needs a grant; it is null then."""

    annotation: Any
    may_lack: bool


def shown_fields(record: type[Record]) -> dict[str, Shown]:
    """The fields of a response by name, apart from those of every record. Where all need a grant, whoever may know of
    the record has them all."""
    own = {name: field for name, field in fields_of(record).items() if name not in fields_of(Record)}
    shown = {name: field for name, field in own.items() if _is_shown(field)}
    needs_grant = all(field.audience is Audience.GRANTED for field in shown.values())
    return {name: _as_read(field, needs_grant=needs_grant) for name, field in shown.items()}


def _is_shown(field: Field) -> bool:
    return field.audience is not Audience.INTERNAL and Trait.PART not in field.traits


def _as_read(field: Field, *, needs_grant: bool) -> Shown:
    may_lack = field.audience is not Audience.PUBLIC and not needs_grant
    annotation: Any = _READ_AS.get(field.type, field.type)
    annotation = annotation | None if field.is_optional or may_lack else annotation
    if field.example is not None:
        annotation = Annotated[annotation, pydantic.Field(examples=[field.example.value])]
    return Shown(annotation, may_lack)
