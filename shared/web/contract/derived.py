"""The fields of bodies and responses that follow from the record: what clients write and read, and what a caller may
lack."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import pydantic

from shared.records.record import Audience, Document, Field, Limit, Record, Texts, Trait, fields_of
from shared.web.contract import fields

_READ_AS: Mapping[Any, Any] = {
    Texts: fields.LocalizedTexts,
    Document: fields.Document,
    Sequence[Document]: list[fields.Document],
    Decimal: fields.DecimalText,
}
"""What clients read of a record's type, if it is another one."""

_WRITTEN_AS: Mapping[Any, Any] = {
    Limit.LINE: fields.Line,
    Limit.PROSE: fields.Prose,
    Limit.TITLES: fields.Titles,
    Limit.PERSON_NAME: fields.PersonName,
    Limit.EMAIL: fields.Email,
    Limit.COUNTRY: fields.CountryCode,
    Limit.KEYWORDS: fields.Keywords,
    Limit.PARTIAL_DATE: fields.PartialDate,
    Limit.VISIBLE: fields.Visible,
    Limit.URL: pydantic.HttpUrl,
    UUID: UUID,
    bool: bool,
    date: fields.Day,
    datetime: pydantic.AwareDatetime,
    Decimal: fields.DecimalText,
    Document: fields.Document,
    Texts: fields.Texts,
}
"""What a body takes for a limit, or for a record's type without one."""
_REQUIRED: Any = ...
_EMPTY: Mapping[Any, Any] = {Texts: {}, list[str]: []}
"""What a body has without a field of this type."""


class Derived(NamedTuple):
    """The type of a field of a body or response, and its default."""

    annotation: Any
    default: Any = _REQUIRED


def add_fields(model: type[pydantic.BaseModel], derived: Mapping[str, Derived]) -> None:
    """Adds fields to a new class before pydantic reads it. What it declares itself, or inherits, stays."""
    inherited = {name for base in model.__bases__ for name in getattr(base, "model_fields", {})}
    new = {name: field for name, field in derived.items() if name not in inherited}
    declared = model.__annotations__
    model.__annotations__ = {name: field.annotation for name, field in new.items()} | declared
    for name, field in new.items():
        if name not in declared and field.default is not _REQUIRED:
            setattr(model, name, field.default)


def response_fields(record: type[Record]) -> dict[str, Derived]:
    """The fields of a response by name, apart from those of every record. A caller may lack one that needs a grant; it
    is null then. Where all need a grant, whoever may know of the record has them all."""
    own = {name: field for name, field in fields_of(record).items() if name not in fields_of(Record)}
    shown = {name: field for name, field in own.items() if _is_shown(field)}
    needs_grant = all(field.audience is Audience.GRANTED for field in shown.values())
    return {name: _as_read(field, needs_grant=needs_grant) for name, field in shown.items()}


def _is_shown(field: Field) -> bool:
    return field.audience is not Audience.INTERNAL and Trait.PART not in field.traits


def _as_read(field: Field, *, needs_grant: bool) -> Derived:
    may_lack = field.audience is not Audience.PUBLIC and not needs_grant
    annotation: Any = _READ_AS.get(field.type, field.type)
    annotation = annotation | None if field.is_optional or may_lack else annotation
    if field.example is not None:
        annotation = Annotated[annotation, pydantic.Field(examples=[field.example.value])]
    return Derived(annotation, None) if may_lack else Derived(annotation)


def body_fields(record: type[Record], *, with_fixed: bool) -> dict[str, Derived]:
    """The fields of a body by name; `with_fixed` those that only a creation sets as well. Fields of which the record
    states no limits are absent."""
    written = {name: field for name, field in fields_of(record).items() if _is_written(field, with_fixed=with_fixed)}
    return {name: Derived(_as_written(field), _default_of(field)) for name, field in written.items()}


def _is_written(field: Field, *, with_fixed: bool) -> bool:
    return (
        (field.limit or field.type) in _WRITTEN_AS
        and Trait.WRITTEN in field.traits
        and Trait.PART not in field.traits
        and (with_fixed or Trait.FIXED not in field.traits)
    )


def _as_written(field: Field) -> Any:
    annotation = _WRITTEN_AS[field.limit or field.type]
    return annotation | None if field.is_optional else annotation


def _default_of(field: Field) -> Any:
    if field.default is not None:
        return field.default.value
    if field.is_optional:
        return None
    return _REQUIRED if field.limit is Limit.TITLES else _EMPTY.get(field.type, _REQUIRED)
