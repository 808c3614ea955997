"""What the register records of hosts. Its entries about centres are appended by triggers."""

from collections.abc import Sequence

from shared.contracts.envelope import Fact
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today

_FOLLOW = """
SELECT escm.centre_register_enter(hosted.c, $2, false) FROM (
    SELECT c FROM escm.centre_centre c
    WHERE c.host_institution_id = ANY($1) AND c.registration_number IS NOT NULL ORDER BY c.id FOR UPDATE
) hosted
"""


async def follow_hosts(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    """A reaction: enters the centres whose hosts have another public name, or none any more."""
    await uow.connection.execute(_FOLLOW, sorted({fact.subject for fact in facts}), today())
