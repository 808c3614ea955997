"""Lists that are exported and not imported, and the columns of both kinds of CSV of a list."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson

from shared.bulk.importable import Importable
from shared.bulk.targets import cell_text
from shared.database.statements import Connection
from shared.kernel.principal import RoleTable
from shared.kernel.resource import Resource
from shared.records.access_scope import AccessScope
from shared.records.listing import Listing

_FIRST = ("id", "ref", "version", "status", "country", "visibility", "created_at", "updated_at")
_NOT_IN_CSV = {"allowed_actions", "links"}


def columns_of(members: Collection[str]) -> tuple[str, ...]:
    """The columns of a list whose items have these members, those of every record first."""
    wanted = set(members) - _NOT_IN_CSV
    return (*(name for name in _FIRST if name in wanted), *sorted(wanted - set(_FIRST)))


def cells_of(item: Mapping[str, Any]) -> dict[str, str]:
    """The members of an item as texts, objects and lists as JSON."""
    return {name: cell_text(value) for name, value in orjson.loads(orjson.dumps(item)).items()}


@dataclass(frozen=True, slots=True)
class ExportedList:
    """A list that no import reads: its columns are the `members` of an item, as `present` shows it."""

    resource: Resource
    roles: RoleTable
    listing: Listing
    members: Collection[str]
    present: Callable[[Any, AccessScope], dict[str, Any]]
    export_extra: str = ""

    @property
    def shown(self) -> tuple[str, ...]:
        """Every heading that an export can have."""
        return columns_of(self.members)

    async def more_headings(self, _connection: Connection, _access: AccessScope) -> Sequence[str]:
        """None: the headings do not depend on the data."""
        return ()

    def lines(self, row: Mapping[str, Any], access: AccessScope) -> Iterable[dict[str, str]]:
        """The record in an export, in one line."""
        return ({"ref": row["ref"], **cells_of(self.present(row, access))},)


Exportable: TypeAlias = Importable | ExportedList
