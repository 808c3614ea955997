"""Reactions of centres to facts, and scheduled transitions."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from services.centres import worker
from services.centres.reactions import REACTIONS
from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import now
from tests.support.callers import Caller
from tests.support.centres import (
    AGREEMENTS,
    CENTRES,
    COMMITTEES,
    DOCUMENT,
    SEATS,
    TERMS,
    Members,
    agreed,
    applied,
    centre_body,
    endorsed,
    entered,
    host_agreement,
    proposed_committee,
    recommended,
    reviewed,
    seated,
    stepped,
    unused_country,
    waived,
)
from tests.support.facts import type_of


async def _announce(database: Database, service: str, entity: str, what: str, subject: str, country: str) -> None:
    """The worker's reaction to one fact."""
    kind = type_of(service, entity, what)
    fact = Fact(type=kind, time=now(), subject=UUID(subject), ref="X", version=9, country=country, link="/x")
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await REACTIONS[kind](uow, [fact])


async def _tick(database: Database, name: str) -> None:
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await worker.SCHEDULES[name].run(uow)


async def _now(admin: Caller, record: dict[str, Any]) -> dict[str, Any]:
    return dict((await admin.get(record["links"]["self"])).json())


async def test_references_follow_a_merge_of_institutions_and_go_back(
    admin: Caller, members: Members, database: Database, superuser: asyncpg.Connection
) -> None:
    country = unused_country()
    winner = await members.institution(country)
    centre = await applied(admin, members, country)
    loser = centre["host_institution_id"]
    committee = await proposed_committee(
        admin, members, country, host_institution_id=winner, partner_institution_ids=[loser, winner]
    )
    agreement = await agreed(admin, centre)
    merge = "UPDATE member_institution SET merged_into = $2 WHERE id = $1"
    await superuser.execute(merge, loser, winner)
    await _announce(database, "membership", "institution", "merged", loser, country)
    await _announce(database, "membership", "institution", "merged", loser, country)
    assert (await _now(admin, centre))["host_institution_id"] == winner
    assert (await _now(admin, committee))["partner_institution_ids"] == [winner]
    parties = (await _now(admin, agreement))["parties"]
    assert [party["institution_id"] for party in parties] == [winner, None]
    lines = (await admin.get(f"{centre['links']['self']}/history")).json()["items"]
    assert (lines[0]["action"], lines[0]["by"]["kind"]) == ("update", "system")
    await superuser.execute(merge, loser, None)
    await _announce(database, "membership", "institution", "unmerged", loser, country)
    assert (await _now(admin, centre))["host_institution_id"] == loser
    assert (await _now(admin, committee))["host_institution_id"] == winner


async def test_references_follow_a_merge_of_experts(
    admin: Caller, members: Members, database: Database, superuser: asyncpg.Connection
) -> None:
    country = unused_country()
    loser, winner = await members.expert(country), await members.expert(country)
    committee = await entered(admin, COMMITTEES, {"country": country, "names": {"en": "Merging"}})
    seat = await seated(admin, committee, "president", person={"expert_id": loser})
    centre = await stepped(admin, await applied(admin, members, country), "accept_complete")
    first = await reviewed(admin, members, centre, reviewer_id=loser)
    await reviewed(admin, members, centre, reviewer_id=winner)
    await superuser.execute("UPDATE member_expert SET merged_into = $2 WHERE id = $1", loser, winner)
    await _announce(database, "membership", "expert", "merged", winner, country)
    assert (await _now(admin, seat))["person"] == {"expert_id": winner}
    assert (await _now(admin, first))["reviewer_id"] == winner
    offers = {offer["action"]: offer for offer in (await _now(admin, centre))["allowed_actions"]}
    assert offers["recommend"]["reason"] == "reviews_missing"
    named = await admin.post(
        SEATS, {"committee_id": committee["id"], "person": {"expert_id": loser}, "office": "member"}
    )
    assert named.json()["errors"][0]["code"] == "unknown_reference"


async def test_who_is_erased_holds_nothing(admin: Caller, members: Members, database: Database) -> None:
    country = unused_country()
    expert = await members.expert(country)
    committee = await entered(admin, COMMITTEES, {"country": country, "names": {"en": "Erasing"}})
    seat = await seated(admin, committee, "member", person={"expert_id": expert})
    centre = await entered(admin, CENTRES, await centre_body(members, country, director_id=expert))
    await _announce(database, "membership", "expert", "erased", expert, country)
    assert (await _now(admin, seat))["status"] == "ended"
    assert (await _now(admin, centre))["director_id"] is None


