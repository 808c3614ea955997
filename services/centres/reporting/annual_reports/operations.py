"""Writing reports: one function per verb, what follows from terms, and the schedule of lights."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.centres.questions.report_templates import queries as templates
from services.centres.questions.report_templates.record import ReportTemplate
from services.centres.reporting.annual_reports import domain, queries
from services.centres.reporting.annual_reports.domain import Period
from services.centres.reporting.annual_reports.record import AnnualReport
from services.centres.reporting.annual_reports.tables import annual_report
from shared.database.statements import Connection
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import Conflict, Invalid, invalid_field, unknown_reference
from shared.kernel.lifecycle import Fields, given
from shared.kernel.lights import unannounced
from shared.kernel.principal import Principal
from shared.questionnaires import answers
from shared.questionnaires.answers import Answer
from shared.questionnaires.template import Question, questions_of
from shared.records.access_scope import AccessScope
from shared.records.documents import are_available, with_changed_digests
from shared.records.lights import announce_lights
from shared.records.record import Document
from shared.records.references import NAMED_CENTRES
from shared.records.requirements import permitted, require, require_publishing, require_visibility_change
from shared.records.resource_type import ResourceType, TransitionRequest

REPORTS: ResourceType[AnnualReport, domain.ReportGuardContext] = ResourceType.of(
    AnnualReport, annual_report, domain.LIFECYCLE
)
_UNASKED = "The report has no questions before `start`."


async def create(uow: UnitOfWork, access: AccessScope, new: AnnualReport) -> AnnualReport:
    """Inserts a report about a calendar year, for years before the centre's first term in the register.

    Raises Invalid for a centre that the caller may not know of, Forbidden outside the grants, Conflict for a second
    report about a year.
    """
    await NAMED_CENTRES.require(uow, {"/centre_id": new.centre_id})
    centre = await queries.centre_named(uow.connection, new.centre_id)
    if centre is None:
        raise unknown_reference("/centre_id", "centre")
    require(access, "create", centre["country"], centre["id"])
    require_publishing(access, new.visibility, centre["country"], centre["id"])
    period = Period(date(new.year, 1, 1), date(new.year, 12, 31))
    if new.due < period.ends:
        raise invalid_field("/due", "invalid_date", "A report is due after its year.")
    report = _report(centre["country"], new.centre_id, period)
    return await REPORTS.insert(uow, replace(report, due=new.due, visibility=new.visibility))


async def open_reports(
    uow: UnitOfWork,
    centre: UUID,
    country: str,
    term: UUID,
    starts: date,
    ends: date,
    *,
    are_earlier_known: bool = False,
) -> None:
    """Inserts the reports that a term owes, one for each of its years. `are_earlier_known`: what is late already when
    it is entered is not announced, and proposes no suspension."""
    for number, period in enumerate(domain.periods_of(starts, ends), start=1):
        announced = domain.ENTERED_LATE if are_earlier_known and period.due < today() else None
        report = _report(country, centre, period)
        await REPORTS.insert(uow, replace(report, term_id=term, number=number, announced=announced))


async def open_final_report(uow: UnitOfWork, centre: UUID, country: str, term: UUID, starts: date, ends: date) -> None:
    """Inserts the final report that a centre owes for its term, until the last day of the term."""
    final = replace(_report(country, centre, Period(starts, ends)), kind=domain.FINAL, due=ends, term_id=term)
    await REPORTS.insert(uow, final)


async def waive_by_closure(uow: UnitOfWork, centre: UUID, day: date) -> None:
    """Waives the reports of a centre that closes on this day, for periods that have not begun on it, and the final
    report, which only a renewal needs."""
    for before in await queries.lock_not_owed(uow.connection, centre, day):
        await REPORTS.apply_scheduled(uow, before, "waive_by_closure")


async def waive_by_renewal(uow: UnitOfWork, centre: UUID) -> None:
    """Waives the final report that a centre owed for the term before a renewal, which was decided without it."""
    for before in await queries.lock_final(uow.connection, centre):
        await REPORTS.apply_scheduled(uow, before, "waive_by_renewal")


def _report(country: str, centre: UUID, period: Period) -> AnnualReport:
    return replace(
        REPORTS.new(domain.EMPTY),
        status="due",
        country=country,
        visibility="network",
        centre_id=centre,
        kind=domain.ANNUAL,
        year=period.ends.year,
        period_starts=period.starts,
        period_ends=period.ends,
        due=period.due,
    )


async def update(uow: UnitOfWork, access: AccessScope, before: AnnualReport, wanted: AnnualReport) -> AnnualReport:
    """Updates answers, figures, documents and visibility; the first three of a draft only. A changed answer needs no
    confirmation.

    Raises Conflict in another state, Invalid for what is no answer to the questions, Forbidden for a visibility that
    the caller may not set.
    """
    require_visibility_change(access, before, wanted)
    if (wanted.answers, wanted.figures, wanted.documents) != (before.answers, before.figures, before.documents):
        if before.status != "draft":
            raise Conflict(_UNASKED if before.status == "due" else "A submitted report does not change.")
        questions = await _questions(uow.connection, before)
        faults = answers.faults(questions, wanted.answers, "answers")
        if faults := [*faults, *answers.faults(questions, wanted.figures, "figures")]:
            raise Invalid("Not answers to the questions; see errors.", errors=faults)
        wanted = await _with_digests(uow, before, wanted)
        changed = {key for key in before.prefilled if before.answers.get(key) != wanted.answers.get(key)}
        confirmed = [key for key in before.prefilled if key not in changed]
        wanted = _counted(replace(wanted, prefilled=confirmed), questions)
    return await REPORTS.update(uow, before, wanted)


async def transition(
    uow: UnitOfWork, access: AccessScope, before: AnnualReport, requested: TransitionRequest
) -> AnnualReport:
    """Applies one transition. Raises what `Lifecycle.advance` raises; `answers_missing` names each question."""
    label = uow.origin.actor.label
    template = await _template(uow.connection, before)
    questions = questions_of(template.sections) if template else []
    guard_context = await _guard_context(uow.connection, before, requested.fields, template)
    earlier = await queries.accepted_before(uow.connection, before) if requested.action == "start" else None

    def effects(_target: str) -> AnnualReport:
        match requested.action:
            case "start" if template is not None:
                return _started(before, template, questions, earlier)
            case "submit":
                return replace(before, prefilled=[], comments={}, submitted_on=today(), submitted_by=label)
            case "accept":
                return _accepted(before, questions)
            case "return":
                return replace(before, comments=given(requested.fields, "comments", dict) or {})
            case "reopen":
                return replace(before, accepted_on=None, public_answers={}, public_figures={})
        return before

    try:
        return await REPORTS.apply_transition(uow, before, requested, guard_context, may_take(access, before), effects)
    except Conflict as refusal:
        if refusal.members.get("reason") == "answers_missing":
            refusal.errors = tuple(answers.missing(questions, before.answers, before.figures))
        raise


def may_take(access: AccessScope, report: AnnualReport) -> Callable[[str], bool]:
    """Whether the caller may request a verb: whoever submitted a report does not accept it."""
    is_own = report.submitted_by == access.principal.label
    may = permitted(access, report)
    return lambda verb: may(verb) and not (verb == "accept" and is_own)


def _started(
    before: AnnualReport, template: ReportTemplate, questions: list[Question], earlier: AnnualReport | None
) -> AnnualReport:
    copied = answers.prefilled(questions, earlier.answers) if earlier else {}
    fits = {fault.pointer for fault in answers.faults(questions, copied, "answers")}
    copied = {key: answer for key, answer in copied.items() if f"/answers/{key}" not in fits}
    asked = replace(before, template_id=template.id, template_version=template.template_version)
    return _counted(replace(asked, answers=copied, prefilled=sorted(copied)), questions)


def _accepted(before: AnnualReport, questions: list[Question]) -> AnnualReport:
    return replace(
        before,
        accepted_on=today(),
        public_answers=answers.public(questions, before.answers),
        public_figures=answers.public(questions, before.figures),
    )


def _counted(report: AnnualReport, questions: list[Question]) -> AnnualReport:
    missing = len(answers.missing(questions, report.answers, report.figures))
    return replace(report, required=sum(one["required"] for one in questions), missing=missing)


async def load_guard_context(
    connect: Connect, _principal: Principal, record: AnnualReport, fields: Fields
) -> domain.ReportGuardContext:
    """Loads the inputs of the guards for this caller and this report."""
    async with connect() as connection:
        template = await _template(connection, record) if record.status == "due" else None
        return await _guard_context(connection, record, fields, template)


async def _guard_context(
    connection: Connection, record: AnnualReport, fields: Fields, template: ReportTemplate | None
) -> domain.ReportGuardContext:
    is_available = record.status != "draft" or await are_available(connection, _documents(record).values())
    return domain.ReportGuardContext(
        today=today(),
        opens=domain.opens(record),
        has_template=template is not None,
        is_complete=not record.missing,
        is_evidence_available=is_available,
        is_unconfirmed=bool(record.prefilled) and not given(fields, "confirm_prefilled", bool),
    )


async def apply_scheduled(uow: UnitOfWork) -> None:
    """Announces each light that a late report has entered, once."""
    day = today()
    late = await queries.lock_unannounced(uow.connection, day)
    await announce_lights(uow, REPORTS, late, lambda one: unannounced(domain.light_of(one, day), one.announced))


async def remind(uow: UnitOfWork) -> None:
    """Announces that reports are due soon or late, once for each report and day of a reminder; at most 2,500."""
    day = today()
    for one in await queries.take_reminded(uow.connection, day):
        REPORTS.record_change(uow, "remind", one, one, "report_due" if day <= one.due else "report_late")


async def _template(connection: Connection, report: AnnualReport) -> ReportTemplate | None:
    """The questions of the report; before `start` those that it will have."""
    if report.template_id is None:
        return await templates.active(connection, domain.TEMPLATES[report.kind])
    return await templates.get(connection, report.template_id)


async def _questions(connection: Connection, report: AnnualReport) -> list[Question]:
    template = await _template(connection, report)
    return questions_of(template.sections) if template else []


def _documents(report: AnnualReport) -> dict[str, Document]:
    """The documents by their pointers: those among the answers, and further ones."""
    named = {f"/answers/{key}": answer for key, answer in report.answers.items() if isinstance(answer, Mapping)}
    return named | {f"/documents/{place}": document for place, document in enumerate(report.documents)}


async def _with_digests(uow: UnitOfWork, before: AnnualReport, wanted: AnnualReport) -> AnnualReport:
    named = await with_changed_digests(uow, _documents(wanted), _documents(before))
    given_answers: dict[str, Answer] = {
        key: named.get(f"/answers/{key}", answer) for key, answer in wanted.answers.items()
    }
    documents = [named[f"/documents/{place}"] for place in range(len(wanted.documents))]
    answered = [answer for answer in given_answers.values() if isinstance(answer, Mapping)]
    return replace(wanted, answers=given_answers, documents=documents, answered=answered)
