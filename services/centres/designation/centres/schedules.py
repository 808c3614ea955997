"""What the calendar does to centres: terms end, renewals open, and what is late is announced."""

from dataclasses import replace

from services.centres.designation.centres import queries, stages
from services.centres.designation.centres.clock import APPLICANT, entered
from services.centres.designation.centres.designation import TERMS, end_term, follow_state
from services.centres.designation.centres.operations import CENTRES
from services.centres.designation.centres.record import Centre
from services.centres.evaluation.evaluations.operations import open_renewal
from services.centres.reporting.annual_reports.operations import apply_scheduled as announce_lights
from services.centres.reporting.annual_reports.operations import open_final_report
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now, today
from shared.records.rows import with_columns


async def apply_scheduled(uow: UnitOfWork) -> None:
    """Opens due renewals and expires centres whose term has ended."""
    at = now()
    for before in await queries.lock_due(uow.connection, today()):
        if before.term_ends is not None and before.term_ends < today():
            expired = entered(before, "expired", None, None, at)
            ended = {"assignee": None, "previous_status": None, "public_note": None}
            wanted = with_columns(expired, {**ended, "pending_change": None, "review_by": None})
            after = await CENTRES.apply_scheduled(uow, before, "expire", wanted)
            await end_term(uow, after, before.term_ends)
            await follow_state(uow, after)
        else:
            wanted = entered(before, "renewal_due", APPLICANT, None, at)
            after = await CENTRES.apply_scheduled(uow, before, "open_renewal", wanted)
            await _open_renewal(uow, after)
        await stages.append(uow, after, at)


async def _open_renewal(uow: UnitOfWork, centre: Centre) -> None:
    """What a renewal needs: an evaluation, and a final report on the term."""
    await open_renewal(uow, centre.id, centre.country)
    current = await queries.lock_current_term(uow.connection, centre.id)
    if current is not None:
        await open_final_report(uow, centre.id, centre.country, current.id, current.starts, current.ends)


async def announce_overdue(uow: UnitOfWork) -> None:
    """Announces each stage whose target has passed, once."""
    for before in await queries.lock_overdue(uow.connection, now()):
        await CENTRES.write(uow, "become_overdue", before, replace(before, clock_announced=True), fact="stage_overdue")


async def announce_late_reports(uow: UnitOfWork) -> None:
    """Announces the lights of late reports, and proposes once in each term to suspend a centre two of whose reports are
    very late: a task of the secretariat, never a suspension."""
    await announce_lights(uow)
    for late in await queries.lock_late(uow.connection):
        current = await queries.lock_current_term(uow.connection, late.id)
        if current is not None and current.suspension_proposed_on is None:
            await TERMS.update(uow, current, replace(current, suspension_proposed_on=today()))
            CENTRES.record_change(uow, "propose_suspension", late, late, "suspension_proposed")


async def remind(uow: UnitOfWork) -> None:
    """Announces that renewals are due, once for each centre and day of a reminder; at most 2,500."""
    for one in await queries.take_reminded(uow.connection, today()):
        CENTRES.record_change(uow, "remind", one, one, "renewal_reminder")


async def remind_reviews(uow: UnitOfWork) -> None:
    """Announces that a suspension was to be reviewed before today, once for each; its state stays."""
    for one in await queries.take_unreviewed(uow.connection, today()):
        CENTRES.record_change(uow, "remind", one, one, "review_due")
