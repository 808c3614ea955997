"""Supports of known people: what the office and the person enter, merges and their undo, consents, counts."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.membership.initiatives.supports import domain
from services.membership.initiatives.supports.operations import list_again
from services.membership.references import EXPERTS as FOLLOWING
from shared.contracts.signing import SUPPORT_ACCEPTED, SUPPORT_ANNULLED, SUPPORT_REINSTATED
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import UnitOfWork, unit_of_work
from shared.kernel.clock import today
from tests.membership.initiatives.supports.conftest import INITIATIVES, SUPPORTS, Body, Campaign, initiative_body
from tests.support.callers import CALLERS, Caller, grant
from tests.support.callers import person as person_holding
from tests.support.institutions import verified
from tests.support.membership import CONGRESSES, activated, congress, entered
from tests.support.merges import merged, undone

DOCUMENT = {"title": "Sheet 1", "date": "2026-10-01", "url": "https://example.org/sheet.pdf"}
Member = Callable[..., Awaitable[tuple[Caller, Body]]]


async def _supports(admin: Caller, initiative: Body, expert: Body, **more: Any) -> Body:
    """An accepted support of an expert, by a paper list."""
    body = {"initiative_id": initiative["id"], "expert_id": expert["id"], "evidence": DOCUMENT, **more}
    made = await admin.post(SUPPORTS, body)
    assert made.status_code == 201, made.text
    accepted = await admin.step(made.json()["links"]["self"], "verify")
    assert accepted.status_code == 200, accepted.text
    return dict(accepted.json())


async def _in_one(database: Database, act: Callable[[UnitOfWork, UUID], Awaitable[Any]], key: str) -> None:
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await act(uow, UUID(key))


async def _announced(superuser: asyncpg.Connection, support: Body, fact: str) -> int:
    found = "SELECT count(*) FROM core_outbox WHERE subject = $1 AND type = $2"
    return int(await superuser.fetchval(found, UUID(support["id"]), fact))


async def test_a_member_supports_without_a_mail(campaign: Campaign, member: Member) -> None:
    initiative = await campaign.initiative()
    person, record = await member()
    body = {"initiative_id": initiative["id"], "expert_id": record["id"], "consent_to_list": True}
    made = await person.post(SUPPORTS, body)
    assert made.status_code == 201, made.text
    again = await person.post(SUPPORTS, body)
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "not_unique")
    accepted = await person.step(made.json()["links"]["self"], "verify")
    assert (accepted.json()["status"], accepted.json()["visibility"]) == ("accepted", "public"), accepted.text
    unlisted = await person.patch(
        made.json()["links"]["self"], {"consent_to_list": False}, etag=accepted.headers["etag"]
    )
    assert (unlisted.json()["visibility"], unlisted.json()["listed_name"]) == ("restricted", None), unlisted.text


async def test_a_merge_annuls_the_later_support_and_its_undo_reinstates_it(
    campaign: Campaign, database: Database, superuser: asyncpg.Connection
) -> None:
    initiative, admin = await campaign.initiative(), campaign.admin
    winner, loser = await activated(admin), await activated(admin, country="XB")
    first = await _supports(admin, initiative, loser, consent_to_list=True)
    second = await _supports(admin, initiative, winner, consent_to_list=True)
    assert (await campaign.count(initiative))["supporters"] == 2
    merge = await merged(admin, winner, loser)
    await _in_one(database, FOLLOWING.rewrite, loser["id"])
    found = [await campaign.support(one["id"]) for one in (first, second)]
    assert [(one["status"], one["expert_id"], one["country"], one["listed_name"]) for one in found] == [
        ("accepted", winner["id"], "XA", first["listed_name"]),
        ("annulled", winner["id"], "XA", None),
    ]
    count = await campaign.count(initiative)
    assert (count["supporters"], count["countries"]) == (1, 1)
    assert await _announced(superuser, second, SUPPORT_ANNULLED) == 1
    await undone(admin, merge)
    await _in_one(database, FOLLOWING.rewrite, loser["id"])
    found = [await campaign.support(one["id"]) for one in (first, second)]
    assert [(one["status"], one["expert_id"], one["country"], one["listed_name"]) for one in found] == [
        ("accepted", loser["id"], "XB", first["listed_name"]),
        ("accepted", winner["id"], "XA", second["listed_name"]),
    ]
    assert (await campaign.count(initiative))["supporters"] == 2
    assert await _announced(superuser, second, SUPPORT_REINSTATED) == 1
    assert await _announced(superuser, second, SUPPORT_ACCEPTED) == 1


async def test_a_support_follows_the_affiliation_with_which_a_merge_united_its_own(
    campaign: Campaign, database: Database, superuser: asyncpg.Connection
) -> None:
    initiative, admin, raw = await campaign.initiative(), campaign.admin, "Institute of Lagoons"
    winner, loser = await activated(admin), await activated(admin, names=[{"full": "Amina Khan"}])
    works = {}
    for expert in (loser, winner):
        made = await admin.post(f"{expert['links']['self']}/affiliations", {"raw": raw})
        works[expert["id"]] = UUID(made.json()["id"])
    support = await _supports(admin, initiative, loser, organisation={"raw": raw})
    place = await admin.post("/membership/v1/institutions", {"names": [{"value": raw}], "country": "XA"})
    match = "UPDATE member_affiliation SET institution_id = $2 WHERE id = $1"

    async def organisation() -> str | None:
        return (await campaign.support(support["id"]))["organisation"]["id"]

    merge = await merged(admin, winner, loser)
    assert merge["moved"]["united"] == 1
    await _in_one(database, FOLLOWING.rewrite, loser["id"])
    await superuser.execute(match, works[winner["id"]], UUID(place.json()["id"]))
    assert await organisation() == place.json()["id"]
    await undone(admin, merge)
    await _in_one(database, FOLLOWING.rewrite, loser["id"])
    assert await organisation() is None
    await superuser.execute(match, works[loser["id"]], UUID(place.json()["id"]))
    assert await organisation() == place.json()["id"]


async def test_who_withdraws_the_consent_to_be_listed_leaves_every_list(campaign: Campaign) -> None:
    initiative, admin = await campaign.initiative(), campaign.admin
    expert = await activated(admin)
    support = await _supports(admin, initiative, expert, consent_to_list=True)
    proof = {"channel": "paper", "document": DOCUMENT}
    consent = {"expert_id": expert["id"], "purpose": "listing", "notice_version": "2026", "language": "en"}
    given = await admin.post("/membership/v1/consents", {**consent, "proof": proof})
    assert given.status_code == 201, given.text
    await admin.step(given.json()["links"]["self"], "withdraw")
    found = await campaign.support(support["id"])
    assert (found["visibility"], found["listed_name"], found["consent_to_list"]) == ("restricted", None, False)


async def test_a_restricted_person_is_not_listed_until_the_restriction_is_lifted(
    campaign: Campaign, database: Database
) -> None:
    initiative, admin = await campaign.initiative(), campaign.admin
    expert = await activated(admin)
    support = await _supports(admin, initiative, expert, consent_to_list=True)
    for action, visibility in (("restrict_processing", "restricted"), ("lift_restriction", "public")):
        assert (await admin.step(expert["links"]["self"], action)).status_code == 200
        await _in_one(database, list_again, expert["id"])
        assert (await campaign.support(support["id"]))["visibility"] == visibility
    assert (await campaign.count(initiative))["supporters"] == 1


async def test_unlisted_supporters_count_and_are_not_named(campaign: Campaign) -> None:
    initiative, admin = await campaign.initiative(), campaign.admin
    listed, unlisted = await activated(admin), await activated(admin, country="XB", names=[{"full": "Una Unlisted"}])
    await _supports(admin, initiative, listed, consent_to_list=True)
    await _supports(admin, initiative, unlisted, capacity="organisation", organisation={"raw": "Delta Institute"})
    page = (await campaign.public.get(f"{INITIATIVES}/{initiative['id']}/supporters")).json()
    assert [one["name"] for one in page["items"]] == [listed["display_name"]]
    assert page["unlisted"] == 1
    assert unlisted["display_name"] not in str(page)
    count = await campaign.count(initiative)
    assert (count["supporters"], count["countries"], count["organisations_unmatched"]) == (2, 2, 1)
    for who in (campaign.public, campaign.admin):
        address = f"/membership/v1/statistics?of=supports&by=country,capacity&initiative={initiative['id']}"
        found = (await who.get(address)).json()
        assert [(one["country"], one["capacity"], one["count"]) for one in found["items"]] == [
            ("XA", "personal", 1),
            ("XB", "organisation", 1),
        ]
        assert (found["total"], found["countries"]) == (2, 2)
    assert (await campaign.public.get(count["links"]["by_country"])).json()["total"] == 2


async def test_two_spellings_of_one_institution_count_once(campaign: Campaign, superuser: asyncpg.Connection) -> None:
    initiative, admin = await campaign.initiative(), campaign.admin
    place = await admin.post(
        "/membership/v1/institutions", {"names": [{"value": "Institute of Deltas"}], "country": "XA"}
    )
    for raw in ("Institute of Deltas", "Inst. of Deltas"):
        expert = await activated(admin)
        path = f"/membership/v1/experts/{expert['id']}/affiliations"
        work = (await admin.post(path, {"raw": raw})).json()
        await _supports(admin, initiative, expert, organisation={"raw": raw})
        await superuser.execute(
            "UPDATE member_affiliation SET institution_id = $2 WHERE id = $1",
            UUID(work["id"]),
            UUID(place.json()["id"]),
        )
    count = await campaign.count(initiative)
    assert (count["organisations"], count["organisations_unmatched"]) == (1, 0)


async def test_a_support_keeps_its_organisation_when_the_affiliation_changes(
    campaign: Campaign, superuser: asyncpg.Connection
) -> None:
    initiative, admin = await campaign.initiative(), campaign.admin
    places = [await verified(admin, f"{name} Archive", visibility="network") for name in ("Tundra", "Savanna")]
    at, moves_to = (UUID(one["id"]) for one in places)
    match = "UPDATE member_affiliation SET institution_id = $2 WHERE id = $1"
    expert = await activated(admin)
    path = f"{expert['links']['self']}/affiliations"
    work = (await admin.post(path, {"raw": "Arch. of Tundras"})).json()
    support = await _supports(admin, initiative, expert, organisation={"raw": "Arch. of Tundras"})
    await superuser.execute(match, UUID(work["id"]), at)
    etag = (await admin.get(f"{path}/{work['id']}")).headers["etag"]
    changed = await admin.patch(f"{path}/{work['id']}", {"raw": "Arch. of Savannas"}, etag=etag)
    assert changed.status_code == 200, changed.text
    await superuser.execute(match, UUID(work["id"]), moves_to)
    assert (await campaign.support(support["id"]))["organisation"]["id"] == places[0]["id"]


async def test_an_organisation_is_the_institution_at_which_the_register_knows_the_supporter(campaign: Campaign) -> None:
    initiative, admin = await campaign.initiative(), campaign.admin
    places = {
        name: await verified(admin, f"{name} Museum", visibility=visibility)
        for name, visibility in (("Estuary", "network"), ("Grotto", "restricted"))
    }
    for name, meant in (("Estuary", places["Estuary"]["id"]), ("Grotto", None)):
        expert = await activated(admin)
        work = {"institution_id": places[name]["id"]}
        assert (await admin.post(f"{expert['links']['self']}/affiliations", work)).status_code == 201
        support = await _supports(admin, initiative, expert, organisation={"raw": f"{name.upper()} MUSEUM"})
        assert support["organisation"]["id"] == meant
    count = await campaign.count(initiative)
    assert (count["organisations"], count["organisations_unmatched"]) == (1, 1)


async def test_a_stored_day_stays_as_it_was(campaign: Campaign, superuser: asyncpg.Connection) -> None:
    initiative = await campaign.initiative(
        published_figures=[
            {"supporters": 2400, "organisations": 1302, "countries": 154, "as_of": "2024", "source": "X"}
        ]
    )
    await _supports(campaign.admin, initiative, await activated(campaign.admin))
    day = today() - timedelta(days=2)
    before = await campaign.count(initiative, f"?as_of={day}")
    assert (before["supporters"], before["organisations"], before["as_of"]) == (0, 0, day.isoformat())
    assert before["published_figures"][0]["organisations"] == 1302
    stored = "INSERT INTO member_initiative_day VALUES ($1, $2, 7, 3)"
    await superuser.execute(stored, UUID(initiative["id"]), day)
    kept = await campaign.count(initiative, f"?as_of={day}")
    assert (kept["organisations"], kept["organisations_unmatched"]) == (7, 3)
    assert (await campaign.count(initiative))["supporters"] == 1


async def test_an_institution_supports_in_its_own_name(campaign: Campaign) -> None:
    initiative, admin = await campaign.initiative(), campaign.admin
    made = await admin.post("/membership/v1/institutions", {"names": [{"value": "Museum of Soils"}], "country": "XB"})
    place = made.json()["id"]
    body = {"initiative_id": initiative["id"], "institution_id": place, "evidence": DOCUMENT}
    refused = await admin.post(SUPPORTS, body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/capacity")
    entered_ = await admin.post(SUPPORTS, {**body, "capacity": "organisation", "consent_to_list": True})
    accepted = await admin.step(entered_.json()["links"]["self"], "verify")
    assert (accepted.json()["country"], accepted.json()["listed_name"]) == ("XB", "Museum of Soils"), accepted.text
    count = await campaign.count(initiative)
    assert (count["supporters"], count["organisations"]) == (1, 1)
    both = await admin.post(SUPPORTS, {**body, "expert_id": (await entered(admin))["id"]})
    assert both.status_code == 422


async def test_a_representative_signs_for_the_institution_alone(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    initiative, admin = await campaign.initiative(), campaign.admin
    own, other = await verified(admin, "Archive of Soils"), await verified(admin, "Museum of Sands")

    def representing(place: Body) -> Caller:
        role = grant("institution_representative", "institution", str(place["id"]))
        who = person_holding(f"representative {uuid4().hex}", role)
        monkeypatch.setitem(CALLERS, who.name, who)
        return admin.known_as(who.name)

    rosa, stranger = representing(own), representing(other)
    body = {"initiative_id": initiative["id"], "institution_id": own["id"], "capacity": "organisation"}
    assert (await stranger.post(SUPPORTS, body)).status_code == 403
    made = await rosa.post(SUPPORTS, {**body, "consent_to_list": True})
    assert made.status_code == 201, made.text
    link = made.json()["links"]["self"]
    assert (await rosa.post(SUPPORTS, body)).status_code == 409
    assert [one["id"] for one in (await rosa.get(f"{SUPPORTS}?status=pending")).json()["items"]] == [made.json()["id"]]
    assert (await stranger.get(link)).status_code == 404
    assert (await rosa.step(link, "reject", reason="No")).status_code == 403
    accepted = await rosa.step(link, "verify")
    assert (accepted.json()["status"], accepted.json()["listed_name"]) == ("accepted", "Archive of Soils"), (
        accepted.text
    )
    assert (await stranger.step(link, "withdraw")).status_code == 403
    assert (await rosa.get(f"{link}/history")).status_code == 200
    assert (await campaign.count(initiative))["organisations"] == 1
    assert (await rosa.step(link, "withdraw")).json()["status"] == "withdrawn"
    assert (await campaign.count(initiative))["organisations"] == 0


async def test_a_signed_text_is_frozen(campaign: Campaign) -> None:
    initiative, admin = await campaign.initiative(), campaign.admin
    path = f"{INITIATIVES}/{initiative['id']}"
    await campaign.signed(initiative)
    etag = (await admin.get(path)).headers["etag"]
    refused = await admin.patch(path, {"texts": {"en": "We keep nothing."}}, etag=etag)
    assert (refused.status_code, refused.json()["code"]) == (409, "text_signed"), refused.text
    added = await admin.patch(path, {"texts": {"fr": "Nous gardons les sols."}}, etag=etag)
    assert added.status_code == 200, added.text
    (support,) = await campaign.supports(initiative)
    assert len(support["text_digest"]) == 64
    assert (await admin.post(INITIATIVES, initiative_body(code=initiative["code"]))).status_code == 409


async def test_a_signature_one_second_after_the_close_is_refused(
    campaign: Campaign, superuser: asyncpg.Connection
) -> None:
    initiative = await campaign.initiative()
    close = "UPDATE member_initiative SET closes = now() - interval '1 second' WHERE id = $1"
    await superuser.execute(close, UUID(initiative["id"]))
    refused = await campaign.sign(initiative)
    assert (refused.status_code, refused.json()["code"]) == (409, "initiative_not_open")


async def test_an_initiative_names_its_congress(campaign: Campaign) -> None:
    made = await campaign.admin.post(CONGRESSES, congress(visibility="public"))
    assert made.status_code == 201, made.text
    initiative = await campaign.initiative(congress_id=made.json()["id"])
    assert initiative["congress_id"] == made.json()["id"]
    refused = await campaign.admin.post(INITIATIVES, initiative_body(congress_id=initiative["id"]))
    assert refused.json()["errors"][0] == {
        "code": "unknown_reference",
        "detail": "There is no such congress.",
        "pointer": "/congress_id",
    }


async def test_a_draft_is_unknown_to_the_public(campaign: Campaign) -> None:
    made = (await campaign.admin.post(INITIATIVES, initiative_body())).json()
    assert (await campaign.public.get(f"{INITIATIVES}/{made['id']}")).status_code == 404
    assert (await campaign.sign(made)).status_code == 404


def _signature(**more: Any) -> domain.Signature:
    plain = {"email": "a@example.org", "capacity": "personal", "domains": (), "from_network": 1}
    return domain.Signature(**{**plain, **more})


@pytest.mark.parametrize(
    ("more", "hold"),
    [
        ({}, None),
        ({"email": "a@mailinator.com"}, "throwaway_domain"),
        ({"email": "a@sub.MAILINATOR.com"}, "throwaway_domain"),
        ({"from_network": 20}, None),
        ({"from_network": 21}, "many_from_network"),
        ({"capacity": "organisation"}, "organisation_unproven"),
        ({"capacity": "organisation", "domains": ("example.org",)}, None),
        ({"capacity": "organisation", "email": "a@soil.example.org", "domains": ("Example.org",)}, None),
        (
            {"capacity": "organisation", "email": "a@notexample.org", "domains": ("example.org",)},
            "organisation_unproven",
        ),
    ],
)
def test_a_hold_has_a_bound(more: dict[str, Any], hold: str | None) -> None:
    assert domain.hold_of(_signature(**more)) == hold
