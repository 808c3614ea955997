"""The messages on the files of one kind of record.

    MESSAGES: ResourceType[Message, None] = ResourceType.of(Message, message, LIFECYCLE)
    INTERNAL_MESSAGES = internal_messages(MESSAGES)
    CONVERSATION = Conversation(MESSAGES, INTERNAL_MESSAGES)

Internal messages are a resource of their own, so that roles, facts and the audit trail distinguish them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table

from shared.database.unit_of_work import UnitOfWork
from shared.kernel.lifecycle import Lifecycle
from shared.kernel.resource import Resource
from shared.records.access_scope import AccessKind, constant
from shared.records.documents import with_each_digest
from shared.records.following import Reference, single
from shared.records.listing import Filter, Listing, one_of, updated, values
from shared.records.message import AUDIENCES, FILE, INTERNAL
from shared.records.plain import by_whole
from shared.records.record import Document, Record
from shared.records.resource_type import ResourceType

LIFECYCLE: Lifecycle[None] = Lifecycle(("sent",), ())
OF_FILE = "of_file"
"""The filter of the lists by the id of the file."""


def internal_messages(messages: ResourceType[Any, None]) -> ResourceType[Any, None]:
    """The internal messages in the same table."""
    return replace(messages, resource=Resource(messages.resource.service, "internal_messages", "internal_message"))


@dataclass(frozen=True)
class Conversation:
    """The messages on the files of one kind of record: those for the applicant and the office, and internal ones."""

    messages: ResourceType[Any, None]
    internal: ResourceType[Any, None]

    @cached_property
    def for_applicant(self) -> Listing:
        """The list without internal messages."""
        return self._listing(lambda access_kind: self._visible(access_kind).where(self._has_audience(FILE)))

    @cached_property
    def for_office(self) -> Listing:
        """The list of all messages, for an access scope that includes internal rows."""
        return self._listing(self._visible)

    def references(self) -> tuple[Reference, Reference]:
        """The references to the file, which follow its merges."""
        file = self.messages.record.scope_column
        return (
            single(self.messages, file, self._has_audience(FILE)),
            single(self.internal, file, self._has_audience(INTERNAL)),
        )

    async def post(
        self, uow: UnitOfWork, file: Record, text: str, audience: str = FILE, attachments: Sequence[Document] = ()
    ) -> Any:
        """Inserts a message on a locked file. The callers check the permission. Raises Invalid for an attachment that
        names no file of evidence that the actor may know of."""
        attached = await with_each_digest(uow, "/attachments", attachments)
        kind = self.messages
        if audience == INTERNAL:
            kind = self.internal
            await uow.allow_internal()
        place = {kind.record.scope_column: file.id, "country": file.country, "visibility": "restricted"}
        said = {"text": text, "audience": audience, "attachments": attached}
        return await kind.insert(uow, kind.new({**place, **said, "status": "sent"}))

    @property
    def _table(self) -> Table:
        return self.messages.table

    def _has_audience(self, audience: str) -> Any:
        return self._table.c.audience == constant(audience)

    def _visible(self, access_kind: AccessKind) -> Select[Any]:
        return by_whole(self._table, self._table.c[self.messages.record.scope_column])(access_kind)

    def _listing(self, base: Any) -> Listing:
        table = self._table
        file = table.c[self.messages.record.scope_column]
        filters = (
            Filter(OF_FILE, "The file", UUID, lambda bound: file == bound),
            values("audience", table.c.audience, "`file`, `internal`, or both", one_of(AUDIENCES)),
            *updated(table.c.updated_at),
        )
        return Listing(
            base=base,
            key=table.c.id,
            filters={chosen.name: chosen for chosen in filters},
            sorts={"created_at": table.c.created_at, "updated_at": table.c.updated_at},
            columns={column.key: column for column in table.c},
        )
