"""Writing validation rules: one function per verb."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.actions.classification.codes.operations import require_known
from services.actions.measurement.indicators.domain import PUBLISHED as INDICATORS_PUBLISHED
from services.actions.measurement.indicators.record import Indicator
from services.actions.measurement.subjects.domain import codes_of_schemes
from services.actions.measurement.validation_rules import domain, queries
from services.actions.measurement.validation_rules.record import ValidationRule
from services.actions.measurement.validation_rules.tables import validation_rule
from services.actions.plan.frameworks.queries import is_known
from shared.database.locks import lock_names
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Conflict, FieldError, Invalid, pointer_to, unknown_reference
from shared.messaging.outbox import defer
from shared.records.access_scope import AccessScope
from shared.records.references import reading_access
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest

VALIDATION_RULES: ResourceType[ValidationRule, None] = ResourceType.of(
    ValidationRule, validation_rule, domain.LIFECYCLE
)
VALIDATION_JOB = "validate_results"


async def create(uow: UnitOfWork, access: AccessScope, new: ValidationRule) -> ValidationRule:
    """Inserts a draft, which only grants that cover it see.

    Raises Invalid for an unknown framework, indicator or part, or for fields that do not fit together; Conflict if the
    code is taken.
    """
    _require_sound(new)
    require(access, "create", new.country)
    if new.framework is not None and not await is_known(uow.connection, new.framework):
        raise unknown_reference("/framework", "framework")
    indicators = await _indicators_of(uow, access, new)
    draft = replace(new, status="draft", visibility="restricted", indicator_ids=indicators)
    return await VALIDATION_RULES.insert(uow, draft)


async def update(
    uow: UnitOfWork, access: AccessScope, before: ValidationRule, wanted: ValidationRule
) -> ValidationRule:
    """Updates the rule; its code, framework and country stay. Raises as `create` does, and Conflict `rule_not_draft`
    for a change of what an active or retired rule compares."""
    _require_sound(wanted)
    fixed = domain.fixed_changes(before, wanted) if before.status != "draft" else []
    if fixed:
        errors = [FieldError("rule_not_draft", "Only drafts change it.", pointer=pointer_to(name)) for name in fixed]
        raise Conflict("What the rule compares stays.", code="rule_not_draft", errors=errors)
    indicators = await _indicators_of(uow, access, wanted) if before.status == "draft" else before.indicator_ids
    return await VALIDATION_RULES.update(uow, before, replace(wanted, indicator_ids=indicators))


async def transition(
    uow: UnitOfWork, access: AccessScope, before: ValidationRule, requested: TransitionRequest
) -> ValidationRule:
    """Applies one transition; an active rule is seen by others, and a job validates the results of its indicators anew.
    Raises what `Lifecycle.advance` raises."""
    shown = replace(before, visibility=domain.visibility_of(before))
    may = permitted(access, before)
    after = await VALIDATION_RULES.apply_transition(uow, before, requested, None, may, lambda _target: shown)
    await lock_names(uow.connection, queries.RULES_LOCK)
    payload = {"indicators": sorted({str(key) for key in after.indicator_ids}), "country": after.country}
    defer(uow, after.resource_type.service, VALIDATION_JOB, payload, created_by=uow.origin.actor.label)
    return after


def _require_sound(record: ValidationRule) -> None:
    if found := list(domain.faults(record)):
        raise Invalid("Fields do not fit together; see errors.", errors=found)


async def _indicators_of(uow: UnitOfWork, access: AccessScope, record: ValidationRule) -> list[UUID]:
    """The indicators of the terms, in their order. Raises Invalid for those that the caller may not know of, or that do
    not fit the terms."""
    terms = [term for _, term in domain.terms_of(record)]
    candidates = await queries.indicators_named(uow.connection, {term["indicator"] for term in terms})
    reader = reading_access(access.principal, Indicator.resource_type)
    known = [one for one in candidates if reader.knows(one, INDICATORS_PUBLISHED)]
    indicators = [domain.chosen(record, term, known) for term in terms]
    if found := list(domain.term_faults(record, indicators)):
        raise Invalid("The terms do not fit their indicators; see errors.", errors=found)
    known_indicators = [one for one in indicators if one is not None]
    await _require_known_codes(uow, record, known_indicators)
    return [one.id for one in known_indicators]


async def _require_known_codes(uow: UnitOfWork, record: ValidationRule, indicators: Sequence[Indicator]) -> None:
    """Raises Invalid `unknown_code` for a code that the current edition of its scheme lacks. `indicators` are those of
    the terms, in their order."""
    named = {
        f"{pointer}/dimensions/{key}": code
        for (pointer, term), of in zip(domain.terms_of(record), indicators, strict=True)
        for _, key, code in codes_of_schemes([term["dimensions"]], of)
    }
    await require_known(uow, named)
