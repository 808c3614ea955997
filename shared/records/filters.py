"""What callers ask of lists: parses a filter's parameter and builds its condition."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Text, any_, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from shared.kernel.countries import in_region, known_codes
from shared.kernel.errors import FieldError, Invalid, invalid_parameter, pointer_to
from shared.kernel.text import search_pattern
from shared.records.access_scope import AccessScope

Names: TypeAlias = tuple[tuple[str, bool], ...]
"""The filters of a statement, each with whether it has one value."""
_UPDATED = "updated_at"


@dataclass(frozen=True, slots=True)
class Filter:
    """One query parameter: `parse` returns the value of the bind parameter `f_<name>`, or raises ValueError.

    `condition` compares with its argument. A filter with `array` parses to a list; its argument is a single value if
    there is only one (an index can then serve the order too), else `ANY` of all. `grant_needed`: for members of the
    network only; `token_needed`: for authenticated callers only. `field` is the field that the filter discloses, if its
    name differs. `of_caller` are further bind parameters that depend on the caller. `in_country` is the condition on
    one value in a list of one country, if scanning the country's rows is cheaper than an index on the value.
    """

    name: str
    description: str
    parse: Callable[[str], Any]
    condition: Callable[[Any], ColumnElement[bool]]
    array: bool = False
    grant_needed: bool = False
    token_needed: bool = False
    field: str = ""
    of_caller: Callable[[AccessScope], Mapping[str, Any]] | None = None
    in_country: Callable[[Any], ColumnElement[bool]] | None = None

    @property
    def choices(self) -> tuple[str, ...]:
        """The closed list of its values; empty if others are possible."""
        return getattr(self.parse, "choices", ())


def either(one: Filter, other: Filter) -> Filter:
    """The filter as one parameter has it that has the values of both."""
    is_closed = one.choices and other.choices
    return replace(one, parse=OneOf(dict.fromkeys((*one.choices, *other.choices))) if is_closed else str)


class OneOf:
    """A check for values of a closed list. `read` turns the text into the value."""

    def __init__(self, choices: Iterable[str], read: Callable[[str], Any] = str) -> None:
        self.choices = tuple(choices)
        self.read = read

    def __call__(self, raw: str) -> Any:
        return self.read(raw) if raw in self.choices else _refuse("is not one of " + ", ".join(sorted(self.choices)))


class _Several:
    """Values separated by commas, each checked."""

    def __init__(self, check: Callable[[str], str]) -> None:
        self.check = check
        self.choices: tuple[str, ...] = getattr(check, "choices", ())

    def __call__(self, raw: str) -> list[str]:
        return [self.check(part) for part in raw.split(",") if part] or _refuse("is empty")


def parsed_filters(given: Mapping[str, str], known: Mapping[str, Filter], member: str) -> dict[str, Any]:
    """The values of the filters that a body names in a member. Raises Invalid with every unknown filter and every value
    that a filter refuses."""
    faults, parsed = [], {}
    for name, raw in given.items():
        chosen, pointer = known.get(name), pointer_to(member, name[:100])
        try:
            if chosen is None:
                faults.append(FieldError("not_one_of", f"One of: {', '.join(known)}.", pointer=pointer))
            else:
                parsed[name] = chosen.parse(raw)
        except ValueError:
            faults.append(FieldError("invalid_value", "Not a value of this filter.", pointer=pointer))
    if faults:
        raise Invalid(errors=faults)
    return parsed


def values(name: str, column: ColumnElement[Any], description: str, check: Callable[[str], str] = str) -> Filter:
    """A comma-separated list of values; matches rows whose column has one of them."""
    return Filter(name, description, _Several(check), lambda wanted: column == wanted, array=True)


def countries(column: ColumnElement[Any]) -> Filter:
    """`country=PK,KE`."""
    return values("country", column, "ISO 3166-1 alpha-2 codes, separated by commas", _known_country)


def region(column: ColumnElement[Any]) -> Filter:
    """`region=142` or `region=Asia`: a UN M49 region."""

    def parse(raw: str) -> list[str]:
        return sorted(in_region(raw)) or _refuse("is not a region of UN M49")

    return Filter("region", "A UN M49 region, by number or name", parse, lambda wanted: column == wanted, array=True)


def updated(column: ColumnElement[Any]) -> tuple[Filter, Filter]:
    """`updated_after` and `updated_before`, both strict."""
    return (
        Filter("updated_after", "Changed after this instant", instant, lambda bound: column > bound, field=_UPDATED),
        Filter("updated_before", "Changed before this instant", instant, lambda bound: column < bound, field=_UPDATED),
    )


def reference(name: str, column: ColumnElement[Any]) -> Filter:
    """The id of a related record."""
    return Filter(name, f"Records of this {name.removesuffix('_id')}", UUID, lambda bound: column == bound)


def instant(raw: str) -> datetime:
    """An RFC 3339 instant or day; without an offset it is UTC. Raises ValueError, whose text does not repeat it."""
    try:
        parsed = datetime.fromisoformat(raw.replace(" ", "+"))
    except ValueError:
        raise ValueError("is not an RFC 3339 instant or day") from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def parsed_day(raw: str) -> date:
    """A day, YYYY-MM-DD. Raises ValueError, whose text does not repeat it."""
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise ValueError("is not a day, YYYY-MM-DD") from None


def parsed_year(raw: str) -> int:
    """A year of four digits. Raises ValueError, whose text does not repeat it."""
    if not (len(raw) == 4 and raw.isascii() and raw.isdigit()):
        raise ValueError("is not a year of four digits")
    return int(raw)


def one_of(choices: Mapping[str, Any] | frozenset[str] | tuple[str, ...]) -> OneOf:
    """A check for values of a closed list."""
    return OneOf(sorted(choices) if isinstance(choices, frozenset) else choices)


def truth(raw: str) -> bool:
    """`true` or `false`."""
    return bool(one_of(("true", "false"))(raw) == "true")


def parsed(chosen: Filter, raw: str) -> Any:
    """The value of a filter. Raises Malformed `invalid_parameter`."""
    if "\0" in raw:
        raise invalid_parameter(chosen.name, f"{chosen.name} contains U+0000.")
    try:
        return chosen.parse(raw)
    except ValueError as error:
        raise invalid_parameter(chosen.name, f"{chosen.name} {error}") from error


def chosen(filters: Mapping[str, Filter], given: Mapping[str, str]) -> dict[str, Any]:
    """The values of the filters among the given parameters. Raises Malformed `invalid_parameter`."""
    return {name: parsed(filters[name], raw) for name, raw in given.items() if name in filters}


def bound(one: Filter) -> ColumnElement[bool]:
    """The condition of a filter on its bind parameter, whatever its value is."""
    if one.array:
        return one.condition(any_(bindparam(f"f_{one.name}", type_=ARRAY(Text))))
    return one.condition(bindparam(f"f_{one.name}"))


def bound_values(values_by_name: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the bind parameters of these filters."""
    return {f"f_{name}": value for name, value in values_by_name.items()}


