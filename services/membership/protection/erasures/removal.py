"""What membership erases of a person: its own rows by the catalogue, and the copies in tables that services share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson

from services.membership.certificates.certificates.operations import end_with_experts
from services.membership.protection.privacy.catalogue import PARTS
from services.membership.protection.privacy.queries import OF_PERSON
from services.membership.register.affiliations.changes import AFFILIATIONS
from services.membership.register.experts.record import Expert
from services.membership.register.messages.operations import INTERNAL_MESSAGES, MESSAGES
from shared.audit.details import erase_details
from shared.database.statements import Connection, Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.text import email_key
from shared.mail.sealing import Mail, MailSeal
from shared.records.changes import record_change
from shared.records.erasing import ERASE, ErasableRows, delete_rows, erase
from shared.records.message import FILE, INTERNAL

_VALUES: Mapping[str, Mapping[str, str]] = {
    "expert": {
        "erased_at": "coalesce(t.erased_at, now())",
        "visibility": "coalesce(t.visibility_before, t.visibility)",
    },
    "supports": {"visibility": "'restricted'"},
}
ROWS: Mapping[str, ErasableRows] = {
    part: ErasableRows(
        entry,
        OF_PERSON[part],
        _VALUES.get(part, {}),
        "erased" if part == "expert" else "updated",
    )
    for part, entry in PARTS.items()
    if part not in ("history", "messages")
} | {
    kind.resource.plural: ErasableRows(
        PARTS["messages"], f"{OF_PERSON['messages']} AND t.audience = '{audience}'", named=kind.resource
    )
    for audience, kind in ((FILE, MESSAGES), (INTERNAL, INTERNAL_MESSAGES))
}
"""The rows of membership. The values of the history become unreadable with their keys."""
_SIGNATURES = ErasableRows(
    PARTS["supports"],
    "t.expert_id IS NULL AND t.email_digest IN (SELECT sha256(convert_to(address, 'UTF8'))"
    " FROM escm.member_expert e CROSS JOIN unnest(e.email_keys) address WHERE e.id = ANY($1))",
)
"""Signatures by the person's addresses that belong to no expert yet."""
_BY_ID: Mapping[str, str] = {
    "member_expert_value": "t.expert_id = ANY($1)",
    "core_mail_token": "t.subject_id = ANY($1) OR t.used_by = ANY($1)"
    " OR t.subject_id IN (SELECT id FROM escm.member_support s WHERE s.expert_id = ANY($1))",
    "core_import_duplicate": "t.resource = 'experts' AND (t.record = ANY($1) OR t.other = ANY($1))",
    "member_reminder": "t.expert_id = ANY($1)",
    "core_pending_transition": "t.record_id = ANY($1)",
}
_BY_TEXT: Mapping[str, str] = {
    "core_idempotency": "t.body",
    "core_import_row": "convert_to(coalesce(t.document, ''), 'UTF8')",
}
"""Columns that may contain documents about the person, as bytes."""
WITHOUT_TRACE: Mapping[str, str] = {
    "core_fact": "ids only",
    "core_outbox": "ids only",
    "core_job": "ids only",
    "core_export": "deleted with their files after the rows",
    "core_import_key": "deleted with the dry run, within the hour",
    "core_mail": "opened one by one",
    "core_audit_key": "deleted last, one by one",
    "core_erasure_report": "numbers only",
}
"""Further tables of the catalogue, with the reasons why no statement here deletes their rows."""
NAMED_TABLES = {*_BY_ID, *_BY_TEXT, *WITHOUT_TRACE}
"""The tables that are not parts of an export."""
_AFFILIATIONS = """
SELECT t.*, e.ref, e.status FROM escm.member_affiliation t JOIN escm.member_expert e ON e.id = t.expert_id
WHERE t.expert_id = ANY($1) ORDER BY t.id FOR UPDATE OF t
"""
_PEOPLE = "SELECT id, account_id, display_name, emails FROM escm.member_expert WHERE id = ANY($1)"
_SEALED = "SELECT id, sealed FROM escm.core_mail WHERE sealed IS NOT NULL"
_EMPTY_MAIL = "UPDATE escm.core_mail SET sealed = NULL WHERE id = ANY($1)"
_NO_LIMIT = "SET LOCAL statement_timeout = 0"


