"""The record of a person has the address to which they moved their account, in place of the one that was theirs."""

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson
import pytest

from services.membership.register.claims.following import moved
from services.membership.register.experts.record import EmailAddress
from shared.contracts.access import ACCOUNT_MOVED
from shared.database.pool import Database
from shared.mail.tokens import digest
from tests.support.callers import CALLERS, Caller
from tests.support.facts import deliver
from tests.support.membership import EXPERTS
from tests.support.principals import enter_principal

_OLD, _NEW = "old@example.org", "New@example.org"


def _email(value: str, *, verified: bool = True, visibility: str = "restricted") -> EmailAddress:
    return {"value": value, "visibility": visibility, "verified": verified}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([_email("Old@example.org", visibility="public")], [_email(_NEW, visibility="public")]),
        ([_email(_OLD, verified=False)], [_email(_OLD, verified=False)]),
        ([_email("other@example.org")], [_email("other@example.org")]),
        ([_email("other@example.org"), _email(_OLD)], [_email("other@example.org"), _email(_NEW)]),
        ([_email("new@example.org", verified=False), _email(_OLD)], [_email(_NEW)]),
        ([_email(_NEW)], [_email(_NEW)]),
        ([], []),
    ],
)
def test_only_an_address_that_the_person_had_confirmed_changes(
    before: list[EmailAddress], after: list[EmailAddress]
) -> None:
    assert moved(before, {digest(_OLD), digest("new@example.org")}, _NEW) == after


async def test_the_record_follows_once_and_says_who_set_the_address(
    member: Any, admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    who, record = await member()
    await enter_principal(superuser, CALLERS[who.name])
    account, before, after = CALLERS[who.name].id, f"{uuid4().hex}@example.org", f"{uuid4().hex}@example.org"
    await superuser.execute(
        "UPDATE member_expert SET emails = $2::text::jsonb, email_keys = ARRAY[$3] WHERE id = $1",
        UUID(record["id"]),
        orjson.dumps([_email(before)]).decode(),
        before,
    )
    change = "UPDATE access_account SET email = $2, email_key = $2, email_verified = true WHERE id = $1"
    await superuser.execute(change, account, after)
    path = f"{EXPERTS}/{record['id']}"
    await deliver(database, ACCOUNT_MOVED, str(account))
    assert (await admin.get(path)).json()["emails"][0]["value"] == before, "no address of before is known"
    await superuser.execute(
        "INSERT INTO access_credential_change (id, principal_kind, principal_id, by_kind, by_id, what, at, old_digest)"
        " VALUES ($1, 'account', $2, 'account', $2, 'email', now(), $3)",
        uuid4(),
        account,
        digest(before),
    )
    await deliver(database, ACCOUNT_MOVED, str(account))
    shown = (await admin.get(path)).json()
    assert (shown["version"], [email["value"] for email in shown["emails"]]) == (record["version"] + 1, [after])
    assert shown["asserted"]["emails"]["by"] == "self"
