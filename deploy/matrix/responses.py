"""The class of response for a caller, from the role tables alone, without the code that enforces them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from deploy.matrix.demands import Ask
from deploy.matrix.holders import NOBODY, Holder
from deploy.matrix.operations import Operation
from deploy.matrix.rights import Rights
from services.access.access import MACHINE_ROLE
from shared.bulk.imports import OVERSEE
from shared.kernel.principal import READ, PermissionScope

OTHER = "XB"
WITHOUT_COUNTRY = frozenset((
    "frameworks", "notices", "broadcasts", "retention_rules", "certificate_templates", "processing_record",
    "api_keys", "authorizations", "sessions", "notifications", "initiatives", "periods", "schemes", "report_templates",
    "networks", "calendars", "webhooks", "editions", "review_rounds", "figures", "builds", "factors", "identities",
    "identity_providers", "signing_keys", "naming_consents",
))  # fmt: skip
"""Kinds whose records have no country."""
MAY_BE_PUBLISHED = frozenset((
    "experts", "institutions", "congresses", "calls", "editions", "figures", "initiatives", "supports", "notices",
    "committees", "seats", "centres", "terms", "annual_reports", "networks", "partnerships", "report_templates",
    "frameworks", "programmes", "actions", "milestones", "endorsements", "correspondence", "evidence", "indicators",
    "periods", "targets", "results", "validation_rules", "schemes", "assessments", "support_requests", "reports",
    "government_bodies", "focal_points", "meetings",
))  # fmt: skip
"""Kinds of which there are published records; those of any other are for grants alone."""
ALWAYS_PUBLISHED = frozenset({"frameworks", "networks", "notices", "periods"})
SEEN_BY_ANOTHER = frozenset({"seats"})
"""Kinds that a grant over a record includes through the record that they belong to."""
OF_WHOLE, _NEED_BOTH = frozenset({"delegations", "report_comments"}), frozenset({"evaluations"})
"""Parts that a grant over the whole includes; kinds that some roles read without the record that they belong to."""
_HANDED_ON = "national_author"
"""The role of grants that are delegated, granted and handed over."""


class Class(StrEnum):
    """What a response shows about the caller's rights. `+` is any response except a refusal for missing rights."""

    DONE = "+"
    UNAUTHENTICATED, FORBIDDEN, HIDDEN = "1", "3", "4"
    UNKNOWN, GUARDED = "2", "9"


@dataclass(frozen=True, slots=True)
class Target:
    """A record. `seen_by` is the record through which a grant over one record includes it."""

    country: str | None
    published: bool
    id: str
    seen_by: str


def class_of(operation: Operation, holder: Holder, target: Target, *, scope_id: str) -> Class:
    """The class of response to this operation on this record, or, for a creation, next to it."""
    if holder == NOBODY:
        return _to_nobody(operation, target)
    rights = Rights(operation.service, holder.principal(scope_id))
    return _CLASSES[operation.demand.ask](operation, rights, target)


def _to_nobody(operation: Operation, target: Target) -> Class:
    if not operation.is_open:
        return Class.UNAUTHENTICATED
    if operation.demand.ask is Ask.DO:
        return Class.UNAUTHENTICATED if target.published else Class.HIDDEN
    return Class.DONE if operation.demand.ask is Ask.NOTHING or target.published else Class.HIDDEN


def _on_record(operation: Operation, rights: Rights, target: Target) -> Class:
    plural = _plural(operation)
    if not (target.published or rights.permission_scope(plural, READ).covers(target.country, target.seen_by)):
        return Class.HIDDEN
    if operation.demand.ask is Ask.SEE:
        return Class.DONE
    if operation.demand.ask is Ask.STEP:
        return _done(rights.writes(plural).covers(target.country, target.id))
    scope = rights.permission_scope(operation.resource, operation.demand.verb)
    if operation.demand.ask is Ask.SELF:
        scope = PermissionScope(records=scope.records if rights.is_person else frozenset())
    return _done(scope.covers(target.country, target.id))


def _on_part(operation: Operation, rights: Rights, target: Target) -> Class:
    """A part has a scope of its own, unless a grant over the whole includes it. It is never published."""
    if not (
        target.published or rights.permission_scope(_plural(operation), READ).covers(target.country, target.seen_by)
    ):
        return Class.HIDDEN
    whole = target.seen_by if operation.resource in OF_WHOLE else None
    if not rights.permission_scope(operation.resource, READ).covers(target.country, whole):
        return Class.HIDDEN
    return _done(operation.demand.ask is Ask.PART or rights.writes(operation.resource).covers(target.country, whole))


