"""Scheduled deletion of tokens, assertions and failed logins."""

from uuid import uuid4

import asyncpg

from services.access.administration import setting_up
from services.access.principals.tokens.jobs import delete_expired
from services.access.worker import SCHEDULES, create_worker


async def test_what_is_over_is_forgotten_and_the_rest_kept(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    over, living = uuid4().hex, uuid4().hex
    for name, shift in ((over, "-2 hours"), (living, "2 hours")):
        await connection.execute(
            f"INSERT INTO escm.access_revoked_token VALUES ($1, 'account', $2, now() + interval '{shift}')",
            name,
            uuid4(),
        )
        await connection.execute(
            f"INSERT INTO escm.access_used_assertion VALUES ($1, now() + interval '{shift}')", name.encode()
        )
        await connection.execute(
            f"INSERT INTO escm.access_failed_login VALUES ($1, 9, now(), now() + interval '{shift}')", name.encode()
        )
    async with setting_up(database_url) as uow:
        await delete_expired(uow)
    for table, column, names in (
        ("access_revoked_token", "token_id", [over, living]),
        ("access_used_assertion", "digest", [over.encode(), living.encode()]),
        ("access_failed_login", "email_digest", [over.encode(), living.encode()]),
    ):
        rows = await connection.fetch(f"SELECT {column} n FROM escm.{table} WHERE {column} = ANY($1)", names)
        assert [row["n"] for row in rows] == names[1:]
    await connection.close()


def test_the_worker_keeps_its_schedules() -> None:
    assert create_worker() is not None
    assert set(SCHEDULES) == {
        "verify_audit_trail",
        "expire_grants",
        "expire_api_keys",
        "expire_pending_transitions",
        "end_factors",
        "expire_sessions",
        "forget_ways_to_providers",
        "delete_expired_mail",
        "close_break_glass",
        "delete_unused_accounts",
        "rotate_signing_keys",
        "delete_expired",
        "delete_old_notifications",
        "mail_about_webhooks",
        "read_token_keys",
        "remind_of_deprecations",
        "remind_of_secrets",
        "sum_up_client_calls",
        "tidy_webhooks",
        "mail_digests",
        "mail_gathered",
    }
