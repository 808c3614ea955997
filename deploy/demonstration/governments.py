"""What the governments of the demonstration wrote, whom they named and what they endorsed."""

from datetime import date, timedelta
from uuid import UUID

from deploy.demonstration.accounts import Officials
from deploy.demonstration.making import Making, Verbs
from services.actions.coordination.focal_points import operations as focal_points
from services.actions.coordination.focal_points.schemas import FocalPointCreate
from services.actions.coordination.focal_points.schemas import columns as focal_point_columns
from services.actions.coordination.tasks import operations as tasks
from services.actions.coordination.tasks.schemas import TaskCreate
from services.actions.coordination.tasks.schemas import columns as task_columns
from services.actions.governments.correspondence import operations as correspondence
from services.actions.governments.correspondence.schemas import LetterCreate
from services.actions.governments.endorsements import operations as endorsements
from services.actions.governments.endorsements.schemas import EndorsementCreate
from services.actions.governments.government_bodies import operations as bodies
from services.actions.governments.government_bodies.schemas import BodyCreate
from services.actions.governments.meetings import operations as meetings
from services.actions.governments.meetings.schemas import MeetingCreate
from shared.kernel.countries import COUNTRIES

LETTERS = Verbs.of(correspondence, correspondence.LETTERS)
BODIES = Verbs.of(bodies, bodies.GOVERNMENT_BODIES)
FOCAL_POINTS = Verbs.of(focal_points, focal_points.FOCAL_POINTS)
ENDORSEMENTS = Verbs.of(endorsements, endorsements.ENDORSEMENTS)
MEETINGS = Verbs.of(meetings, meetings.MEETINGS)
TASKS = Verbs.of(tasks, tasks.TASKS)


def document(title: str, day: date) -> dict[str, str]:
    """A document that nobody can open."""
    name = title.lower().replace(" ", "-")
    return {"title": title, "date": day.isoformat(), "url": f"https://documents.example/{day}/{name}.pdf"}


async def invited(making: Making, officials: Officials, country: str, day: date, *, is_answered: bool) -> None:
    """The first letter to a government, with its answer or a reply that is late."""
    name = COUNTRIES[country].names["en"]
    async with making.on(day, "actions", (country,)) as opened:
        letter = LetterCreate.model_validate(
            {
                "country": country,
                "direction": "out",
                "date": day,
                "subject": f"Invitation of {name} to take part in the plan",
                "parties": [{"name": f"Ministry of Environment of {name}"}],
                "document": document("Invitation", day),
            }
        )
        sent = await opened.enter(LETTERS, letter, officials.officer)
        await opened.step(LETTERS, sent, "await", by=officials.officer)
    if not is_answered:
        return
    later = day + timedelta(days=21)
    async with making.on(later, "actions", (country,)) as opened:
        answer = LetterCreate.model_validate(
            {
                "country": country,
                "direction": "in",
                "date": later,
                "subject": "The ministry takes part",
                "reply_to": sent.id,
                "document": document("Answer", later),
            }
        )
        received = await opened.enter(LETTERS, answer, officials.officer)
        await opened.step(LETTERS, received, "close", by=officials.officer)


async def named(making: Making, officials: Officials, country: str, day: date, expert: UUID) -> UUID:
    """The ministry of a country, and its focal point in office. Returns the ministry's id."""
    name = COUNTRIES[country].names["en"]
    async with making.on(day, "actions", (country,)) as opened:
        body = BodyCreate.model_validate(
            {
                "country": country,
                "names": {"en": f"Ministry of Environment of {name}"},
                "kind": "ministry",
                "visibility": "public",
            }
        )
        ministry = await opened.enter(BODIES, body, officials.officer)
        nominee = FocalPointCreate.model_validate(
            {
                "country": country,
                "person": {"expert_id": expert},
                "body_id": ministry.id,
                "role": "National focal point",
                "letter": document("Nomination", day),
                "starts": day,
                "visibility": "public",
            }
        )
        nominated = await opened.enter(FOCAL_POINTS, nominee, officials.officer, focal_point_columns(nominee))
        await opened.step(FOCAL_POINTS, nominated, "accept", by=officials.admin)
        met = MeetingCreate.model_validate(
            {
                "country": country,
                "kind": "online",
                "date": day,
                "titles": {"en": f"First meeting with {name}"},
                "participants": [{"name": "The minister", "role": "Minister"}],
                "decisions": [{"key": "host", "text": "The ministry proposes a host for the committee."}],
            }
        )
        await opened.enter(MEETINGS, met, officials.officer)
    return UUID(str(ministry.id))


async def endorsed(making: Making, officials: Officials, country: str, day: date, level: int, ministry: UUID) -> None:
    """An endorsement that the focal point claims and the secretariat verifies."""
    async with making.on(day, "actions", (country,)) as opened:
        claim = EndorsementCreate.model_validate(
            {
                "country": country,
                "level": level,
                "body_id": ministry,
                "issued": day - timedelta(days=5),
                "document": document("Endorsement", day - timedelta(days=5)),
            }
        )
        claimed = await opened.enter(ENDORSEMENTS, claim, officials.focal_point)
        verified = await opened.step(ENDORSEMENTS, claimed, "verify", by=officials.admin)
        await opened.change(ENDORSEMENTS, verified, officials.admin, visibility="public")


async def asked(
    making: Making, officials: Officials, country: str, day: date, title: str, due: date, role: str
) -> None:
    """A task of whoever has a role in the country."""
    async with making.on(day, "actions") as opened:
        body = TaskCreate.model_validate(
            {"country": country, "titles": {"en": title}, "due": due, "owner": {"role": role}}
        )
        await opened.enter(TASKS, body, officials.officer, task_columns(body))
