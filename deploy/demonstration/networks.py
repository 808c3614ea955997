"""The committees and the centres of the demonstration, each in one of the states that there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from deploy.demonstration.accounts import Officials
from deploy.demonstration.governments import document
from deploy.demonstration.making import Day, Making, Verbs
from deploy.demonstration.people import PLACES
from deploy.demonstration.register import Register
from services.centres.access import ROLES as CENTRE_ROLES
from services.centres.committees.committees import operations as committees
from services.centres.committees.committees.domain import RecognitionRules
from services.centres.committees.committees.schemas import CommitteeBody
from services.centres.committees.seats import operations as seats
from services.centres.committees.seats.schemas import SeatBody
from services.centres.committees.seats.schemas import columns as seat_columns
from services.centres.designation.agreements import operations as agreements
from services.centres.designation.agreements.schemas import AgreementBody
from services.centres.designation.centres import operations as centres
from services.centres.designation.centres.schedules import apply_scheduled
from services.centres.designation.centres.schemas import CentreBody
from services.centres.designation.reviewers import operations as reviewers
from services.centres.designation.reviewers.schemas import ReviewerCreate
from services.centres.designation.reviews import operations as reviews
from services.centres.designation.reviews.schemas import ReviewBody
from services.centres.questions.report_templates import operations as templates
from services.centres.questions.report_templates.queries import active
from services.centres.questions.report_templates.schemas import ReportTemplateCreate
from services.centres.reporting.annual_reports import operations as reports
from services.membership.seed import SECRETARIAT
from shared.kernel.countries import COUNTRIES
from shared.kernel.principal import Grant, Principal, PrincipalKind
from shared.records.access_scope import access_scope_for
from shared.web.contract.values import row_values

COMMITTEES = Verbs.of(committees, committees.COMMITTEES, RecognitionRules())
SEATS = Verbs.of(seats, seats.SEATS)
CENTRES = Verbs.of(centres, centres.CENTRES, {})
AGREEMENTS = Verbs.of(agreements, agreements.AGREEMENTS)
TEMPLATES = Verbs.of(templates, templates.TEMPLATES)
REVIEWERS = Verbs(reviewers.REVIEWERS, reviewers.create, reviewers.transition, reviewers.update)
REPORTS = Verbs.of(reports, reports.REPORTS)
_WHOLE = ("start", "submit", "accept")
_OFFICES = ("president", "secretary", "vice_president", "member", "member")
_THEMES = ("biosphere-integrity", "freshwater-change", "land-system-change", "climate-change", "novel-entities")
_WORK = dict(zip(_THEMES, ("Living Nature", "Waters", "Soils", "Climate", "Substances"), strict=True))
_QUESTIONS = (
    {"key": "summary", "titles": {"en": "What was done?"}, "type": "text", "required": True, "public": True},
    {"key": "needs", "titles": {"en": "What is needed?"}, "type": "text"},
    {"key": "staff", "titles": {"en": "Staff"}, "type": "integer", "min": 0, "required": True, "figure": True,
     "public": True},
    {"key": "stations", "titles": {"en": "Stations at work"}, "type": "integer", "min": 0, "figure": True,
     "public": True},
)  # fmt: skip
_UNINVITED = """
SELECT id FROM centre_centre c WHERE country = $1 AND status = 'under_review'
    AND NOT EXISTS (SELECT FROM centre_reviewer r WHERE r.centre_id = c.id)