async def test_seats_end_with_their_committee_and_with_time(
    admin: Caller, members: Members, database: Database
) -> None:
    country = unused_country()
    committee = await entered(admin, COMMITTEES, {"country": country, "names": {"en": "Ending"}})
    over = await seated(admin, committee, "secretary", **{"from": "2020", "to": "2022-05"})
    running = await seated(admin, committee, "president", to=str(datetime.now(UTC).year))
    await _tick(database, "end_seats")
    assert [(await _now(admin, seat))["status"] for seat in (over, running)] == ["ended", "appointed"]
    assert (await _now(admin, over))["to"] == "2022-05"
    await stepped(admin, committee, "abandon")
    await _announce(database, "centres", "committee", "abandoned", committee["id"], country)
    assert (await _now(admin, running))["status"] == "ended"


async def test_terms_show_when_the_consent_they_rest_on_is_gone(
    admin: Caller, members: Members, database: Database, superuser: asyncpg.Connection
) -> None:
    country = unused_country()
    centre = await recommended(admin, members, country)
    await agreed(admin, centre)
    endorsement = await endorsed(superuser, country, level=2)
    await stepped(admin, centre, "designate")
    await superuser.execute("UPDATE action_endorsement SET status = 'withdrawn' WHERE id = $1", endorsement)
    await _announce(database, "actions", "endorsement", "withdrawn", endorsement, country)
    term = (await admin.get(TERMS, params={"centre_id": centre["id"]})).json()["items"][0]
    assert term["consent_lapsed_on"] == datetime.now(UTC).date().isoformat()
    again = await endorsed(superuser, country, level=3)
    await _announce(database, "actions", "endorsement", "verified", again, country)
    assert (await _now(admin, term))["consent_lapsed_on"] is None


async def test_a_term_runs_out_and_is_renewed(
    admin: Caller, members: Members, database: Database, superuser: asyncpg.Connection
) -> None:
    country = unused_country()
    centre = await recommended(admin, members, country)
    await agreed(admin, centre)
    await endorsed(superuser, country, level=2)
    today = datetime.now(UTC).date()
    soon = {"starts": (today - timedelta(days=900)).isoformat(), "ends": (today + timedelta(days=200)).isoformat()}
    centre = await stepped(admin, centre, "designate", fields=soon)
    await _tick(database, "end_terms")
    centre = await _now(admin, centre)
    assert centre["status"] == "renewal_due"
    await waived(admin, centre)
    papers = {"final_report": DOCUMENT, "evaluation": DOCUMENT}
    centre = await stepped(admin, centre, "submit_renewal", fields=papers)
    assert centre["final_report"]["title"] == DOCUMENT["title"]
    centre = await stepped(admin, centre, "renew")
    assert (centre["status"], centre["term"]["number"]) == ("active", 2)
    assert centre["term"]["starts"] == (today + timedelta(days=201)).isoformat()
    assert centre["registration_number"] == f"ESNRC-{country}-01"
    await superuser.execute(
        "UPDATE centre_centre SET term_starts = $2, term_ends = $3 WHERE id = $1",
        centre["id"],
        today - timedelta(days=500),
        today - timedelta(days=1),
    )
    await _tick(database, "end_terms")
    assert (await _now(admin, centre))["status"] == "expired"
    terms = (await admin.get(TERMS, params={"centre_id": centre["id"]})).json()["items"]
    assert [term["status"] for term in terms] == ["ended", "ended"]
    assert all(term["ended_on"] <= term["ends"] for term in terms), "never later than the last day"
    assert (await stepped(admin, centre, "renew"))["term"]["starts"] == today.isoformat()


async def test_agreements_run_out(admin: Caller, members: Members, database: Database) -> None:
    centre = await applied(admin, members, unused_country())
    agreement = await entered(admin, AGREEMENTS, {**host_agreement(centre), "expires": "2026-01-01"})
    assert agreement["status"] == "in_force"
    await _tick(database, "expire_agreements")
    assert (await _now(admin, agreement))["status"] == "expired"
