"""Finding the certificates in force of the people with an address."""

from collections.abc import Sequence

from sqlalchemy import Text, bindparam, func, or_, select

from services.membership.certificates.certificates.tables import certificate
from services.membership.register.experts.record import EmailAddress
from services.membership.register.experts.tables import expert
from shared.contracts import views
from shared.database.statements import Connection, Row, Statement
from shared.kernel.text import email_key
from shared.records.access_scope import constant

_MOST = 100
_key = bindparam("key", type_=Text)
_known = func.escm.member_expert_with_email(_key).table_valued("id").render_derived(name="known")
_account = views.ACCOUNTS
_is_account = (_account.c.email_key == _key) & _account.c.is_verified
_of_account = select(_account.c.email).where(_is_account, _account.c.id == expert.c.account_id).scalar_subquery()
_accounts = select(_account.c.id).where(_is_account)
_WITH_ADDRESS = Statement(
    select(
        *(certificate.c[name] for name in ("ref", "paper_number", "kind", "code")),
        expert.c.display_name,
        expert.c.languages,
        expert.c.emails,
        _of_account.label("of_account"),
    )
    .join(expert, expert.c.id == certificate.c.expert_id)
    .where(
        certificate.c.status == constant("issued"),
        or_(expert.c.id.in_(select(_known.c.id)), expert.c.account_id.in_(_accounts)),
        expert.c.merged_into.is_(None),
        expert.c.restricted_at.is_(None),
    )
    .order_by(certificate.c.id.desc())
    .limit(_MOST)
)


async def certificates_of(connection: Connection, address: str) -> list[tuple[str, Row]]:
    """The certificates that are issued to experts for whom this address was verified, in their records or as that of
    their accounts: the newest 100, each with the address as it stands there. Needs a context that may read every
    row."""
    key = email_key(address)
    rows = await _WITH_ADDRESS.fetch(connection, key=key)
    return [(found, row) for row in rows if (found := row["of_account"] or _verified(row["emails"], key))]


def _verified(emails: Sequence[EmailAddress], key: str) -> str | None:
    return next((one["value"] for one in emails if one.get("verified") and email_key(one["value"]) == key), None)