def _on_anothers(operation: Operation, rights: Rights, target: Target) -> Class:
    """Before the record is published, what another wrote about it does not exist for a caller whose only grant is over
    this record."""
    reads = rights.permission_scope(operation.resource, READ)
    is_by_record = reads.covers(target.country, target.id) and not reads.covers(target.country, None)
    is_hidden = is_by_record and not target.published
    return Class.HIDDEN if is_hidden else _on_record(operation, rights, target)


def _on_entering(operation: Operation, rights: Rights, target: Target) -> Class:
    under = target.seen_by if operation.demand.under in ("centres", "experts") else None
    return _done(rights.permission_scope(operation.resource, operation.demand.verb).covers(target.country, under))


def _on_entering_under(operation: Operation, rights: Rights, target: Target) -> Class:
    if not rights.is_person and not rights.writes(operation.resource):
        return Class.FORBIDDEN
    kinds = {operation.resource, operation.demand.under if operation.resource in _NEED_BOTH else operation.resource}
    if not all(rights.permission_scope(kind, READ).covers(target.country, target.seen_by) for kind in kinds):
        return Class.UNKNOWN
    return _on_entering(operation, rights, target)


def _on_entering_part(operation: Operation, rights: Rights, target: Target) -> Class:
    if not rights.is_person and not rights.writes(operation.resource):
        return Class.FORBIDDEN
    kinds = {operation.resource, operation.demand.under or operation.resource}
    if not all(rights.permission_scope(kind, READ).covers(target.country, target.seen_by) for kind in kinds):
        return Class.UNKNOWN
    scope = rights.permission_scope(operation.resource, operation.demand.verb)
    return _done(scope.covers(target.country, target.seen_by))


def _on_applying(operation: Operation, rights: Rights, target: Target) -> Class:
    return Class.DONE if rights.applies(operation.resource) else _on_entering(operation, rights, target)


def _anywhere(operation: Operation, rights: Rights, _target: Target) -> Class:
    return _done(bool(rights.permission_scope(operation.resource, operation.demand.verb)))


def _on_mail(operation: Operation, rights: Rights, _target: Target) -> Class:
    """No mail has the id of the request."""
    return Class.UNKNOWN if rights.permission_scope(operation.resource, operation.demand.verb) else Class.FORBIDDEN


def _to_no_key(_operation: Operation, rights: Rights, _target: Target) -> Class:
    return _done(not rights.is_key)


def _for_oneself(operation: Operation, rights: Rights, target: Target) -> Class:
    if rights.is_key:
        return Class.FORBIDDEN
    return Class.DONE if rights.is_person else _anywhere(operation, rights, target)


def _on_handing_on(operation: Operation, rights: Rights, target: Target) -> Class:
    everywhere = rights.permission_scope(operation.resource, operation.demand.verb).everywhere
    may_be_key = operation.demand.ask is Ask.OFFICIAL and everywhere
    return _on_entering(operation, rights, target) if may_be_key or not rights.is_key else Class.FORBIDDEN


def _on_credentials(operation: Operation, rights: Rights, target: Target) -> Class:
    seen = _on_record(operation, rights, target)
    may = rights.owns(target.id) or rights.hands_on(MACHINE_ROLE)
    return seen if seen is not Class.DONE or may else Class.FORBIDDEN


def _on_delegating(operation: Operation, rights: Rights, target: Target) -> Class:
    if rights.owns(target.id):
        return Class.DONE
    return Class.UNKNOWN if rights.is_person or rights.writes(operation.resource) else Class.FORBIDDEN


def _on_handing_over(operation: Operation, rights: Rights, target: Target) -> Class:
    seen = _on_record(operation, rights, target)
    if seen is not Class.DONE or rights.owns(target.id) or rights.hands_on(_HANDED_ON):
        return seen
    return Class.GUARDED


def _to_owner(operation: Operation, rights: Rights, target: Target) -> Class:
    return Class.DONE if rights.owns(target.id) else _on_record(operation, rights, target)


