"""The demonstration's secretariat client. On a laptop it may take transitions alone that otherwise need two persons: it
names the second person, and it verifies its own claims. No other principal may."""

from sqlalchemy import bindparam, select

from shared.configuration.settings import variable
from shared.contracts import views
from shared.database.statements import Connection, Statement
from shared.kernel.principal import Principal, PrincipalKind

_IS_IT = Statement(select(views.DEMONSTRATION.c.id).where(views.DEMONSTRATION.c.id == bindparam("client")).limit(1))


async def acts_alone(connection: Connection, principal: Principal) -> bool:
    """Whether this is the demonstration's secretariat client and the environment is `laptop`.

    An API key of that client does not count.
    """
    if principal.kind is not PrincipalKind.CLIENT or (variable("ESCM_ENVIRONMENT") or "laptop") != "laptop":
        return False
    return await _IS_IT.fetchval(connection, client=principal.id) is not None
