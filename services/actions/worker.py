"""The actions worker: reacts to facts that change a country's stage, ends endorsements and offices, opens and closes
periods, validates results, reminds of reports, expires offers of support, makes tasks of overdue milestones and
letters, opens and closes calls of editions, asks and reminds authors, reminds editors and reviewers, keeps the files of
evidence, prints public documents and reports, and makes copies of open data."""

from datetime import timedelta

from services.actions.bulk import EXPORTABLE, IMPORTABLE, STEPPABLE
from services.actions.coordination.focal_points.operations import end_over
from services.actions.coordination.tasks import operations as tasks
from services.actions.exchange.open_data.queries import PUBLISHED
from services.actions.exchange.printed_documents.jobs import printing_jobs
from services.actions.exchange.printed_documents.operations import document_files
from services.actions.exchange.printed_documents.operations import removing as removing_documents
from services.actions.exchange.report_documents.jobs import report_jobs
from services.actions.exchange.report_documents.operations import REPORT, report_kind
from services.actions.global_report.builds.operations import build_files
from services.actions.global_report.builds.operations import removing as removing_builds
from services.actions.global_report.contributions import operations as contributions
from services.actions.global_report.contributions.jobs import author_jobs
from services.actions.global_report.editions import operations as editions
from services.actions.global_report.editions.operations import EDITIONS
from services.actions.global_report.review.reviewers import operations as reviewers
from services.actions.global_report.review.rounds import operations as review_rounds
from services.actions.global_report.versions.operations import forget_old
from services.actions.governments.endorsements.operations import expire_endorsements
from services.actions.measurement.periods import operations as periods
from services.actions.measurement.validations.jobs import VALIDATION_JOBS, order_validation
from services.actions.overview.country_profiles.operations import PROFILE, profile_kind
from services.actions.plan.programmes.operations import PROGRAMMES
from services.actions.reactions import REACTIONS
from services.actions.reporting.evidence.operations import EVIDENCE, purge, removing
from services.actions.reporting.evidence_checks.jobs import evidence_jobs, order_check, order_scan
from services.actions.reporting.reports import operations as reports
from services.actions.settings import ActionsSettings
from services.actions.support.support_requests import arranging
from services.actions.support.support_requests.operations import announce_late
from shared.bulk.resetting import reset_jobs
from shared.bulk.running import BulkJobs
from shared.bulk.stepping import StepJobs
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.mail import tokens
from shared.mail.sending import mail_handlers
from shared.messaging.schedules import Schedule, Schedules
from shared.messaging.worker import Worker
from shared.open_data.jobs import CopyJobs
from shared.records.pending import expiring
from shared.storage.objects import ObjectStore
from shared.storage.scanner import Scanner


async def _expire(uow: UnitOfWork) -> None:
    await expire_endorsements(uow)


async def _follow_requests(uow: UnitOfWork) -> None:
    await arranging.expire(uow)
    await announce_late(uow)


async def _follow_tasks(uow: UnitOfWork) -> None:
    await tasks.raise_for_milestones(uow)
    await tasks.raise_for_letters(uow)
    await tasks.announce_overdue(uow)


async def _follow_editions(uow: UnitOfWork) -> None:
    await editions.apply_scheduled(uow)
    await contributions.drop_abandoned(uow)
    await review_rounds.apply_scheduled(uow)


async def _remind_of_reviews(uow: UnitOfWork) -> None:
    await editions.remind(uow)
    await review_rounds.remind(uow)
    await reviewers.remind(uow)


async def _delete_expired_tokens(uow: UnitOfWork) -> None:
    await tokens.delete_expired(uow.connection, tokens.ACTIONS, now())


SCHEDULES: Schedules = {
    "follow_editions": Schedule(timedelta(minutes=1), _follow_editions, catch_up=1),
    "remind_of_contributions": Schedule(timedelta(hours=1), contributions.remind, catch_up=1),
    "remind_of_reviews": Schedule(timedelta(hours=1), _remind_of_reviews, catch_up=1),
    "forget_manuscripts": Schedule(timedelta(hours=1), forget_old, catch_up=1),
    "delete_expired_tokens": Schedule(timedelta(hours=1), _delete_expired_tokens, catch_up=1),
    "expire_endorsements": Schedule(timedelta(hours=1), _expire, catch_up=1),
    "apply_periods": Schedule(timedelta(hours=1), periods.apply_scheduled, catch_up=1),
    "validate_results": Schedule(timedelta(hours=1), order_validation, catch_up=1),
    "follow_support_requests": Schedule(timedelta(hours=1), _follow_requests, catch_up=1),
    "end_offices": Schedule(timedelta(hours=1), end_over, catch_up=1),
    "follow_tasks": Schedule(timedelta(hours=1), _follow_tasks, catch_up=1),
    "follow_reports": Schedule(timedelta(hours=1), reports.apply_scheduled, catch_up=1),
    "remind_of_reports": Schedule(timedelta(hours=1), reports.remind, catch_up=1),
    "remind_of_missing_reports": Schedule(timedelta(hours=1), reports.remind_of_missing, catch_up=1),
    "purge_evidence": Schedule(timedelta(hours=1), purge, catch_up=1),
    "check_evidence": Schedule(timedelta(days=7), order_check, catch_up=1),
    "expire_pending_transitions": Schedule(timedelta(minutes=5), expiring(PROGRAMMES, EVIDENCE, EDITIONS), catch_up=1),
}


def create_worker(settings: ActionsSettings | None = None) -> Worker:
    """The worker of the actions service. The settings default to those of the environment."""
    settings = settings or ActionsSettings()
    objects = ObjectStore(settings.objects_url)
    remove = Schedule(timedelta(hours=1), removing(objects), catch_up=1)
    documents, copies = document_files(settings), CopyJobs(PUBLISHED, settings)
    schedules = {
        **SCHEDULES,
        **copies.schedules,
        "remove_purged_evidence": remove,
        "remove_unused_documents": removing_documents(documents),
        "remove_unused_builds": removing_builds(build_files(settings)),
    }
    scanner = Scanner(settings.scanner) if settings.scanner else None
    if scanner is not None:
        schedules["scan_evidence"] = Schedule(timedelta(minutes=1), order_scan, catch_up=1)
    bulk, steps = BulkJobs(settings, IMPORTABLE, EXPORTABLE), StepJobs(STEPPABLE)
    kinds = {PROFILE: profile_kind(settings.issuer), REPORT: report_kind(settings.issuer)}
    printing = {**printing_jobs(kinds, documents), **report_jobs(settings)}
    handlers = {**evidence_jobs(objects, scanner), **printing, **VALIDATION_JOBS, **bulk.handlers, **steps.handlers}
    handlers |= {**copies.handlers, **author_jobs(settings), **mail_handlers(settings, {})}
    handlers |= reset_jobs(settings, "action_")
    return Worker("actions", settings, REACTIONS, handlers, {**bulk.schedules, **schedules}, has_bulk_jobs=True)