"""
_OWED = """
SELECT id, due FROM centre_annual_report
WHERE centre_id = $1 AND kind = 'annual' AND status = 'due' AND period_ends < $2 ORDER BY due
"""


async def asked(making: Making, day: date) -> None:
    """The questions of annual reports."""
    async with making.on(day, "centres") as opened:
        if await active(opened.uow.connection, "annual_report") is not None:
            return
        body = ReportTemplateCreate.model_validate(
            {
                "kind": "annual_report",
                "version": str(day.year),
                "titles": {"en": "Annual report of a centre"},
                "sections": [{"key": "work", "titles": {"en": "Work"}, "questions": [*_QUESTIONS]}],
            }
        )
        await opened.step(TEMPLATES, await opened.enter(TEMPLATES, body), "activate")


@dataclass(slots=True)
class Network:
    """What a country has: its register, its committee, and its centres by their place in the list."""

    country: str
    register: Register
    committee: Any = None

    @property
    def name(self) -> str:
        return COUNTRIES[self.country].names["en"]

    def expert(self, number: int) -> UUID:
        """One of the first five experts, who are active from the beginning."""
        return self.register.experts[self.country][number % 5]

    def institution(self, number: int) -> UUID:
        places = self.register.institutions[self.country]
        return places[number % len(places)]

    def reviewers(self) -> Sequence[UUID]:
        """Two experts of other countries."""
        codes = [*PLACES]
        place = codes.index(self.country)
        return [self.register.experts[codes[(place + step) % len(codes)]][step] for step in (1, 2)]


async def proposed(making: Making, network: Network, day: date) -> None:
    """A committee with its host, a partner and its papers."""
    async with making.on(day, "centres", (network.country,)) as opened:
        body = CommitteeBody.model_validate(
            {
                "country": network.country,
                "names": {"en": f"National Committee of {network.name}"},
                "host_institution_id": network.institution(2),
                "partner_institution_ids": [network.institution(0), network.institution(1)],
                "decision": document("Decision to form the committee", day),
                "bylaws": document("Bylaws", day),
                "visibility": "public",
            }
        )
        network.committee = await opened.enter(COMMITTEES, body)


async def formed(making: Making, network: Network, day: date) -> None:
    """Its seats, and the decision that forms it."""
    async with making.on(day, "centres", (network.country,)) as opened:
        for number, office in enumerate(_OFFICES):
            seat = SeatBody.model_validate(
                {
                    "committee_id": network.committee.id,
                    "person": {"expert_id": network.expert(number)},
                    "office": office,
                    "from": day.isoformat(),
                }
            )
            await opened.enter(SEATS, seat, columns=seat_columns(seat))
        network.committee = await opened.step(COMMITTEES, network.committee, "form")


async def recognised(making: Making, network: Network, day: date) -> None:
    """Its recognition as the scientific committee."""
    async with making.on(day, "centres", (network.country,)) as opened:
        network.committee = await opened.step(COMMITTEES, network.committee, "request_recognition", "recognise")


async def drafted(opened: Day, network: Network, number: int, *, is_complete: bool = True) -> Any:
    """An application of one of the institutions."""
    lat, lon = PLACES[network.country]
    day = opened.day - timedelta(days=10)
    papers = {
        "unit": f"Department {number + 1}",
        "director_id": network.expert(number + 2),
        "terms_of_reference": document("Terms of reference", day),
        "work_plan": document("Work plan", day),
        "host_letter": document("Letter of the host", day),
    }
    theme = _THEMES[(number + ord(network.country[1])) % len(_THEMES)]
    body = CentreBody.model_validate(
        {
            "country": network.country,
            "names": {"en": f"{network.name} Research Centre for {_WORK[theme]}"},
            "host_institution_id": network.institution(number),
            "committee_id": network.committee.id,
            "themes": [theme],
            "position": {"lat": lat + number / 2, "lon": lon + number / 2},
            "address": f"{number + 1} Station Road, {network.name}",
            "visibility": "public",
            **(papers if is_complete else {}),
        }
    )
    return await opened.enter(CENTRES, body)


async def applied(
    making: Making, network: Network, day: date, number: int, *steps: str, is_complete: bool = True, reason: str = ""
) -> Any:
    """An application, after these steps."""
    async with making.on(day, "centres") as opened:
        centre = await drafted(opened, network, number, is_complete=is_complete)
        return await opened.step(CENTRES, centre, *steps, reason=reason or None) if steps else centre


async def review_invited(making: Making, country: str, expert: UUID, account: UUID) -> None:
    """An expert of another country is invited now to review the application that is under review, and accepts."""
    async with making.now("centres") as opened:
        key = await opened.uow.connection.fetchval(_UNINVITED, country)
        if key is None:
            return
        centre = await centres.CENTRES.lock(opened.uow, key)
        access = access_scope_for(SECRETARIAT, CENTRE_ROLES, reviewers.REVIEWERS.resource)
        due = {"expert_id": expert, "due": making.last + timedelta(days=21)}
        new = reviewers.REVIEWERS.new(row_values(ReviewerCreate.model_validate(due), reviewers.REVIEWERS.table))
        invited = await opened.act(SECRETARIAT, partial(reviewers.create, opened.uow, access, centre, new))
        own = Grant("expert", "self", str(expert), opened.day, None)
        member = Principal(PrincipalKind.ACCOUNT, account, "member", (own,))
        await opened.step(REVIEWERS, invited, "accept", by=member, conflict_of_interest=False)


async def recommended(making: Making, network: Network, day: date, number: int) -> Any:
    """An application that two reviewers of other countries recommend."""
    async with making.on(day, "centres") as opened:
        centre = await drafted(opened, network, number)
        centre = await opened.step(CENTRES, centre, "submit", "accept_complete")
    async with making.on(day + timedelta(days=30), "centres") as opened:
        for reviewer in network.reviewers():
            await _reviewed(opened, centre, reviewer)
        return await opened.step(CENTRES, await _now(opened, centre), "recommend")


async def designated(
    making: Making, network: Network, centre: Any, day: date, ends: date | None = None, note: str | None = None
) -> Any:
    """The signed agreement with the host, and the designation for a term."""
    async with making.on(day, "centres", (network.country,)) as opened:
        signed = {"signed_at": (day - timedelta(days=3)).isoformat()}
        agreement = AgreementBody.model_validate(
            {
                "centre_id": centre.id,
                "kind": "host",
                "parties": [
                    {"name": "The host", "institution_id": centre.host_institution_id, **signed},
                    {"name": "The network", "signatory": "The chair", **signed},
                ],
                "effective": day,
                "document": document("Host agreement", day),
            }
        )
        await opened.enter(AGREEMENTS, agreement)
        more: dict[str, Any] = {
            name: value for name, value in (("ends", ends), ("public_note", note)) if value is not None
        }
        return await opened.step(CENTRES, await _now(opened, centre), "designate", **more)


async def changed(making: Making, network: Network, centre: Any, day: date, action: str, **asked: Any) -> Any:
    """A centre after a step of its term."""
    async with making.on(day, "centres", (network.country,)) as opened:
        return await opened.step(CENTRES, await _now(opened, centre), action, **asked)


async def renewals_opened(making: Making, day: date, countries: Sequence[str]) -> None:
    """What the schedule does with terms that end: renewals open, and centres whose term has ended expire."""
    async with making.on(day, "centres", countries) as opened:
        await opened.act(SECRETARIAT, partial(apply_scheduled, opened.uow))


async def reported(making: Making, officials: Officials, centre: Any, last: Sequence[str] = _WHOLE) -> None:
    """The annual reports on the years that have ended, each shortly before it is due; the last after these steps."""
    async with making.on(making.last, "centres") as opened:
        owed = await opened.uow.connection.fetch(_OWED, centre.id, making.ago(30))
    for place, row in enumerate(owed):
        day = min(row["due"] - timedelta(days=15), making.last)
        async with making.on(day, "centres") as opened:
            await _report(opened, officials, row["id"], place, last if place == len(owed) - 1 else _WHOLE)


async def _report(opened: Day, officials: Officials, key: UUID, place: int, steps: Sequence[str]) -> None:
    before = await reports.REPORTS.lock(opened.uow, key)
    draft = await opened.step(REPORTS, before, "start", by=officials.officer)
    answers = {"summary": "The stations ran all year, and the data are open.", "needs": "One more technician."}
    figures = {"staff": 8 + 3 * place, "stations": 12 + 4 * place}
    filled = await opened.change(REPORTS, draft, officials.admin, answers=answers, figures=figures, visibility="public")
    for action in steps[1:]:
        by = officials.admin if action == "accept" else officials.officer
        filled = await opened.step(REPORTS, filled, action, by=by)


async def _reviewed(opened: Day, centre: Any, reviewer: UUID) -> None:
    access = access_scope_for(SECRETARIAT, CENTRE_ROLES, reviews.REVIEWS.resource)
    body = ReviewBody.model_validate(
        {
            "reviewer_id": reviewer,
            "scores": {"relevance": 5, "capacity": 4, "governance": 4, "plan": 4},
            "recommendation": "designate",
            "comment": "A strong host with a clear plan.",
        }
    )
    new = reviews.REVIEWS.new(row_values(body, reviews.REVIEWS.table))
    await opened.act(SECRETARIAT, partial(reviews.create, opened.uow, access, centre, new))


async def _now(opened: Day, centre: Any) -> Any:
    """The centre as it is now: a review or a signature hands its file over."""
    return await centres.CENTRES.lock(opened.uow, centre.id)
