"""The worker of access: roles that follow from offices, mails, and the schedule of grants, keys and tokens."""

from datetime import timedelta

from services.access.authority.grants.operations import expire_grants
from services.access.erasing import job_handlers as erasing_jobs
from services.access.factors.factors.jobs import end_over
from services.access.factors.factors.operations import FACTORS
from services.access.federation.leaving.jobs import job_handlers as logout_jobs
from services.access.federation.providers.jobs import job_handlers as key_jobs
from services.access.federation.providers.jobs import plan_reading
from services.access.federation.providers.operations import PROVIDERS
from services.access.notifying.notifications.jobs import job_handlers as notification_jobs
from services.access.notifying.notifications.operations import delete_old, plan_digests, plan_mails
from services.access.notifying.sandbox.jobs import job_handlers as reset_jobs
from services.access.notifying.sandbox.operations import reset_nightly
from services.access.notifying.sending.engine import WebhookEngine
from services.access.notifying.sending.jobs import job_handlers as webhook_jobs
from services.access.notifying.sending.jobs import plan_mails as plan_webhook_mails
from services.access.notifying.sending.jobs import tidy as tidy_webhooks
from services.access.overview.audit.jobs import verify_trail
from services.access.principals.accounts.operations import ACCOUNTS
from services.access.principals.api_keys.jobs import expire_api_keys
from services.access.principals.api_keys.operations import API_KEYS
from services.access.principals.client_calls.operations import remind, sum_up
from services.access.principals.clients.operations import CLIENTS, remind_of_secrets
from services.access.principals.sessions.jobs import expire_sessions
from services.access.principals.signing_keys.jobs import rotate_signing_keys
from services.access.principals.signing_keys.operations import SIGNING_KEYS
from services.access.principals.tokens.jobs import delete_expired
from services.access.reactions import REACTIONS
from services.access.self_service.account_mail.jobs import delete_expired_mail, job_handlers
from services.access.self_service.federated.jobs import forget_ways
from services.access.self_service.own_account.jobs import delete_unused
from services.access.settings import AccessSettings
from services.access.signing_in.break_glass.jobs import close_break_glass
from shared.messaging.schedules import Schedule, Schedules
from shared.messaging.worker import Worker
from shared.records.pending import expiring

SCHEDULES: Schedules = {
    "expire_grants": Schedule(timedelta(minutes=5), expire_grants, catch_up=1),
    "expire_api_keys": Schedule(timedelta(minutes=5), expire_api_keys, catch_up=1),
    "expire_pending_transitions": Schedule(
        timedelta(minutes=5), expiring(ACCOUNTS, CLIENTS, API_KEYS, FACTORS, PROVIDERS, SIGNING_KEYS), catch_up=1
    ),
    "sum_up_client_calls": Schedule(timedelta(minutes=10), sum_up, catch_up=1),
    "remind_of_deprecations": Schedule(timedelta(days=1), remind, catch_up=1),
    "remind_of_secrets": Schedule(timedelta(hours=1), remind_of_secrets, catch_up=1),
    "end_factors": Schedule(timedelta(minutes=1), end_over, catch_up=1),
    "expire_sessions": Schedule(timedelta(minutes=5), expire_sessions, catch_up=1),
    "close_break_glass": Schedule(timedelta(minutes=1), close_break_glass, catch_up=1),
    "delete_unused_accounts": Schedule(timedelta(hours=1), delete_unused, catch_up=1),
    "delete_expired_mail": Schedule(timedelta(hours=1), delete_expired_mail, catch_up=1),
    "forget_ways_to_providers": Schedule(timedelta(hours=1), forget_ways, catch_up=1),
    "rotate_signing_keys": Schedule(timedelta(hours=1), rotate_signing_keys, catch_up=1),
    "read_token_keys": Schedule(timedelta(minutes=1), plan_reading, catch_up=1),
    "verify_audit_trail": Schedule(timedelta(hours=1), verify_trail, catch_up=1),
    "delete_old_notifications": Schedule(timedelta(hours=1), delete_old, catch_up=1),
    "mail_gathered": Schedule(timedelta(minutes=1), plan_mails, catch_up=1),
    "mail_digests": Schedule(timedelta(days=1), plan_digests, catch_up=1),
    "mail_about_webhooks": Schedule(timedelta(minutes=5), plan_webhook_mails, catch_up=1),
    "tidy_webhooks": Schedule(timedelta(hours=1), tidy_webhooks, catch_up=1),
    "delete_expired": Schedule(timedelta(hours=1), delete_expired, catch_up=1),
}

SANDBOX_SCHEDULES: Schedules = {"reset_sandbox": Schedule(timedelta(days=1), reset_nightly, catch_up=1)}


def create_worker(settings: AccessSettings | None = None) -> Worker:
    """The worker. The settings default to those of the environment."""
    settings = settings or AccessSettings()
    handlers = {
        **job_handlers(settings), **notification_jobs(settings), **erasing_jobs(settings), **webhook_jobs(settings),
        **reset_jobs(settings), **logout_jobs(settings), **key_jobs(settings),
    }  # fmt: skip
    schedules = SCHEDULES if settings.environment != "sandbox" else {**SCHEDULES, **SANDBOX_SCHEDULES}
    return Worker("access", settings, REACTIONS, handlers, schedules, beside={"webhooks": WebhookEngine(settings).run})
