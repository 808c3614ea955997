"""The document of the record of processing."""

from collections.abc import Iterable, Sequence
from typing import Any

from services.membership.protection.processing_record.domain import SECURITY_MEASURES, TRANSFERS
from services.membership.protection.retention_rules import queries as rules
from services.membership.protection.retention_rules.record import RetentionRule
from services.membership.register.notices import queries as notices
from shared.auth import offices
from shared.contracts import readers
from shared.contracts.personal import Processing, processing
from shared.database.statements import Connection
from shared.kernel.principal import READ, Principal


async def document(connection: Connection) -> dict[str, Any]:
    """The record of processing activities, as it is at this moment."""
    active = await rules.active(connection)
    partners = await offices.clients(connection)
    return {
        "activities": [_activity(one, active, partners) for one in processing()],
        "purposes": [dict(row) for row in await notices.present(connection)],
        "retention_rules": [_rule(one) for one in active],
        "transfers": TRANSFERS,
        "security_measures": SECURITY_MEASURES,
    }


def _activity(one: Processing, active: Iterable[RetentionRule], partners: Sequence[Principal]) -> dict[str, Any]:
    is_ours = one.service == "membership"
    return {
        "table": one.table,
        "service": one.service,
        "resource": one.resource,
        "persons": one.persons,
        "purpose": one.purpose,
        "data": {"exported": {name: one.audiences.get(name) for name in one.exported}, "left_out": one.left_out},
        "recipients": _recipients(one, partners),
        "time_limits": {
            "usual": one.time_limit,
            "rules": [rule.ref for rule in active if is_ours and rule.resource == one.resource],
            "after_erasure": one.retained,
        },
    }


def _recipients(one: Processing, partners: Iterable[Principal]) -> dict[str, Any]:
    """Who reads the rows: roles and clients read records alone."""
    roles, clients = [], []
    if one.resource is not None and one.service != "core":
        readable = {(one.resource, READ), ("*", READ)}
        roles = sorted(role for role, held in readers.roles_of(one.service).items() if held & readable)
        resource = f"{one.service}.{one.resource}"
        clients = [str(client.id) for client in partners if readers.permission_scope_of(client, resource)]
    return {"roles": roles, "clients": clients, "others": one.others}


def _rule(one: RetentionRule) -> dict[str, Any]:
    names = ("ref", "resource", "state", "after", "action", "basis")
    return {"id": str(one.id), **{name: getattr(one, name) for name in names}}
