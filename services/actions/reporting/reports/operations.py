"""Writing reports: one function per verb, and the schedule of their lights.

Who changes a report's state takes the lock of its name; who writes a section or a comment shares it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services.actions.access import ROLES, without_delegation
from services.actions.independence import is_independent
from services.actions.plan.programmes.operations import PROGRAMMES
from services.actions.reporting.delegations.operations import end_with_report
from services.actions.reporting.report_comments.queries import open_comments
from services.actions.reporting.report_sections import domain as answered
from services.actions.reporting.report_sections import queries as sections
from services.actions.reporting.report_sections.record import ReportSection
from services.actions.reporting.report_templates import queries as templates
from services.actions.reporting.report_templates.domain import ACTION, PILLAR, questions_by_section
from services.actions.reporting.report_templates.record import ReportTemplate
from services.actions.reporting.reports import domain, queries
from services.actions.reporting.reports.expected import take_missing
from services.actions.reporting.reports.queries import ExpectedResult
from services.actions.reporting.reports.record import Contributor, Report
from services.actions.reporting.reports.tables import report
from shared.audit.entries import FieldChange
from shared.auth.independence import is_another, with_author
from shared.database.locks import lock_names
from shared.database.statements import Connection
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.errors import Conflict, FieldError, Forbidden
from shared.kernel.lifecycle import Fields
from shared.kernel.lights import unannounced
from shared.kernel.principal import Principal
from shared.questionnaires.answers import unanswered
from shared.questionnaires.template import Question
from shared.records.access_scope import AccessScope
from shared.records.documents import are_available
from shared.records.lights import announce_lights
from shared.records.references import NAMED_EXPERTS
from shared.records.requirements import permitted, require_visibility_change
from shared.records.resource_type import ResourceType, TransitionRequest

REPORTS: ResourceType[Report, domain.ReportGuardContext] = ResourceType.of(Report, report, domain.LIFECYCLE)
_OF_AUTHORS = frozenset({"update", "submit", "discard"})


def lock_of(key: UUID) -> str:
    """The name of the lock on a report's state."""
    return f"report {key}"


def is_by_delegation(access: AccessScope, verb: str, country: str, key: UUID) -> bool:
    """Whether only a delegation of a report of this country and id permits a verb on the report or on its parts."""
    rest = without_delegation(access.principal, key).permission_scope(ROLES, access.resource.name, verb)
    return access.may(verb, country, key) and not rest.covers(country, key)


def not_delegated() -> Forbidden:
    """The refusal of what is not delegated."""
    return Forbidden("Only sections of the report are delegated to you.", code="not_delegated")


async def update(uow: UnitOfWork, access: AccessScope, before: Report, wanted: Report) -> Report:
    """Updates visibility, the contributors while the authors have the report, and its last day until the period was
    reported, so that nobody changes afterwards what was in time.

    Raises Forbidden `not_delegated` for whom sections are delegated to, Conflict in another state and for a last day of
    what was reported, Invalid for an unknown contributor.
    """
    if is_by_delegation(access, "update", before.country, before.id):
        raise not_delegated()
    require_visibility_change(access, before, wanted)
    if (wanted.due_on, wanted.contributors) != (before.due_on, before.contributors):
        if before.status not in domain.AWAITED:
            raise Conflict("A submitted report does not change.", members={"current_state": before.status})
        if wanted.due_on != before.due_on and before.reported_at is not None:
            raise Conflict("The period was reported; its last day stays.", members={"reason": "already_reported"})
        experts = await experts_in(uow, wanted.contributors, before.expert_ids)
        wanted = replace(wanted, expert_ids=experts, authors=with_author(before.authors, uow.origin.actor))
    after = await REPORTS.update(uow, before, wanted)
    if after.visibility != before.visibility:
        await queries.show_sections(uow.connection, after.id, after.visibility)
    return after


async def experts_in(uow: UnitOfWork, contributors: Sequence[Contributor], known: Sequence[UUID] = ()) -> list[UUID]:
    """The experts among contributors. Raises Invalid for one that the actor may not know of, and that is not `known`
    as a contributor."""
    named = {
        f"/contributors/{place}/person/expert_id": UUID(key)
        for place, one in enumerate(contributors)
        if (key := one["person"]["expert_id"]) is not None
    }
    await NAMED_EXPERTS.require(uow, {at: key for at, key in named.items() if key not in known})
    return sorted(set(named.values()))


async def transition(uow: UnitOfWork, access: AccessScope, before: Report, requested: TransitionRequest) -> Report:
    """Applies one transition. A published report supersedes the one that it replaces; delegations end with it, and its
    sections are shown to whom it is.

    Raises what `Lifecycle.advance` raises; `answers_missing`, `prefill_unconfirmed` and `results_missing` name each
    place. Raises Forbidden `not_delegated` for whom sections are delegated to.
    """
    verb, may, at = requested.action, permitted(access, before), now()
    if verb in _OF_AUTHORS and is_by_delegation(access, verb, before.country, before.id):
        raise not_delegated()
    await lock_names(uow.connection, lock_of(before.id))
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    figures = None
    if verb == "submit":
        figures = await queries.figures_of(uow.connection, before, at)
    if verb == "publish" and before.replaces_id is not None:
        REPORTS.lifecycle.advance(before.status, verb, guard_context, may, fields=requested.fields)
        await _supersede(uow, before.replaces_id, before)

    def effects(target: str) -> Report:
        match target:
            case "submitted":
                authors = with_author(before.authors, uow.origin.actor)
                reported_at = before.reported_at or at
                return replace(before, figures=figures, submitted_at=at, reported_at=reported_at, authors=authors)
            case "published":
                return replace(before, published_at=at)
        return before

    try:
        after = await REPORTS.apply_transition(uow, before, requested, guard_context, may, effects)
    except Conflict as refusal:
        refusal.errors = await _places(uow.connection, before, refusal.members.get("reason"))
        raise
    if after.visibility != before.visibility:
        await queries.show_sections(uow.connection, after.id, after.visibility)
    if after.status in domain.ENDING:
        await end_with_report(uow, after.id)
    return after


