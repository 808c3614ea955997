"""Typed records: a field's declaration holds everything about it.

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Visit(Record):
        resource_type = Resource("centres", "visits", "visit")

        centre_id: Annotated[UUID, Public, Written, Refers("/centres/v1/centres"), "The centre that was visited."]
        report: Annotated[Document | None, Granted, Written, "What the visitors found."]
        search_key: Annotated[str, Internal]

The table, the rendering of rows, the changes in a history and the description in the contract follow from it. Importing
a module with a field without an audience raises an error.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, IntEnum
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, TypeAlias, get_args, get_origin, get_type_hints, is_typeddict
from uuid import UUID

from shared.kernel.principal import ScopeKey
from shared.kernel.resource import Resource


class Audience(IntEnum):
    """Who sees a field, among those who may know of the record: everybody, members of the network, grants that cover
    the record, nobody."""

    PUBLIC = 0
    NETWORK = 1
    GRANTED = 2
    INTERNAL = 3


class Trait(Enum):
    """Further properties of a field. `WRITTEN`: a body or a patch sets it. `IMPORTED`: an import also sets it, from the
    column of its name. `TRACKED`: the history shows its changes, as it does for written fields. `PART`: the field is
    shown as a part of another one. `DERIVED`: it is computed from other fields for search and sorting, so a person's
    export omits it. `FIXED`: a body sets it when the record is created, and no patch does.
    `SEARCHED`: the parameter `q` finds it; the record's `search_key` is made of such fields."""

    WRITTEN = "written"
    IMPORTED = "imported"
    TRACKED = "tracked"
    PART = "part"
    DERIVED = "derived"
    FIXED = "fixed"
    SEARCHED = "searched"


class Limit(Enum):
    """What a body takes for a text, or for texts by language."""

    LINE = "line"
    PROSE = "prose"
    TITLES = "titles"
    PERSON_NAME = "person_name"
    EMAIL = "email"
    COUNTRY = "country"
    KEYWORDS = "keywords"
    PARTIAL_DATE = "partial_date"
    VISIBLE = "visible"
    URL = "url"


Public, Network, Granted, Internal = Audience
Written, Imported, Tracked, Part, Derived, Fixed, Searched = Trait
Line, Prose, Titles, PersonName, Email, Country, Keywords, PartialDate, Visible, Url = Limit
Day: TypeAlias = date
"""For records with a field `date`."""
AnyJson: TypeAlias = object
"""Any JSON value."""
Document: TypeAlias = Mapping[str, Any]
"""A JSON object."""
Texts: TypeAlias = Mapping[str, str]
"""A text in each of several languages."""
Parts: TypeAlias = Sequence[Mapping[str, Any]]
"""A JSON array of objects."""


@dataclass(frozen=True, slots=True)
class Refers:
    """The field is the id of another record, or a list of such ids. `path` is the address of the other record's
    list."""

    path: str


@dataclass(frozen=True, slots=True)
class Example:
    """What the contract shows as the field's value: JSON."""

    value: Any


