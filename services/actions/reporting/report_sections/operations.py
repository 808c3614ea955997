"""Writing sections of reports. The callers hold the report in its state."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from services.actions.classification.codes.operations import require_known_codes
from services.actions.reporting.report_sections import queries
from services.actions.reporting.report_sections.domain import DRAFT, EMPTY, LIFECYCLE
from services.actions.reporting.report_sections.record import ReportSection
from services.actions.reporting.report_sections.tables import section
from shared.auth.independence import with_author
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import FieldError, Invalid, VersionConflict, pointer_to
from shared.questionnaires import answers
from shared.questionnaires.answers import Answer
from shared.questionnaires.template import OF_RECORDS, Question
from shared.records.documents import with_changed_digests
from shared.records.record import Document
from shared.records.resource_type import ResourceType

SECTIONS: ResourceType[ReportSection, None] = ResourceType.of(ReportSection, section, LIFECYCLE)


async def lock(uow: UnitOfWork, report: UUID, key: str, item: str | None, version: int) -> ReportSection:
    """The section at this version, locked. Raises VersionConflict."""
    found = await queries.lock(uow.connection, report, key, item)
    if found is None or found.version != version:
        raise VersionConflict("The record changed in the meantime.")
    return found


async def update(
    uow: UnitOfWork, before: ReportSection, wanted: ReportSection, questions: Sequence[Question]
) -> ReportSection:
    """Updates a locked section. A changed answer is not a copied one any more, and a section with answers is not empty.

    Raises Invalid for what is no answer to the questions, and for an unknown record, file or code.
    """
    if faults := answers.faults(questions, wanted.answers, "answers"):
        raise Invalid("Not answers to the questions; see errors.", errors=faults)
    await _require_records(uow, before, wanted, questions)
    if wanted.codes != before.codes:
        await require_known_codes(uow, "codes", wanted.codes)
    if wanted.answers != before.answers:
        wanted = await _with_digests(uow, before, wanted)
        same = [key for key in before.prefilled if before.answers.get(key) == wanted.answers.get(key)]
        wanted = replace(wanted, prefilled=same)
    if wanted.answers and wanted.state == before.state == EMPTY:
        wanted = replace(wanted, state=DRAFT)
    if wanted != before:
        wanted = replace(wanted, authors=with_author(before.authors, uow.origin.actor))
    return await SECTIONS.update(uow, before, wanted)


async def _require_records(
    uow: UnitOfWork, before: ReportSection, wanted: ReportSection, questions: Sequence[Question]
) -> None:
    """Raises Invalid `unknown_reference` for an answer that names another record than one of the country."""
    named = {
        (question["key"], place): (question["type"], str(key))
        for question in questions
        if question["type"] in OF_RECORDS and wanted.answers.get(question["key"]) != before.answers.get(question["key"])
        for place, key in enumerate(_listed(wanted.answers.get(question["key"])))
    }
    if not named:
        return
    known = await queries.known_records(uow.connection, before.country, [UUID(key) for _, key in named.values()])
    faults = [
        FieldError("unknown_reference", "The country has no such record.", pointer=pointer_to("answers", *place))
        for place, (kind, key) in named.items()
        if key not in known[kind]
    ]
    if faults:
        raise Invalid("An answer names an unknown record; see errors.", errors=faults)


def _listed(answer: Answer | None) -> Sequence[str]:
    return answer if isinstance(answer, list) else ()


def _documents(of: ReportSection) -> dict[str, Document]:
    """The documents among the answers, by their pointers."""
    return {pointer_to("answers", key): answer for key, answer in of.answers.items() if isinstance(answer, Mapping)}


async def _with_digests(uow: UnitOfWork, before: ReportSection, wanted: ReportSection) -> ReportSection:
    documents = await with_changed_digests(uow, _documents(wanted), _documents(before))
    given = {key: documents.get(pointer_to("answers", key), answer) for key, answer in wanted.answers.items()}
    return replace(wanted, answers=given, answered=list(documents.values()))
