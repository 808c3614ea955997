"""Making and opening addresses of break-glass.

The account belongs to nobody. It has no password, no factor and no link, and is suspended while no session of it lives.
"""

from dataclasses import replace

from services.access.access import WantedGrant
from services.access.authority.grants import operations as grants
from services.access.authority.grants.queries import living
from services.access.principals.accounts import operations as accounts
from services.access.principals.accounts.operations import ACCOUNTS
from services.access.principals.accounts.record import Account
from services.access.principals.sessions.domain import digest
from services.access.signing_in.break_glass import domain, queries
from services.access.signing_in.browsers import operations as browsers
from services.access.signing_in.browsers.operations import How
from services.access.signing_in.browsers.queries import SignedIn
from shared.database.ids import uuid7
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now, to_text
from shared.kernel.errors import NotFound, invalid_field
from shared.kernel.principal import BREAK_GLASS, Principal, PrincipalKind
from shared.kernel.step_up import Level
from shared.mail.outbox import post
from shared.mail.sealing import Mail, MailSeal

_ROLE = "secretariat_admin"


async def make(uow: UnitOfWork, reason: str) -> str:
    """The code of a new address; earlier ones that nobody opened end. Raises Invalid without a reason."""
    why = " ".join(reason.split())
    if not 0 < len(why) <= domain.LONGEST_REASON:
        raise invalid_field("/reason", "invalid_length", f"A reason has 1 to {domain.LONGEST_REASON} characters.")
    at, code = now(), domain.new_code()
    account = await _account(uow)
    await queries.end_others(uow.connection, at)
    await queries.add(
        uow.connection, id=uuid7(), digest=digest(code), reason=why, made_at=at, until=at + domain.LIFE
    )  # fmt: skip
    await ACCOUNTS.write(uow, "make_break_glass", account, account, fact="updated", reason=why)
    return code


async def _account(uow: UnitOfWork) -> Account:
    """The account, locked, with its role."""
    try:
        found = await ACCOUNTS.lock(uow, BREAK_GLASS)
    except NotFound:
        new = ACCOUNTS.new({"id": BREAK_GLASS, "email": domain.EMAIL, "name": domain.NAME, "language": "en"})
        entered = await accounts.insert(uow, new)
        found = await _suspended(uow, entered, "until an address is opened")
    if not any(one.role == _ROLE and one.scope_kind == "global" for one in await living(uow.connection, BREAK_GLASS)):
        wanted = WantedGrant(_ROLE, "global", None, "account", BREAK_GLASS)
        await grants.insert(uow, wanted, reason="set up by the operator")
    return found


async def open_session(uow: UnitOfWork, seal: MailSeal, code: str, before: SignedIn | None) -> str | None:
    """Opens the session of a browser for the code of an address, and mails all administrators. Returns the cookie; None
    for a code that is unknown, over or used."""
    at = now()
    address = await queries.take(uow.connection, digest(code), at)
    if address is None:
        return None
    uow.origin = replace(uow.origin, actor=Principal(PrincipalKind.ACCOUNT, BREAK_GLASS, domain.NAME))
    account = await ACCOUNTS.lock(uow, BREAK_GLASS)
    usable = replace(account, status="active", suspended_by=None, previous_status=None)
    await ACCOUNTS.write(uow, "use_break_glass", account, usable, fact="break_glass_used", reason=address.reason)
    ends = at + domain.SESSION
    how = How(Level.TWO_FACTORS, (domain.METHOD,), at=at, ends_at=ends)
    cookie, session = await browsers.open_in_browser(uow, BREAK_GLASS, before, how)
    await queries.use(uow.connection, address.id, session.id, at)
    values = {"reason": address.reason, "at": to_text(at)[:16].replace("T", " "), "until": f"{ends:%H:%M}"}
    for one in await queries.administrators(uow.connection, at):
        post(uow, seal, "access", Mail(one["email"], domain.TEMPLATE, one["language"], {**values, "name": one["name"]}))
    return cookie


async def close(uow: UnitOfWork) -> None:
    """Suspends the account if no session of it lives, and deletes old addresses."""
    at = now()
    await queries.delete_old(uow.connection, at - domain.RETENTION)
    try:
        account = await ACCOUNTS.lock(uow, BREAK_GLASS)
    except NotFound:
        return
    if account.status == "active" and not await queries.is_in_use(uow.connection, at):
        await _suspended(uow, account, "no session is open")


async def _suspended(uow: UnitOfWork, account: Account, reason: str) -> Account:
    suspended = replace(account, status="suspended", suspended_by="secretariat", previous_status="active")
    return await ACCOUNTS.write(uow, "suspend", account, suspended, fact="suspended", reason=reason)