@dataclass(frozen=True, slots=True)
class Default:
    """What a body has without the field: JSON."""

    value: Any


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, its type without None, whether it may be None, its audience and traits; its references; what
    bodies take for it; its example and description in the contract."""

    name: str
    type: Any
    is_optional: bool
    audience: Audience
    traits: frozenset[Trait]
    refers: Refers | None
    limit: Limit | None
    default: Default | None
    example: Example | None
    description: str

    @property
    def stored(self) -> Any:
        """The type that determines the column. JSON documents are Mapping, Sequence or object."""
        return Mapping if is_typeddict(self.type) else get_origin(self.type) or self.type

    @property
    def is_tracked(self) -> bool:
        return not self.traits.isdisjoint({Written, Tracked})


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The fields of every record. `country` and `visibility` decide who may know of it."""

    resource_type: ClassVar[Resource]
    scope_column: ClassVar[str] = "id"
    """The field with the id that a grant over one record names: a part of a record names the whole."""
    also_scoped_by: ClassVar[tuple[str, ...]] = ()
    """Further fields with an id, or a list of ids, that a grant over one record may name instead."""
    principal_column: ClassVar[str | None] = None
    """The field with the principal whose grants or credentials the record is about, if it is about some."""
    whole: ClassVar[Resource | None] = None
    """The resource of the whole, if the addresses of its parts begin with its own."""
    path: ClassVar[str] = ""
    """The path of a record from the origin, with the names of columns in braces, where it is another one."""

    id: Annotated[UUID, Public]
    ref: Annotated[str, Public]
    version: Annotated[int, Public]
    status: Annotated[str, Public, Tracked]
    country: Annotated[str, Public]
    visibility: Annotated[str, Public, Tracked]
    created_at: Annotated[datetime, Public]
    created_by: Annotated[str, Granted]
    updated_at: Annotated[datetime, Public]
    updated_by: Annotated[str, Granted]

    @property
    def scope_key(self) -> ScopeKey:
        """What a grant over one record has to name for this record."""
        return self.scope_of({name: getattr(self, name) for name in (self.scope_column, *self.also_scoped_by)})

    @classmethod
    def scope_of(cls, columns: Mapping[str, Any]) -> ScopeKey:
        """What a grant over one record has to name for the record with these columns."""
        found: UUID = columns[cls.scope_column]
        if not cls.also_scoped_by:
            return found
        more = (columns[name] for name in cls.also_scoped_by)
        return (found, *(key for one in more for key in (one if isinstance(one, list) else (one,))))

    @classmethod
    def address_of(cls, resource: Resource, columns: Mapping[str, object]) -> str:
        """The path of a record of this resource from the origin, by its columns."""
        if cls.path:
            return cls.path.format_map(columns)
        if cls.whole is None:
            return resource.link(columns["id"])
        return f"{cls.whole.link(columns[cls.scope_column])}/{cls.resource_type.plural}/{columns['id']}"

    def __init_subclass__(cls) -> None:
        for name, hint in cls.__annotations__.items():
            if not _is_of_class(hint) and _audience_of(hint) is None:
                raise TypeError(f"{cls.__name__}.{name} names no audience")


_FIELDS: dict[type[Record], Mapping[str, Field]] = {}
_WITH_TRAIT: dict[tuple[type[Record], Trait], tuple[str, ...]] = {}


def fields_of(record: type[Record]) -> Mapping[str, Field]:
    """The fields by name, beginning with those of every record."""
    if record not in _FIELDS:
        hints = get_type_hints(record, include_extras=True)
        _FIELDS[record] = {name: _field(name, hint) for name, hint in hints.items() if not _is_of_class(hint)}
    return _FIELDS[record]


def written_fields(record: type[Record]) -> tuple[str, ...]:
    """The fields that a body or a patch sets."""
    return fields_with(record, Written)


def fields_with(record: type[Record], trait: Trait) -> tuple[str, ...]:
    """The fields with this trait."""
    if (record, trait) not in _WITH_TRAIT:
        _WITH_TRAIT[record, trait] = tuple(name for name, field in fields_of(record).items() if trait in field.traits)
    return _WITH_TRAIT[record, trait]


def json_fields(record: type[Record]) -> frozenset[str]:
    """The fields whose column is a JSON document."""
    return frozenset(n for n, field in fields_of(record).items() if field.stored in (Mapping, Sequence, object))


def tracked_fields(record: type[Record]) -> tuple[str, ...]:
    """The fields whose changes the history shows."""
    return tuple(name for name, field in fields_of(record).items() if field.is_tracked)


def private_fields(record: type[Record]) -> frozenset[str]:
    """The fields visible only to grants that cover the record."""
    return frozenset(name for name, field in fields_of(record).items() if field.audience is Granted)


def _field(name: str, hint: Any) -> Field:
    plain, *marks = get_args(hint)
    types = [part for part in get_args(plain) if part is not NoneType] if isinstance(plain, UnionType) else [plain]
    audience = _audience_of(hint)
    if audience is None or len(types) != 1:
        raise TypeError(f"{name}: {hint}")
    traits = frozenset(mark for mark in marks if isinstance(mark, Trait))
    of_kind = {type(mark): mark for mark in reversed(marks)}
    refers, limit, default, example = map(of_kind.get, (Refers, Limit, Default, Example))
    description = of_kind.get(str, "")
    return Field(name, types[0], types != [plain], audience, traits, refers, limit, default, example, description)


def _is_of_class(hint: Any) -> bool:
    origin: Any = get_origin(hint)
    return origin is ClassVar


def _audience_of(hint: Any) -> Audience | None:
    marks = getattr(hint, "__metadata__", ())
    return next((mark for mark in marks if isinstance(mark, Audience)), None)
