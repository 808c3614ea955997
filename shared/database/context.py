"""The settings that row-level security reads, and how a read sends them in its own round trip."""

from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, Text, bindparam, func, literal_column, select, true
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.elements import ColumnElement

from shared.database.statements import Statement
from shared.kernel.countries import COUNTRIES, FICTIONAL_CODES
from shared.kernel.principal import VISIBILITIES, PermissionScope, Principal

_ALL_COUNTRIES = ",".join(sorted(COUNTRIES))
_FICTIONAL = ",".join(sorted(FICTIONAL_CODES))
INTERNAL = "internal"
"""In the visibilities of a context: it reads and writes what the office keeps from the person or body on the file."""


@dataclass(frozen=True, slots=True)
class AccessContext:
    """What a principal may read and write of one resource, for row-level security: comma-separated texts.

    A principal who reads everywhere gets all three visibilities, which is one comparison for a row; others get
    countries. Writing everywhere is a setting of its own, so that policies need not compare all countries.
    """

    visibilities: str
    countries: str = ""
    records: str = ""
    write_countries: str = ""
    write_records: str = ""

    @property
    def parameters(self) -> dict[str, str]:
        """Values for a statement made by `within_context`."""
        return {"ctx_visibilities": self.visibilities, "ctx_countries": self.countries, "ctx_records": self.records}

    @property
    def with_internal(self) -> "AccessContext":
        """The same context, which includes internal rows."""
        return replace(self, visibilities=",".join(filter(None, (self.visibilities, INTERNAL))))

    @property
    def set_local(self) -> str:
        """`SET LOCAL` commands. Raises ValueError for values that are not codes or ids."""
        return _set_local(self)


@lru_cache(1024)
def _set_local(context: AccessContext) -> str:
    pairs = asdict(context)
    for value in pairs.values():
        if not value.replace(",", "").replace("-", "").isalnum() and value:
            raise ValueError("an access context contains codes and ids only")
    if context.write_countries == _ALL_COUNTRIES:
        pairs["write_everywhere"] = "on"
    return ";".join(f"SET LOCAL escm.{name}='{value}'" for name, value in pairs.items() if value)


SYSTEM_CONTEXT = AccessContext(",".join(VISIBILITIES), "", "", _ALL_COUNTRIES).with_internal
"""For workers and maintenance: reads and writes every row."""


@lru_cache(1024)
def writing_everywhere(context: AccessContext) -> AccessContext:
    """The same context with writing everywhere, for rows without a country or of any country."""
    return replace(context, write_countries=_ALL_COUNTRIES)


def context_for(
    principal: Principal, read: PermissionScope, write: PermissionScope | None = None, *, in_network: bool = True
) -> AccessContext:
    """The context of a principal with these permission scopes. `in_network`: visibility `network` is included.

    In the sandbox only fictional countries give access to rows, and no visibility does, so that published records of
    real countries stay hidden.
    """
    write = write or PermissionScope()
    if principal.sandbox:
        return AccessContext("", _FICTIONAL, "", ",".join(sorted(write.countries)))
    limited = "public,network" if principal.grants and in_network else "public"
    visibilities = ",".join(VISIBILITIES) if read.everywhere else limited
    return AccessContext(
        visibilities,
        "" if read.everywhere else ",".join(sorted(read.countries)),
        ",".join(sorted(read.records)),
        _ALL_COUNTRIES if write.everywhere else ",".join(sorted(write.countries)),
        ",".join(sorted(write.records)),
    )


def _setting(name: str) -> ColumnElement[Any]:
    value = bindparam(f"ctx_{name}", type_=Text)
    return func.set_config(literal_column(f"'escm.{name}'"), value, true(), type_=Text)


context = (
    select((_setting("visibilities") + _setting("countries") + _setting("records")).label("c"))
    .cte("ctx")
    .prefix_with("MATERIALIZED")
)
"""`WITH ctx AS MATERIALIZED (…)`: sets the three settings for reads in this statement's transaction."""


def within_context(query: Select[Any]) -> Select[Any]:
    """The query with the context's settings, in one statement and one round trip.

    The query selects from `ctx`, so it cannot start before the settings are made. Parameters:
    `AccessContext.parameters`.
    """
    inner = query.where(context.c.c.is_not(None)).lateral("r")
    return select(*inner.c).select_from(context.join(inner, true()))


class Lookup(Statement):
    """A query that sees every row, for lookups before the caller is known, or of what they own. Its limit keeps the
    planner from moving any part of it before the settings."""

    _clause: Select[Any]

    def _whole(self) -> ClauseElement:
        return within_context(self._clause)

    def arguments(self, values: dict[str, Any]) -> list[Any]:
        return super().arguments({**values, **SYSTEM_CONTEXT.parameters})
