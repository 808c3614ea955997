"""Writing assessments: one function per verb."""

from collections.abc import Mapping
from dataclasses import replace

from services.actions.access import speaks_for
from services.actions.references import account_of
from services.actions.reporting.assessments import domain, queries
from services.actions.reporting.assessments.domain import AssessmentGuardContext
from services.actions.reporting.assessments.record import Assessment
from services.actions.reporting.assessments.tables import assessment
from shared.auth.independence import is_another
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import Conflict, invalid_field, unknown_reference
from shared.kernel.lifecycle import Fields, given
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.documents import are_available, with_each_digest
from shared.records.references import NAMED_EXPERTS
from shared.records.requirements import permitted, require, require_publishing
from shared.records.resource_type import ResourceType, TransitionRequest

ASSESSMENTS: ResourceType[Assessment, AssessmentGuardContext] = ResourceType.of(
    Assessment, assessment, domain.LIFECYCLE
)


async def create(uow: UnitOfWork, access: AccessScope, new: Assessment) -> Assessment:
    """Inserts a draft with the country of its subject. Raises Forbidden outside the caller's grants, Invalid for an
    unknown subject, period, expert or file, and for a period of another framework than the subject's."""
    await queries.NAMED[new.subject_kind].require(uow, {"/subject/id": new.subject_id})
    subject = await queries.assessed(uow.connection, new.subject_kind, new.subject_id)
    require(access, "create", subject.country, new.subject_id)
    require_publishing(access, new.visibility, subject.country, new.subject_id)
    await _require_period(uow, new, subject.framework)
    await NAMED_EXPERTS.require(uow, {"/assessor/expert_id": new.expert_id})
    evidence = await with_each_digest(uow, "/evidence", new.evidence)
    return await ASSESSMENTS.insert(uow, replace(new, country=subject.country, status="draft", evidence=evidence))


async def update(uow: UnitOfWork, access: AccessScope, before: Assessment, wanted: Assessment) -> Assessment:
    """Updates a draft; its subject stays. Raises Conflict in another state, where only the visibility changes, and what
    `create` raises."""
    if before.status != "draft" and not domain.is_same_finding(before, wanted):
        raise Conflict("Only drafts change.", members={"current_state": before.status})
    if wanted.visibility != before.visibility:
        require_publishing(access, wanted.visibility, before.country, before.subject_id)
    if wanted.period_id != before.period_id:
        subject = await queries.assessed(uow.connection, before.subject_kind, before.subject_id)
        await _require_period(uow, wanted, subject.framework)
    if wanted.expert_id != before.expert_id:
        await NAMED_EXPERTS.require(uow, {"/assessor/expert_id": wanted.expert_id})
    evidence = await with_each_digest(uow, "/evidence", wanted.evidence, before.evidence)
    return await ASSESSMENTS.update(uow, before, replace(wanted, evidence=evidence))


async def transition(
    uow: UnitOfWork, access: AccessScope, before: Assessment, requested: TransitionRequest
) -> Assessment:
    """Applies one transition. Raises what `Lifecycle.advance` raises, Invalid for `reply` without a text."""
    may = permitted(access, before)
    fields = requested.fields if may(requested.action) else {}
    guard_context = await load_guard_context(uow.connect, access.principal, before, fields)

    def effects(_target: str) -> Assessment:
        if requested.action == "submit":
            return replace(before, reply_due=today() + domain.REPLY_TIME)
        if requested.action == "reply":
            return replace(before, reply=_reply(fields), replied_on=today())
        return replace(before, published_on=today()) if requested.action == "publish" else before

    return await ASSESSMENTS.apply_transition(uow, before, requested, guard_context, may, effects)


async def load_guard_context(
    connect: Connect, principal: Principal, record: Assessment, _fields: Fields
) -> AssessmentGuardContext:
    """Loads the subject and the evidence of an assessment, and what this caller has to do with it."""
    found = AssessmentGuardContext(
        has_conflict=record.conflict_of_interest,
        has_reply=record.replied_on is not None,
        is_reply_over=domain.is_over(record.reply_due, today()),
    )
    if record.status != "draft":
        return found
    async with connect() as connection:
        subject = await queries.assessed(connection, record.subject_kind, record.subject_id)
        account = record.expert_id and await account_of(connection, record.expert_id)
        is_available = await are_available(connection, record.evidence)
    is_director = record.expert_id is not None and record.expert_id == subject.directed_by
    return replace(
        found,
        is_author=is_director
        or account in subject.authors
        or not await is_another(connect, principal, subject.authors),
        is_independent=not speaks_for(principal, record.country),
        is_evidence_available=is_available,
    )


def _reply(fields: Fields) -> Mapping[str, str]:
    text = given(fields, "text", dict)
    if not text:
        raise invalid_field("/fields/text", "required", "The reply, by language.")
    return text


async def _require_period(uow: UnitOfWork, record: Assessment, framework: str | None) -> None:
    """Raises Invalid for an unknown period, and one of another framework than this one, if any."""
    of_period = await queries.framework_of_period(uow.connection, record.period_id)
    if of_period is None:
        raise unknown_reference("/period_id", "period")
    if framework is not None and of_period != framework:
        raise invalid_field("/period_id", "period_mismatch", "The period is of another framework.")
