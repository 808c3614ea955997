"""Recording assessments."""

from dataclasses import replace

from services.actions.classification.codes import queries as codes
from services.actions.classification.schemes.domain import in_use
from services.actions.classification.schemes.operations import SCHEMES
from services.actions.classification.schemes.record import Scheme
from services.actions.classification.states import domain, queries
from services.actions.classification.states.record import Assessment
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Conflict, FieldError, invalid_field
from shared.records.documents import with_digests


async def record_assessment(uow: UnitOfWork, of: Scheme, new: Assessment) -> Scheme:
    """The locked edition with another assessment.

    Raises Conflict for a superseded edition and if the edition has this assessment, Invalid for codes that the edition
    lacks, a source that cannot be used, and beyond 50 assessments.
    """
    if of.status == "superseded":
        raise in_use()
    if new.assessment in of.assessments:
        detail = "The edition has this assessment."
        raise Conflict(detail, errors=[FieldError("not_unique", detail, pointer="/assessment")])
    if len(of.assessments) >= domain.MOST_ASSESSMENTS:
        raise invalid_field("", "too_long", f"An edition has at most {domain.MOST_ASSESSMENTS} assessments.")
    known = await codes.stored(uow.connection, of.id, [state["code"] for state in new.states])
    domain.check(new.states, known.keys())
    (source,) = await with_digests(uow, {"/source": new.source}, is_final=True)
    await queries.insert_assessment(uow.connection, of.id, replace(new, source=source))
    wanted = replace(of, assessments=[*of.assessments, new.assessment])
    return await SCHEMES.write(uow, "record_assessment", of, wanted, fact="updated")
