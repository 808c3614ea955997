"""The worker of membership: its reactions, the jobs of imports, exports, searches and copies, and the schedule."""

from datetime import timedelta

from services.membership.bulk import EXPORTABLE, IMPORTABLE, STEPPABLE
from services.membership.certificates.certificates.operations import apply_scheduled as end_certificates
from services.membership.certificates.mails import operations as certificate_mails
from services.membership.initiatives.initiative_counts.operations import store_yesterday
from services.membership.initiatives.initiatives.operations import apply_scheduled as open_and_close_initiatives
from services.membership.initiatives.supports import domain as supports
from services.membership.initiatives.supports.operations import forget_networks
from services.membership.initiatives.supports.signing import prepare as prepare_signature
from services.membership.issuing.bulk_issues.jobs import job_handlers as bulk_issue_jobs
from services.membership.issuing.credentials.jobs import rotate_credential_keys
from services.membership.issuing.support_mails import operations as support_mails
from services.membership.issuing.support_mails.jobs import job_handlers as support_mail_jobs
from services.membership.mailing.broadcasts.jobs import job_handlers as broadcast_jobs
from services.membership.mailing.broadcasts.retention import delete_old_recipients
from services.membership.mailing.broadcasts.sending import send_due
from services.membership.mailing.reminders.operations import remind
from services.membership.overview.open_data.datasets import PUBLISHED
from services.membership.overview.statistics.operations import check_counts, fold_counts, release_gender_balance
from services.membership.protection.erasures.jobs import job_handlers as erasure_jobs
from services.membership.protection.erasures.operations import ERASURES
from services.membership.protection.erasures.operations import apply_scheduled as run_erasures
from services.membership.protection.privacy.jobs import job_handlers as privacy_jobs
from services.membership.protection.retention_rules.jobs import RETENTION_JOBS
from services.membership.protection.retention_rules.operations import RETENTION_RULES
from services.membership.protection.retention_rules.operations import apply_scheduled as apply_retention_rules
from services.membership.reactions import REACTIONS
from services.membership.references import follow_experts
from services.membership.register.affiliations import jobs as affiliations
from services.membership.register.claims import operations as claims
from services.membership.register.claims.domain import PURPOSE as CLAIM
from services.membership.register.claims.jobs import delete_expired_tokens
from services.membership.register.claims.jobs import job_handlers as claim_jobs
from services.membership.register.duplicates.jobs import DUPLICATE_JOBS
from services.membership.register.duplicates.operations import search_what_changed
from services.membership.register.experts.operations import EXPERTS
from services.membership.register.experts.operations import apply_scheduled as end_terms
from services.membership.register.merges.following import follow_institutions
from services.membership.register.orcid.jobs import job_handlers as orcid_jobs
from services.membership.seed import enter as enter_seed
from services.membership.selection.calls.operations import apply_scheduled as end_calls
from services.membership.selection.nominations import confirmation
from services.membership.selection.nominations.jobs import job_handlers as nomination_jobs
from services.membership.selection.nominations.operations import lapse
from services.membership.selection.review_invitations import operations as review_invitations
from services.membership.selection.review_invitations.jobs import job_handlers as review_invitation_jobs
from services.membership.settings import MembershipSettings
from shared.bulk.resetting import reset_jobs
from shared.bulk.running import BulkJobs
from shared.bulk.stepping import StepJobs
from shared.mail import tokens
from shared.mail.sending import Preparation, mail_handlers
from shared.messaging.schedules import Schedule, Schedules
from shared.messaging.worker import Worker
from shared.open_data.jobs import CopyJobs
from shared.records.pending import expiring

SCHEDULES: Schedules = {
    **affiliations.SCHEDULES,
    "delete_expired_tokens": Schedule(timedelta(hours=1), delete_expired_tokens, catch_up=1),
    "end_calls": Schedule(timedelta(minutes=1), end_calls, catch_up=1),
    "lapse_nominations": Schedule(timedelta(minutes=1), lapse, catch_up=1),
    "end_terms": Schedule(timedelta(minutes=15), end_terms, catch_up=1),
    "end_certificates": Schedule(timedelta(minutes=15), end_certificates, catch_up=1),
    "remind": Schedule(timedelta(minutes=15), remind, catch_up=1),
    "send_broadcasts": Schedule(timedelta(seconds=30), send_due, catch_up=1),
    "delete_old_recipients": Schedule(timedelta(hours=1), delete_old_recipients, catch_up=1),
    "follow_experts": Schedule(timedelta(minutes=15), follow_experts, catch_up=1),
    "follow_institutions": Schedule(timedelta(minutes=15), follow_institutions, catch_up=1),
    "fold_counts": Schedule(timedelta(seconds=30), fold_counts, catch_up=1),
    "check_counts": Schedule(timedelta(days=1), check_counts, catch_up=1),
    "release_gender_balance": Schedule(timedelta(days=1), release_gender_balance, catch_up=1),
    "expire_pending_transitions": Schedule(
        timedelta(minutes=5), expiring(EXPERTS, ERASURES, RETENTION_RULES), catch_up=1
    ),
    "rotate_credential_keys": Schedule(timedelta(hours=1), rotate_credential_keys, catch_up=1),
    "run_erasures": Schedule(timedelta(minutes=1), run_erasures, catch_up=1),
    "apply_retention_rules": Schedule(timedelta(days=1), apply_retention_rules, catch_up=1),
    "open_and_close_initiatives": Schedule(timedelta(minutes=1), open_and_close_initiatives, catch_up=1),
    "store_yesterday": Schedule(timedelta(hours=1), store_yesterday, catch_up=1),
    "forget_networks": Schedule(timedelta(hours=1), forget_networks, catch_up=1),
    "search_duplicates": Schedule(timedelta(days=1), search_what_changed, catch_up=1),
}
_PREPARATIONS: dict[str, Preparation] = {
    CLAIM: claims.prepare,
    tokens.REVIEW: review_invitations.prepare,
    tokens.NOMINATION: confirmation.prepare,
    certificate_mails.TEMPLATE: certificate_mails.prepare,
    supports.SUPPORT: prepare_signature,
    **dict.fromkeys(support_mails.TEMPLATES.values(), support_mails.prepare),
}


def create_worker(settings: MembershipSettings | None = None) -> Worker:
    """The worker. The settings default to those of the environment."""
    settings = settings or MembershipSettings()
    bulk, steps = BulkJobs(settings, IMPORTABLE, EXPORTABLE), StepJobs(STEPPABLE)
    copies = CopyJobs(PUBLISHED, settings)
    handlers = {
        **bulk.handlers,
        **steps.handlers,
        **affiliations.HANDLERS,
        **DUPLICATE_JOBS,
        **privacy_jobs(settings),
        **erasure_jobs(settings),
        **claim_jobs(settings),
        **review_invitation_jobs(settings),
        **nomination_jobs(settings),
        **support_mail_jobs(settings),
        **mail_handlers(settings, _PREPARATIONS),
        **orcid_jobs(settings),
        **RETENTION_JOBS,
        **broadcast_jobs(settings),
        **bulk_issue_jobs(settings),
        **copies.handlers,
        **reset_jobs(settings, "member_", enter_seed),
    }
    schedules = {**bulk.schedules, **copies.schedules, **SCHEDULES}
    return Worker("membership", settings, REACTIONS, handlers, schedules, has_bulk_jobs=True)
