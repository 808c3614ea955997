"""Reading and storing revoked tokens, assertions and failed logins."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import LargeBinary, any_, bindparam, delete, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as insert_or

from services.access.principals.tokens.domain import FIRST_LOCK, FORGOTTEN_AFTER, LONGEST_LOCK, LoginKeys
from services.access.principals.tokens.tables import failed_login, revoked_token, used_assertion
from shared.database.statements import Connection, Statement
from shared.kernel.clock import now
from shared.kernel.principal import PrincipalKind

_LONG_AGO = datetime.min.replace(tzinfo=UTC)

_REVOKE = Statement(
    insert_or(revoked_token).values({c.name: bindparam(c.name) for c in revoked_token.c}).on_conflict_do_nothing()
)
_USE = Statement(
    insert_or(used_assertion)
    .values({c.name: bindparam(c.name) for c in used_assertion.c})
    .on_conflict_do_nothing()
    .returning(used_assertion.c.until)
)
_FAILURES = Statement(
    select(failed_login).where(failed_login.c.email_digest == any_(bindparam("digests", type_=ARRAY(LargeBinary))))
)
_SUCCEED = Statement(delete(failed_login).where(failed_login.c.email_digest == bindparam("email_digest")))
_FAIL = Statement(
    text(
        "INSERT INTO escm.access_failed_login AS f (email_digest, failed, locked_until, last_at)"
        " VALUES (:email_digest, 1, now() + make_interval(secs => CASE WHEN :free < 1 THEN :first ELSE 0 END), now())"
        " ON CONFLICT (email_digest) DO UPDATE SET last_at = now(),"
        " failed = CASE WHEN f.last_at < now() - make_interval(secs => :forgotten) THEN 1 ELSE f.failed + 1 END,"
        " locked_until = now() + make_interval(secs => CASE"
        " WHEN f.last_at < now() - make_interval(secs => :forgotten) OR f.failed < :free THEN 0"
        " ELSE least(:longest, :first * 2 ^ least(f.failed - :free, 20)) END)"
        " RETURNING failed"
    )
)
_OVER = [Statement(delete(table).where(table.c.until < bindparam("at"))) for table in (revoked_token, used_assertion)]
_DELETE_LOGINS = Statement(delete(failed_login).where(failed_login.c.last_at < bindparam("at")))


async def revoke_token(
    connection: Connection, token_id: str, kind: PrincipalKind, principal: UUID, until: datetime
) -> None:
    """Records until its expiry that the token is revoked."""
    await _REVOKE.execute(connection, token_id=token_id, principal_kind=str(kind), principal_id=principal, until=until)


async def use_assertion(connection: Connection, digest: bytes, until: datetime) -> bool:
    """Whether this is the assertion's first use."""
    return await _USE.fetchval(connection, digest=digest, until=until) is not None


@dataclass(frozen=True, slots=True)
class LoginFailures:
    """The wrong passwords before a login. `locked_until` is when it may be tried again from this network, `was_wrong`
    whether the account failed from it recently, `anywhere` how often it failed from all networks together."""

    locked_until: datetime
    was_wrong: bool
    anywhere: int


async def failures(connection: Connection, keys: LoginKeys) -> LoginFailures:
    """The stored failures under these keys."""
    digests = [keys.here, keys.anywhere, keys.place]
    rows = {bytes(row["email_digest"]): row for row in await _FAILURES.fetch(connection, digests=digests)}
    locks = [rows[key]["locked_until"] for key in (keys.here, keys.place) if key in rows]
    everywhere = rows.get(keys.anywhere)
    counts = everywhere is not None and (now() - everywhere["last_at"]).total_seconds() < FORGOTTEN_AFTER
    failed = everywhere["failed"] if everywhere is not None and counts else 0
    return LoginFailures(max(locks, default=_LONG_AGO), keys.here in rows, failed)


async def login_failed(connection: Connection, digest: bytes, free: int) -> int:
    """Counts a wrong password, and locks the digest's key after `free` in a row. Returns the count."""
    failed: int = await _FAIL.fetchval(
        connection,
        email_digest=digest,
        free=free,
        first=FIRST_LOCK,
        longest=LONGEST_LOCK,
        forgotten=FORGOTTEN_AFTER,
    )
    return failed


async def login_succeeded(connection: Connection, digest: bytes) -> None:
    """Deletes the earlier failures."""
    await _SUCCEED.execute(connection, email_digest=digest)


async def delete_expired(connection: Connection, at: datetime, logins_before: datetime) -> None:
    """Deletes expired revocations and used assertions, and failures older than `logins_before`."""
    for statement in _OVER:
        await statement.execute(connection, at=at)
    await _DELETE_LOGINS.execute(connection, at=logins_before)
