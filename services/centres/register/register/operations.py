"""What the register records of hosts and websites. Its entries about centres are appended by triggers."""

from collections.abc import Sequence
from uuid import UUID

from shared.contracts.envelope import Fact
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today

_FOLLOW = """
SELECT escm.centre_register_enter(chosen.c, $2, false) FROM (
    SELECT c FROM escm.centre_centre c
    WHERE c.{column} = ANY($1) AND c.registration_number IS NOT NULL ORDER BY c.id FOR UPDATE
) chosen
"""


async def follow_hosts(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    """A reaction: enters the centres whose hosts have another public name, or none any more."""
    hosts = sorted({fact.subject for fact in facts})
    await uow.connection.execute(_FOLLOW.format(column="host_institution_id"), hosts, today())


async def follow_website(uow: UnitOfWork, centre: UUID) -> None:
    """Enters a centre whose profile has another website."""
    await uow.connection.execute(_FOLLOW.format(column="id"), [centre], today())
