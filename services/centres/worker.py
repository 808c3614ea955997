"""The centres worker: reacts to merges, endorsements and its own committees, applies scheduled transitions,
reminds, runs imports and exports, and makes copies of open data."""

from datetime import timedelta

from services.centres.bulk import EXPORTABLE, IMPORTABLE
from services.centres.committees.seats.operations import apply_scheduled as end_seats
from services.centres.committees.seats.operations import remind as remind_seats
from services.centres.designation.agreements.operations import apply_scheduled as expire_agreements
from services.centres.designation.agreements.operations import remind as remind_agreements
from services.centres.designation.centres.operations import CENTRES
from services.centres.designation.centres.schedules import announce_late_reports, announce_overdue, remind_reviews
from services.centres.designation.centres.schedules import apply_scheduled as end_terms
from services.centres.designation.centres.schedules import remind as remind_renewals
from services.centres.designation.reviewers.operations import remind
from services.centres.designation.tenures.operations import apply_due as apply_changes
from services.centres.network.partnerships.operations import apply_scheduled as end_partnerships
from services.centres.reactions import REACTIONS
from services.centres.register.closures.operations import apply_due as apply_closures
from services.centres.register.open_data.datasets import PUBLISHED
from services.centres.reporting.annual_reports.operations import remind as remind_reports
from services.centres.settings import CentresSettings
from shared.bulk.resetting import reset_jobs
from shared.bulk.running import BulkJobs
from shared.messaging.schedules import Schedule, Schedules
from shared.messaging.worker import Worker
from shared.open_data.jobs import CopyJobs
from shared.records.pending import expiring

SCHEDULES: Schedules = {
    "end_terms": Schedule(timedelta(hours=1), end_terms, catch_up=1),
    "apply_changes": Schedule(timedelta(minutes=15), apply_changes, catch_up=1),
    "apply_closures": Schedule(timedelta(minutes=15), apply_closures, catch_up=1),
    "announce_overdue_stages": Schedule(timedelta(hours=1), announce_overdue, catch_up=1),
    "remind_reviewers": Schedule(timedelta(minutes=15), remind, catch_up=1),
    "remind_reports": Schedule(timedelta(minutes=15), remind_reports, catch_up=1),
    "remind_renewals": Schedule(timedelta(minutes=15), remind_renewals, catch_up=1),
    "remind_agreements": Schedule(timedelta(minutes=15), remind_agreements, catch_up=1),
    "remind_reviews": Schedule(timedelta(hours=1), remind_reviews, catch_up=1),
    "remind_seats": Schedule(timedelta(minutes=15), remind_seats, catch_up=1),
    "announce_late_reports": Schedule(timedelta(hours=1), announce_late_reports, catch_up=1),
    "end_partnerships": Schedule(timedelta(hours=1), end_partnerships, catch_up=1),
    "end_seats": Schedule(timedelta(hours=1), end_seats, catch_up=1),
    "expire_pending_transitions": Schedule(timedelta(minutes=5), expiring(CENTRES), catch_up=1),
    "expire_agreements": Schedule(timedelta(hours=1), expire_agreements, catch_up=1),
}


def create_worker(settings: CentresSettings | None = None) -> Worker:
    """The worker of the centres service. The settings default to those of the environment."""
    settings = settings or CentresSettings()
    bulk, copies = BulkJobs(settings, IMPORTABLE, EXPORTABLE), CopyJobs(PUBLISHED, settings)
    handlers = {**bulk.handlers, **copies.handlers, **reset_jobs(settings, "centre_")}
    schedules = {**bulk.schedules, **copies.schedules, **SCHEDULES}
    return Worker("centres", settings, REACTIONS, handlers, schedules, has_bulk_jobs=True)
