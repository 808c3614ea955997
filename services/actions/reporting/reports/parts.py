"""Writing the sections, delegations and comments of a report: each while the report stays in its state."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

from services.actions.reporting.delegations import operations as delegations
from services.actions.reporting.delegations.domain import sections_of
from services.actions.reporting.delegations.queries import assignments
from services.actions.reporting.delegations.record import Delegation
from services.actions.reporting.report_comments import operations as comments
from services.actions.reporting.report_comments.domain import OF_COMMENTER
from services.actions.reporting.report_comments.record import ReportComment
from services.actions.reporting.report_sections import operations as answered
from services.actions.reporting.report_sections import queries as sections
from services.actions.reporting.report_sections.record import ReportSection
from services.actions.reporting.report_templates import queries as templates
from services.actions.reporting.report_templates.domain import questions_by_section
from services.actions.reporting.reports import domain, queries
from services.actions.reporting.reports.operations import is_by_delegation, lock_of, not_delegated
from services.actions.reporting.reports.record import Report
from shared.database.locks import share_names
from shared.database.statements import Connection
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Conflict, NotFound, invalid_field
from shared.questionnaires.template import Question
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted, require
from shared.records.resource_type import TransitionRequest

_ADMIN = frozenset({"secretariat_admin"})


async def require_section(
    connection: Connection, access: AccessScope, verb: str, country: str, report: UUID, key: str
) -> None:
    """Raises Forbidden `not_delegated` if only a delegation permits the verb, and it does not include the section."""
    if not is_by_delegation(access, verb, country, report):
        return
    if key not in sections_of(access.principal.account_id, await assignments(connection, report)):
        raise not_delegated()


async def questions_of_section(connection: Connection, template: UUID, key: str) -> Sequence[Question]:
    """What a section of a report with this template is asked."""
    found = await templates.get(connection, template)
    return questions_by_section(found.sections)[key] if found else ()


async def write_section(
    uow: UnitOfWork, access: AccessScope, report: UUID, before: ReportSection, wanted: ReportSection
) -> ReportSection:
    """Writes a section while the authors have the report. `access` is the access scope for sections.

    Raises Forbidden `not_delegated`, Conflict in another state, Invalid for what is no answer to the questions,
    VersionConflict.
    """
    await require_section(uow.connection, access, "update", before.country, report, before.key)
    of = await _held(uow, report)
    if of.status not in domain.AWAITED:
        raise Conflict("A submitted report does not change.", members={"current_state": of.status})
    locked = await answered.lock(uow, report, before.key, before.item, before.version)
    questions = await questions_of_section(uow.connection, of.template_id, before.key)
    changed = replace(
        locked, state=wanted.state, answers=wanted.answers, codes=wanted.codes, confirmed=wanted.confirmed
    )
    return await answered.update(uow, locked, changed, questions)


async def delegate(uow: UnitOfWork, access: AccessScope, report: UUID, country: str, new: Delegation) -> Delegation:
    """Delegates sections of a report that is open. Raises Forbidden, Conflict, Invalid for an unknown section or
    account."""
    require(access, "create", country, report)
    if is_by_delegation(access, "create", country, report):
        raise not_delegated()
    of = await _held(uow, report)
    if of.status not in domain.OPEN:
        raise Conflict("Nobody writes the report any more.", members={"current_state": of.status})
    known = {section.key for section in await sections.of_report(uow.connection, report)}
    for place, key in enumerate(new.sections):
        if key not in known:
            raise invalid_field(f"/sections/{place}", "unknown_reference", "The report has no such section.")
    return await delegations.create(uow, report, country, new)


def may_end(access: AccessScope, delegation: Delegation) -> Callable[[str], bool]:
    """Whether the caller may request a verb: whom sections are delegated to does not end the delegation."""
    may, report = permitted(access, delegation), delegation.report_id
    return lambda verb: may(verb) and not is_by_delegation(access, verb, delegation.country, report)


async def end_delegation(
    uow: UnitOfWork, access: AccessScope, before: Delegation, requested: TransitionRequest
) -> Delegation:
    """Applies one transition of a delegation. Raises what `Lifecycle.advance` raises, Forbidden `not_delegated`."""
    if is_by_delegation(access, requested.action, before.country, before.report_id):
        raise not_delegated()
    return await delegations.DELEGATIONS.apply_transition(uow, before, requested, None, may_end(access, before))


async def comment(
    uow: UnitOfWork, access: AccessScope, report: UUID, country: str, new: ReportComment
) -> ReportComment:
    """Comments on a section of a report that was submitted. Raises Forbidden, Conflict in another state, Invalid for an
    unknown section."""
    require(access, "create", country, report)
    of = await _held(uow, report)
    if of.status not in domain.COMMENTED:
        raise Conflict("Comments are made while a report is reviewed.", members={"current_state": of.status})
    found = await sections.of_report(uow.connection, report)
    if all(section.key != new.section for section in found):
        raise invalid_field("/section", "unknown_reference", "The report has no such section.")
    if new.item is not None and all((section.key, section.item) != (new.section, new.item) for section in found):
        raise invalid_field("/item", "unknown_reference", "The section has no such item.")
    return await comments.create(uow, report, country, new)


def may_comment(access: AccessScope, of: ReportComment) -> Callable[[str], bool]:
    """Whether the caller may request a verb: whoever commented resolves and reopens, or an administrator does."""
    is_own = of.created_by in access.principal.labels
    is_admin = bool(access.principal.limited_to(_ADMIN).grants)
    may = permitted(access, of)
    return lambda verb: may(verb) and (verb not in OF_COMMENTER or is_own or is_admin)


async def answer_comment(
    uow: UnitOfWork, access: AccessScope, before: ReportComment, requested: TransitionRequest
) -> ReportComment:
    """Applies one transition of a comment. Raises what `Lifecycle.advance` raises, Forbidden `not_delegated` for the
    answer to a comment on another section than those that are delegated to the caller."""
    await require_section(uow.connection, access, requested.action, before.country, before.report_id, before.section)
    await share_names(uow.connection, lock_of(before.report_id))
    return await comments.COMMENTS.apply_transition(
        uow, before, requested, None, may_comment(access, before), lambda _target: comments.after(before, requested)
    )


async def _held(uow: UnitOfWork, key: UUID) -> Report:
    """The report, whose state stays until the transaction ends. Others may do the same at the same time."""
    await share_names(uow.connection, lock_of(key))
    found = await queries.get(uow.connection, key)
    if found is None:
        raise NotFound
    return found