def may_take(access: AccessScope, of: Report) -> Callable[[str], bool]:
    """Whether the caller may request a verb: whom sections are delegated to does not submit or discard the report."""
    may = permitted(access, of)
    return lambda verb: may(verb) and not (verb in _OF_AUTHORS and is_by_delegation(access, verb, of.country, of.id))


async def _supersede(uow: UnitOfWork, key: UUID, by: Report) -> None:
    before = await REPORTS.lock(uow, key)
    if before.status == "published":
        await REPORTS.apply_scheduled(uow, before, "supersede", replace(before, superseded_by=by.id))


@dataclass(frozen=True, slots=True)
class _Contents:
    """The sections of a report with what they are asked, and the results that are expected."""

    template: ReportTemplate
    sections: Sequence[ReportSection]
    asked: Mapping[str, Sequence[Question]]
    expected: Sequence[ExpectedResult]

    @property
    def missing_answers(self) -> list[FieldError]:
        return list(answered.missing_answers(self.sections, self.asked))

    @property
    def missing_confirmations(self) -> list[FieldError]:
        return answered.confirmations_missing(self.sections)

    @property
    def missing_results(self) -> list[FieldError]:
        """An error for each required question about results that were not all submitted."""
        repeats = {section["key"]: section["repeat"] for section in self.template.sections}
        return [
            replace(
                unanswered("answers", question["key"]),
                detail="A result that is due was not submitted.",
                pointer=f"{answered.pointer_of(section)}/answers/{question['key']}",
            )
            for section in self.sections
            for question in self.asked[section.key]
            if question["type"] == "results" and question["required"]
            if any(not one.is_reported for one in self._about(section.item, repeats[section.key]))
        ]

    def _about(self, item: str | None, repeat: str | None) -> Sequence[ExpectedResult]:
        """The results that a section is about; the country reports none for a single action."""
        if repeat is None:
            return self.expected
        if repeat == ACTION:
            return ()
        return [one for one in self.expected if item == (one.pillar if repeat == PILLAR else str(one.indicator_id))]


async def _contents(connection: Connection, of: Report) -> _Contents:
    template = await templates.get(connection, of.template_id)
    if template is None:
        raise LookupError(f"report {of.id} has no template")
    found = await sections.of_report(connection, of.id)
    expected = await queries.expected_results(connection, of.country, of.period_id)
    return _Contents(template, found, questions_by_section(template.sections), expected)


async def _places(connection: Connection, of: Report, reason: object) -> tuple[FieldError, ...]:
    """Where in the report that is missing for which it is not submitted."""
    if reason not in ("answers_missing", "prefill_unconfirmed", "results_missing"):
        return ()
    contents = await _contents(connection, of)
    places = {
        "answers_missing": contents.missing_answers,
        "prefill_unconfirmed": contents.missing_confirmations,
        "results_missing": contents.missing_results,
    }
    return tuple(places[str(reason)])


async def load_guard_context(
    connect: Connect, principal: Principal, record: Report, _fields: Fields
) -> domain.ReportGuardContext:
    """Loads the inputs of the guards for this caller and this report, as far as its state needs them."""
    async with connect() as connection:
        if record.status in domain.AWAITED:
            contents = await _contents(connection, record)
            documents = [document for section in contents.sections for document in section.answered]
            return domain.ReportGuardContext(
                is_answered=not contents.missing_answers,
                is_confirmed=not contents.missing_confirmations,
                has_results=not contents.missing_results,
                is_evidence_available=await are_available(connection, documents),
            )
        if record.status != "in_review":
            return domain.ReportGuardContext()
        authors = await authors_of(connection, record)
        comments = await open_comments(connection, record.id)
    return domain.ReportGuardContext(
        is_another=await is_another(connect, principal, authors),
        is_independent=await is_independent(connect, principal, record.country, ()),
        has_open_comments=comments.are_to_be_answered,
    )


async def authors_of(connection: Connection, of: Report) -> set[UUID]:
    """The accounts and clients that wrote a report or one of its sections, and the accounts of its contributors."""
    written = {author for section in await sections.of_report(connection, of.id) for author in section.authors}
    return {*of.authors, *written, *await queries.accounts_of(connection, of.expert_ids)}


async def apply_scheduled(uow: UnitOfWork) -> None:
    """Announces each light that a late report has entered, once."""
    day = today()
    late = await queries.lock_unannounced(uow.connection, day)
    await announce_lights(uow, REPORTS, late, lambda one: unannounced(domain.light_of(one, day), one.announced))


async def remind(uow: UnitOfWork) -> None:
    """Announces that reports are due soon or late, once for each report and day of a reminder; at most 2,500."""
    day = today()
    for one in await queries.take_reminded(uow.connection, day):
        REPORTS.record_change(uow, "remind", one, one, domain.reminder_of(one.due_on, day))


async def remind_of_missing(uow: UnitOfWork) -> None:
    """Announces that programmes owe reports which nobody has begun, soon or late: once for each programme, period and
    day of a reminder; at most 10 periods. The audit entry names the period."""
    day = today()
    for owing, period, due_on in await take_missing(uow.connection, day):
        about: FieldChange = {"pointer": "/period", "before": None, "after": period}
        PROGRAMMES.record_change(uow, "remind", owing, owing, domain.reminder_of(due_on, day), more=(about,))
