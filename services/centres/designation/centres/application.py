"""The answers of an application to the questions of the active template, and what its submission needs."""

from collections.abc import Mapping

from services.centres.designation.centres.domain import PARTS, ForSubmission
from services.centres.designation.centres.record import Centre
from services.centres.questions.report_templates import queries as templates
from services.centres.questions.report_templates.domain import APPLICATION
from shared.database.statements import Connection
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Invalid
from shared.questionnaires.answers import Answer, faults, open_questions
from shared.questionnaires.template import Question, questions_of
from shared.records.documents import are_available, with_changed_digests
from shared.records.record import Document
from shared.records.rows import with_columns

ANSWERS = "application_answers"


async def _questions(connection: Connection) -> list[Question]:
    """The questions of the active template of applications; none without one. Numbers that are figures are answered as
    the others."""
    template = await templates.active(connection, APPLICATION)
    return [{**question, "figure": False} for question in questions_of(template.sections)] if template else []


async def with_answers(uow: UnitOfWork, wanted: Centre, before: Centre | None) -> Centre:
    """The centre, whose documents among the answers have the digests of the files that they name. Answers that do not
    change are not examined.

    Raises Invalid for what is no answer to the questions, and what `with_changed_digests` raises.
    """
    earlier = before.application_answers if before else {}
    changed = {key: answer for key, answer in wanted.application_answers.items() if earlier.get(key) != answer}
    if found := faults(await _questions(uow.connection), changed, ANSWERS) if changed else []:
        raise Invalid("Not answers to the questions; see errors.", errors=found)
    named = await with_changed_digests(uow, _named(wanted.application_answers), _named(earlier))
    answers = {key: named.get(f"/{ANSWERS}/{key}", one) for key, one in wanted.application_answers.items()}
    documents: list[Document] = [answer for answer in answers.values() if isinstance(answer, Mapping)]
    return with_columns(wanted, {ANSWERS: answers, "application_documents": documents})


def _named(answers: Mapping[str, Answer]) -> dict[str, Document]:
    return {f"/{ANSWERS}/{key}": answer for key, answer in answers.items() if isinstance(answer, Mapping)}


async def for_submission(connection: Connection, record: Centre) -> ForSubmission:
    """What the application has of what its submission needs."""
    asked = await _questions(connection)
    return ForSubmission(
        parts=frozenset(name for name in PARTS if getattr(record, name) is not None),
        questions=asked,
        unanswered=open_questions(asked, record.application_answers),
        are_documents_available=await are_available(connection, _documents_of(record)),
    )


def _documents_of(centre: Centre) -> list[Document | None]:
    return [centre.terms_of_reference, centre.work_plan, centre.host_letter, *centre.application_documents]