def _known_country(code: str) -> str:
    return code if code in known_codes(fictional=True) else _refuse("is an unknown country")


def fragment(key: ColumnElement[Any]) -> Filter:
    """`q=`: a fragment of a name over a folded search key, or the beginning of a word for one or two characters."""

    def parse(raw: str) -> str:
        return search_pattern(raw) or _refuse("contains nothing to search for")

    return Filter("q", "A fragment of a name, in any script; one or two characters begin a word", parse, key.like)


def _refuse(why: str) -> Any:
    raise ValueError(why)


def _is_single(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 1


def filter_names(filters: Mapping[str, Any]) -> Names:
    """The filters of parsed values, as a statement depends on them."""
    return tuple((name, _is_single(value)) for name, value in filters.items())


def filter_arguments(filters: Mapping[str, Any]) -> dict[str, Any]:
    """Values for the conditions of filters, from parsed values by name."""
    return {f"f_{name}": value[0] if _is_single(value) else value for name, value in filters.items()}


@dataclass(frozen=True, slots=True)
class ListRequest:
    """A parsed list: values by filter name, sort field, direction, start position and page size."""

    filters: Mapping[str, Any]
    sort: str
    descending: bool
    limit: int
    after: tuple[Any, ...] | None = None

    @property
    def shape(self) -> tuple[Names, str, bool, bool]:
        """What the statement depends on: the filters, which of them have one value, order and direction."""
        return filter_names(self.filters), self.sort, self.descending, self.after is not None
