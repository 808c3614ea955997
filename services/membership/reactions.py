"""The reactions of membership: affiliations and supports follow institutions, what belongs to experts follows those
that were merged, certificates follow their holders and what they certify, and end with those whom an undo deletes,
supports of restricted experts leave public lists, records of experts follow the addresses of their accounts and the
iDs with which they sign in, invitations to review centres are mailed, conflicts of interest of panels are found, and
an erasure goes on when all services have reported."""

from collections.abc import Sequence
from uuid import UUID

from services.membership.certificates.certificates.domain import CENTRE, EXPERT, INSTITUTION
from services.membership.certificates.certificates.following import compare_names, follow_centre, follow_expert
from services.membership.initiatives.supports.operations import list_again
from services.membership.issuing.causes.operations import (
    follow_contribution,
    follow_participation,
    follow_report,
    follow_support,
    follow_written_by,
)
from services.membership.protection.erasures.jobs import follow_reports
from services.membership.protection.erasures.removal import remove_certificates
from services.membership.references import EXPERTS, INSTITUTIONS
from services.membership.register.claims.following import follow_address
from services.membership.register.claims.queries import merge_target
from services.membership.register.merges.following import follow_institution
from services.membership.register.orcid.following import follow_identity
from services.membership.selection.conflicts.operations import follow_changes as follow_conflicts
from services.membership.selection.review_invitations.operations import invite, invite_again
from shared.contracts import access, actions, centres, membership, report, reporting, signing
from shared.contracts.envelope import Fact
from shared.database.unit_of_work import UnitOfWork
from shared.messaging.inbox import Reaction, Reactions, of_each_subject


async def _follow_institution(uow: UnitOfWork, subject: UUID) -> None:
    await follow_institution(uow, subject)
    await _institution_merged(uow, subject)


async def _institution_merged(uow: UnitOfWork, subject: UUID) -> None:
    await INSTITUTIONS.rewrite(uow, subject)
    await compare_names(uow, INSTITUTION, subject)


async def _expert_merged(uow: UnitOfWork, subject: UUID) -> None:
    await EXPERTS.rewrite(uow, subject)
    target = await merge_target(uow.connection, subject)
    await compare_names(uow, EXPERT, target)
    await follow_conflicts(uow, [target])


async def _expert_unmerged(uow: UnitOfWork, subject: UUID) -> None:
    await _expert_merged(uow, subject)
    await follow_expert(uow, subject)


async def _restriction_lifted(uow: UnitOfWork, subject: UUID) -> None:
    await follow_expert(uow, subject)
    await follow_written_by(uow, subject)
    await list_again(uow, subject)


async def _centre_changed(uow: UnitOfWork, subject: UUID) -> None:
    await follow_centre(uow, subject)
    await compare_names(uow, CENTRE, subject)


async def _experts_updated(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    await _names(EXPERT)(uow, facts)
    await _conflicting(uow, facts)


async def _conflicting(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    await follow_conflicts(uow, [fact.subject for fact in facts])


async def _experts_deleted(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    await remove_certificates(uow, sorted({fact.subject for fact in facts}))


def _names(named: str) -> Reaction:
    return of_each_subject(lambda uow, subject: compare_names(uow, named, subject))


_member = of_each_subject(follow_expert)
_designated = of_each_subject(follow_centre)
_supported = of_each_subject(follow_support)
_participated = of_each_subject(follow_participation)
_authored = of_each_subject(follow_report)
_reported = of_each_subject(follow_reports)
REACTIONS: Reactions = {
    access.ACCOUNT_MOVED: of_each_subject(follow_address),
    access.IDENTITY_LINKED: of_each_subject(follow_identity),
    access.ERASURE_REPORTED: _reported,
    actions.ERASURE_REPORTED: _reported,
    centres.ERASURE_REPORTED: _reported,
    centres.REVIEWER_INVITED: of_each_subject(invite),
    centres.REVIEWER_REVIEW_DUE: of_each_subject(invite_again),
    centres.CENTRE_UPDATED: _names(CENTRE),
    centres.CENTRE_RENAMED: of_each_subject(_centre_changed),
    centres.CENTRE_HOST_CHANGED: of_each_subject(_centre_changed),
    **dict.fromkeys(
        (
            centres.CENTRE_DESIGNATED,
            centres.CENTRE_RENEWED,
            centres.CENTRE_SUSPENDED,
            centres.CENTRE_REINSTATED,
            centres.CENTRE_EXPIRED,
            centres.CENTRE_CLOSED,
            centres.CENTRE_DELETED,
        ),
        _designated,
    ),
    **dict.fromkeys(
        (
            membership.EXPERT_ACTIVATED,
            membership.EXPERT_RENEWED,
            membership.EXPERT_SUSPENDED,
            membership.EXPERT_REINSTATED,
            membership.EXPERT_RESIGNED,
            membership.EXPERT_TERMINATED,
            membership.EXPERT_DECEASED,
        ),
        _member,
    ),
    membership.EXPERT_RESTRICTION_LIFTED: of_each_subject(_restriction_lifted),
    membership.EXPERT_DELETED: _experts_deleted,
    **dict.fromkeys((membership.EXPERT_RESTRICTED, membership.EXPERT_ERASURE_REQUESTED), of_each_subject(list_again)),
    **dict.fromkeys(
        (
            signing.SUPPORT_ACCEPTED,
            signing.SUPPORT_WITHDRAWN,
            signing.SUPPORT_ANNULLED,
            signing.SUPPORT_REINSTATED,
            signing.SUPPORT_DELETED,
        ),
        _supported,
    ),
    **dict.fromkeys(
        (
            signing.PARTICIPATION_ATTENDED,
            signing.PARTICIPATION_SUPERSEDED,
            signing.PARTICIPATION_UPDATED,
            signing.PARTICIPATION_DELETED,
        ),
        _participated,
    ),
    **dict.fromkeys((reporting.REPORT_PUBLISHED, reporting.REPORT_SUPERSEDED, reporting.REPORT_RETRACTED), _authored),
    report.CONTRIBUTION_PUBLISHED: of_each_subject(follow_contribution),
    membership.EXPERT_UPDATED: _experts_updated,
    **dict.fromkeys(
        (
            membership.EXPERT_ACCOUNT_LINKED,
            membership.AFFILIATION_CREATED,
            membership.AFFILIATION_UPDATED,
            membership.DECLARATION_SIGNED,
        ),
        _conflicting,
    ),
    membership.EXPERT_MERGED: of_each_subject(_expert_merged),
    membership.EXPERT_UNMERGED: of_each_subject(_expert_unmerged),
    membership.INSTITUTION_UPDATED: _names(INSTITUTION),
    membership.INSTITUTION_MERGED: of_each_subject(_follow_institution),
    membership.INSTITUTION_LINKED: of_each_subject(_follow_institution),
    membership.INSTITUTION_UNMERGED: of_each_subject(_institution_merged),
}
