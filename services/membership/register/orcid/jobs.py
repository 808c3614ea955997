"""The import of the affiliations of an ORCID record."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from services.membership.register.experts.affiliation import AffiliationCreate
from services.membership.register.orcid import operations, queries
from services.membership.register.orcid.client import Orcid
from services.membership.register.orcid.domain import OrcidAffiliation
from services.membership.register.orcid.operations import IMPORT_JOB
from services.membership.settings import MembershipSettings
from shared.bulk.creators import principal_of
from shared.database.context import SYSTEM_CONTEXT
from shared.database.unit_of_work import Origin
from shared.messaging.job_run import JobHandlers, JobRun


def job_handlers(settings: MembershipSettings) -> JobHandlers:
    """The handler of the import."""

    async def import_orcid(run: JobRun) -> dict[str, Any]:
        """Reads the record, and writes in one transaction what it says."""
        orcid, expert = Orcid(settings), UUID(run.payload["expert"])
        origin = Origin(await principal_of(run.database, run.created_by), str(run.id))
        async with run.database.acquire() as connection:
            linked = await queries.linked_orcid(connection, expert)
        if linked is None:
            raise operations.not_linked()
        found = {one.put_code: _checked(one) for one in await orcid.affiliations(linked)}
        failed = [put_code for put_code, one in found.items() if one is None]
        async with run.unit_of_work(SYSTEM_CONTEXT, origin) as uow:
            valid = [one for one in found.values() if one]
            return {**await operations.synchronise(uow, expert, linked, valid, failed)}

    return {IMPORT_JOB: import_orcid}


def _checked(one: OrcidAffiliation) -> OrcidAffiliation | None:
    """The affiliation by the rules of bodies; None if it breaks them."""
    given = {"raw": one.raw, "role": one.role, "unit": one.unit, "from": one.starts, "to": one.ends}
    try:
        body = AffiliationCreate.model_validate(given)
    except ValidationError:
        return None
    return replace(one, raw=body.raw or "", role=body.role, unit=body.unit, starts=body.from_, ends=body.to)
