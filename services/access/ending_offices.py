"""The end of a country's last focal point: it suspends the accounts and clients that its focal points made."""

from collections.abc import Sequence

from sqlalchemy import Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.access.authority.grants.authority import lock_officials, roles_of_two
from services.access.authority.offices.operations import IN_OFFICE
from services.access.principals.accounts import operations as accounts
from services.access.principals.accounts import queries as account_queries
from services.access.principals.clients import queries as client_queries
from services.access.principals.clients.operations import CLIENTS
from services.access.suspending import suspend
from shared.auth.second_person import OFFICE
from shared.contracts import views
from shared.contracts.envelope import Fact
from shared.database.statements import Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.principal import PrincipalKind
from shared.records.access_scope import constant

_REASON = "the last focal point of the country ended"
_ended, _other = views.FOCAL_POINTS, views.FOCAL_POINTS.alias("other")
_WITHOUT_FOCAL_POINT = Statement(
    select(_ended.c.country)
    .where(
        _ended.c.id == any_(bindparam("keys", type_=ARRAY(Uuid))),
        ~select(_other.c.id)
        .where(
            _other.c.country == _ended.c.country,
            _other.c.status.in_([constant(status) for status in sorted(IN_OFFICE)]),
        )
        .exists(),
    )
    .distinct()
    .order_by(_ended.c.country)
)


async def suspend_without_focal_point(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    """Suspends what the focal points of a country made if none of them is in office now. A later focal point or the
    secretariat reinstates it. Accounts of the secretariat's administrators remain: suspending them takes two
    persons."""
    keys = sorted({fact.subject for fact in facts})
    for row in await _WITHOUT_FOCAL_POINT.fetch(uow.connection, keys=keys):
        await lock_officials(uow.connection, row["country"])
        for account in await account_queries.MADE.lock(uow.connection, row["country"]):
            if OFFICE not in await roles_of_two(uow.connection, PrincipalKind.ACCOUNT, account.id):
                await accounts.suspend(uow, account, _REASON)
        for client in await client_queries.MADE.lock(uow.connection, row["country"]):
            await suspend(uow, CLIENTS, client, _REASON)