@dataclass(frozen=True, slots=True)
class Traces:
    """By what copies of a person's data are found: the ids of the experts and their accounts, addresses and names."""

    ids: Sequence[UUID]
    addresses: Sequence[str]
    names: Sequence[str]

    @property
    def in_json(self) -> list[bytes]:
        """What a JSON document about the person contains: an id, or a text that is an address or a name."""
        return [
            *(str(one).encode() for one in self.ids),
            *(orjson.dumps(text) for text in (*self.addresses, *self.names)),
        ]

    def are_in(self, mail: Mail) -> bool:
        """Whether a mail is to the person, or about them."""
        ids = [str(one) for one in self.ids]
        keys = [email_key(address) for address in self.addresses]
        values = mail.values.values()
        return (
            email_key(mail.to) in keys
            or any(text in self.names for text in values)
            or any(one in text for one in ids for text in values)
        )


async def traces_of(connection: Connection, subjects: Sequence[UUID]) -> Traces:
    """The traces of these experts, who are one person."""
    people: Sequence[Row] = await connection.fetch(_PEOPLE, subjects)
    return Traces(
        [*subjects, *(row["account_id"] for row in people if row["account_id"])],
        sorted({email["value"] for row in people for email in row["emails"]}),
        sorted({row["display_name"] for row in people if row["display_name"]}),
    )


async def remove_rows(uow: UnitOfWork, seal: MailSeal, subjects: Sequence[UUID]) -> dict[str, int]:
    """Erases the rows of these experts and their copies. Returns the number of rows by part. May be repeated."""
    connection = uow.connection
    await connection.execute(_NO_LIMIT)
    traces = await traces_of(connection, subjects)
    for row in await connection.fetch(_AFFILIATIONS, subjects):
        link = f"{Expert.resource_type.link(row['expert_id'])}/affiliations/{row['id']}"
        after = {**row, "version": row["version"] + 1}
        record_change(uow, AFFILIATIONS, ERASE, before=row, after=after, fields=(), fact="deleted", link=link)
    await end_with_experts(uow, subjects)
    await delete_rows(uow, _SIGNATURES, subjects)
    counts = await erase(uow, ROWS, subjects)
    for table, column in _BY_TEXT.items():
        found = f"EXISTS (SELECT FROM unnest($1::bytea[]) word WHERE position(word IN {column}) > 0)"
        await connection.execute(f"DELETE FROM escm.{table} t WHERE {found}", traces.in_json)  # noqa: S608
    await _empty_mails(uow, seal, traces)
    for table, condition in _BY_ID.items():
        await connection.execute(f"DELETE FROM escm.{table} t WHERE {condition}", traces.ids)  # noqa: S608
    await uow.flush()
    for subject in traces.ids:
        await erase_details(uow, subject)
    return counts


async def remove_certificates(uow: UnitOfWork, experts: Sequence[UUID]) -> None:
    """Revokes the certificates of experts whom the undo of an import has deleted, and erases the name on them."""
    await end_with_experts(uow, experts)
    await erase(uow, {part: ROWS[part] for part in ("certificates", "certificate_files")}, experts)


async def _empty_mails(uow: UnitOfWork, seal: MailSeal, traces: Traces) -> None:
    """Empties mails to the person or about them that were not sent yet."""
    waiting = [(row["id"], seal.open(row["sealed"], row["id"])) for row in await uow.connection.fetch(_SEALED)]
    found = [key for key, mail in waiting if mail is not None and traces.are_in(mail)]
    await uow.connection.execute(_EMPTY_MAIL, found)