def _to_notified(_operation: Operation, rights: Rights, target: Target) -> Class:
    return Class.DONE if rights.owns(target.id) else Class.HIDDEN


def _on_both(operation: Operation, rights: Rights, target: Target) -> Class:
    """No grant over one record covers two."""
    if not rights.is_person and not rights.writes(_plural(operation)):
        return Class.FORBIDDEN
    if not (target.published or rights.permission_scope(operation.resource, READ).covers(target.country, None)):
        return Class.HIDDEN
    changes = rights.permission_scope(operation.resource, operation.demand.verb).covers(target.country, None)
    return _done(changes and rights.permission_scope(_plural(operation), "create").covers(target.country, None))


def _to_starter(_operation: Operation, rights: Rights, _target: Target) -> Class:
    return Class.DONE if rights.permission_scope("jobs", OVERSEE).everywhere else Class.HIDDEN


def _always(_operation: Operation, _rights: Rights, _target: Target) -> Class:
    return Class.DONE


def _to_people(_operation: Operation, rights: Rights, _target: Target) -> Class:
    return Class.DONE if rights.is_person else Class.HIDDEN


def _nowhere(_operation: Operation, _rights: Rights, _target: Target) -> Class:
    """Elsewhere than in a sandbox there is nothing."""
    return Class.HIDDEN


def _with_token(_operation: Operation, rights: Rights, _target: Target) -> Class:
    """The token is not valid; a machine is refused before the token is checked."""
    return _done(rights.is_person)


def _for_own(operation: Operation, rights: Rights, target: Target) -> Class:
    """What a person enters about themselves, under a record that the body names."""
    if not rights.is_person:
        return Class.FORBIDDEN
    scope = rights.permission_scope(operation.resource, operation.demand.verb)
    return Class.DONE if scope.covers(target.country, target.seen_by) else Class.UNKNOWN


def _on_proposing(operation: Operation, rights: Rights, target: Target) -> Class:
    """Nobody here is an author, so that a proposal is refused for its authors, not for missing rights."""
    kind = _plural(operation)
    if not rights.is_person and not rights.writes(kind):
        return Class.FORBIDDEN
    if not rights.permission_scope(operation.resource, READ).covers(None, target.seen_by):
        return Class.UNKNOWN
    return _done(rights.permission_scope(kind, operation.demand.verb).covers(None, target.seen_by))


def _in_panel(operation: Operation, rights: Rights, target: Target) -> Class:
    """Nobody here is in the panel."""
    seen = _on_record(operation, rights, target)
    return Class.FORBIDDEN if seen is Class.DONE else seen


def _plural(operation: Operation) -> str:
    """The kind of the record in the path; a sub-resource has another."""
    return operation.path.split("/")[3]


def _done(allowed: bool) -> Class:
    return Class.DONE if allowed else Class.FORBIDDEN


_CLASSES: Mapping[Ask, Callable[[Operation, Rights, Target], Class]] = {
    Ask.NOTHING: _always,
    Ask.SIGNED_IN: _always,
    Ask.SANDBOX: _nowhere,
    **dict.fromkeys((Ask.SEE, Ask.DO, Ask.STEP), _on_record),
    **dict.fromkeys((Ask.PART, Ask.STEP_PART), _on_part),
    Ask.ANOTHERS: _on_anothers,
    Ask.ENTER: _on_entering,
    Ask.ENTER_UNDER: _on_entering_under,
    Ask.ENTER_PART: _on_entering_part,
    Ask.APPLY: _on_applying,
    Ask.ANYWHERE: _anywhere,
    Ask.SENT: _on_mail,
    Ask.STARTER: _to_starter,
    Ask.FOR_ONESELF: _for_oneself,
    Ask.NO_KEY: _to_no_key,
    Ask.SELF: _on_record,
    Ask.OWNER: _to_owner,
    Ask.NOTIFIED: _to_notified,
    Ask.PERSON: _to_people,
    Ask.MAILED: _with_token,
    Ask.ONESELF: _for_own,
    Ask.PROPOSE: _on_proposing,
    Ask.PANEL: _in_panel,
    Ask.BOTH: _on_both,
    **dict.fromkeys((Ask.HAND_ON, Ask.OFFICIAL), _on_handing_on),
    Ask.CREDENTIAL: _on_credentials,
    Ask.DELEGATE: _on_delegating,
    Ask.HAND_OVER: _on_handing_over,
}
