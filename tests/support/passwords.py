"""Passwords of accounts in tests, set without the mail that invites their owners."""

import asyncpg

from services.access.principals.accounts.passwords import hash_password


async def choose_password(database_url: str, email: str, password: str) -> None:
    """Sets the password of the account with this address."""
    connection = await asyncpg.connect(database_url, server_settings={"search_path": "escm"})
    try:
        await connection.execute(
            "UPDATE access_account SET password_hash = $2 WHERE email_key = $1", email, await hash_password(password)
        )
    finally:
        await connection.close()
