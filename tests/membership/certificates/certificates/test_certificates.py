"""An officer issues certificates, which their holders read; only their state changes, and a merge moves them."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.membership.certificates.certificates import codes
from services.membership.certificates.certificates.operations import apply_scheduled, end_with_experts
from services.membership.references import EXPERTS as FOLLOWING
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel import clock
from shared.kernel.clock import today
from tests.support.callers import Caller
from tests.support.membership import EXPERTS, entered, planned, registered

CERTIFICATES = "/membership/v1/certificates"
Member = Callable[..., Awaitable[tuple[Caller, dict[str, Any]]]]
At = Callable[[str | None], Caller]


async def participation(by: Caller, expert: str, **more: Any) -> dict[str, Any]:
    """A body that certifies a new participation of an expert."""
    taken = await registered(by, (await planned(by))["id"], expert)
    subject = {"resource": "membership.participations", "id": taken["id"]}
    return {"kind": "participation", "holder": {"expert_id": expert}, "subject": subject, **more}


async def support(by: Caller, institution: str) -> dict[str, Any]:
    """A body that certifies a new support of an institution."""
    text = {"titles": {"en": "Soils for all"}, "texts": {"en": "We keep the soils."}}
    made = await by.post("/membership/v1/initiatives", {"code": f"C-{uuid4().hex[:12].upper()}", **text})
    assert (await by.step(made.json()["links"]["self"], "open")).status_code == 200
    body = {"initiative_id": made.json()["id"], "institution_id": institution, "capacity": "organisation"}
    given = await by.post("/membership/v1/supports", body)
    assert given.status_code == 201, given.text
    subject = {"resource": "membership.supports", "id": given.json()["id"]}
    return {"kind": "support", "holder": {"institution_id": institution}, "subject": subject}


async def issued(by: Caller, body: dict[str, Any]) -> dict[str, Any]:
    made = await by.post(CERTIFICATES, body)
    assert (made.status_code, made.json()["status"]) == (201, "issued"), made.text
    return dict(made.json())


async def _scheduled(database: Database) -> None:
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await apply_scheduled(uow)


async def test_an_officer_issues_a_certificate_and_its_holder_reads_it(
    member: Member, admin: Caller, anonymous: Caller, caller: At
) -> None:
    who, record = await member(names=[{"given": "Chimamanda", "family": "Òkè"}])
    made = await issued(admin, await participation(admin, record["id"], language="fr"))
    assert made["holder_name"] == "Chimamanda Òkè"
    assert (made["holder"], made["number"], made["language"]) == ({"expert_id": record["id"]}, made["ref"], "fr")
    assert codes.read(made["code"]) == made["code"]
    assert made["status_index"] >= 0
    path = made["links"]["self"]
    for reader in (admin, who):
        assert (await reader.get(path)).json()["code"] == made["code"]
        assert (await reader.get(f"{path}/history")).status_code == 200
    stranger, _ = await member()
    assert (await stranger.get(path)).status_code == 404
    assert (await anonymous.get(path)).status_code == 401
    assert [one["id"] for one in (await who.get(CERTIFICATES)).json()["items"]] == [made["id"]]
    assert (await stranger.get(CERTIFICATES, params={"expert_id": record["id"]})).json()["items"] == []
    refused = await who.post(CERTIFICATES, await participation(admin, record["id"]))
    assert refused.status_code == 403


async def test_lists_are_filtered(member: Member, admin: Caller) -> None:
    _, record = await member()
    made = await issued(admin, await participation(admin, record["id"]))
    for query in (
        {"expert_id": record["id"]},
        {"code": codes.printed(made["code"]).lower()},
        {"expert_id": record["id"], "kind": "participation,support", "language": "en", "name_differs": "false"},
    ):
        assert [one["id"] for one in (await admin.get(CERTIFICATES, params=query)).json()["items"]] == [made["id"]]
    assert (await admin.get(CERTIFICATES, params={"code": made["code"], "kind": "review"})).json()["items"] == []
    for query in ({"code": "x"}, {"kind": "x"}, {"name_differs": "x"}, {"language": "x"}):
        bad = await admin.get(CERTIFICATES, params=query)
        assert (bad.status_code, bad.json()["code"]) == (400, "invalid_parameter")


async def test_one_certificate_of_a_kind_and_subject_is_in_force(member: Member, admin: Caller) -> None:
    _, record = await member()
    body = await participation(admin, record["id"], number=f"ESCM/2019/{uuid4()}")
    made = await issued(admin, body)
    assert made["number"] == body["number"]
    again = await admin.post(CERTIFICATES, {**body, "number": None})
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (409, "/subject")
    taken = await admin.post(CERTIFICATES, {**await participation(admin, record["id"]), "number": body["number"]})
    assert (taken.status_code, taken.json()["errors"][0]["pointer"]) == (409, "/number")
    revoked = await admin.step(made["links"]["self"], "revoke", reason="Wrong person", fields={"category": "error"})
    assert (revoked.status_code, revoked.json()["revoked_for"]) == (200, "error")
    await issued(admin, {**body, "number": None})


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"kind": "designation"}, "/holder"),
        ({"kind": "membership"}, "/subject"),
        ({"kind": "review"}, "/subject"),
        ({"kind": "review", "subject": {"year": 2026}}, "/subject/year"),
        ({"kind": "other"}, "/kind"),
        ({"holder": {}}, "/holder"),
        ({"holder": {"expert_id": str(uuid4()), "centre_id": str(uuid4())}}, "/holder"),
        ({"holder": {"expert_id": str(uuid4())}}, "/holder/expert_id"),
        ({"subject": {"year": 2026, "id": str(uuid4()), "resource": "membership.participations"}}, "/subject"),
        ({"subject": {"id": str(uuid4())}}, "/subject"),
        ({"subject": {}}, "/subject"),
        ({"number": "CRT-000001"}, "/number"),
        ({"valid_to": "2020-01-01"}, "/valid_to"),
        ({"language": "tlh"}, "/language"),
        ({"code": "0" * 17}, "/code"),
        ({"holder_name": "Somebody Else"}, "/holder_name"),
    ],
)
async def test_a_wrong_body_names_its_fault(admin: Caller, change: dict[str, Any], pointer: str) -> None:
    record = await entered(admin)
    refused = await admin.post(CERTIFICATES, {**await participation(admin, record["id"]), **change})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer), refused.text


async def test_a_membership_is_certified_for_active_experts_to_the_end_of_their_term(
    member: Member, admin: Caller, superuser: asyncpg.Connection
) -> None:
    prospect = await entered(admin)
    subject = {"resource": "membership.experts", "id": prospect["id"]}
    body = {"kind": "membership", "holder": {"expert_id": prospect["id"]}, "subject": subject}
    refused = await admin.post(CERTIFICATES, body)
    assert (refused.status_code, refused.json()["reason"]) == (409, "holder_not_active")
    _, record = await member()
    other = await admin.post(CERTIFICATES, {**body, "holder": {"expert_id": record["id"]}})
    assert (other.status_code, other.json()["errors"][0]["pointer"]) == (422, "/subject/id")
    await superuser.execute("DELETE FROM member_certificate WHERE expert_id = $1", UUID(record["id"]))
    own = {"resource": "membership.experts", "id": record["id"]}
    made = await issued(admin, {**body, "holder": {"expert_id": record["id"]}, "subject": own})
    assert made["valid_to"] == record["term"]["ends"]


async def test_an_institution_is_certified_under_its_name_in_the_language(admin: Caller) -> None:
    names = [
        {"value": "University of Ñandú", "language": "en", "types": ["ror_display"]},
        {"value": "UÑ", "language": "es", "types": ["acronym"]},
        {"value": "Universidad del Ñandú", "language": "es", "types": ["label"]},
    ]
    place = {"country": "XA", "visibility": "public"}
    made = await admin.post("/membership/v1/institutions", {"names": names, **place})
    for language, name in (("es", "Universidad del Ñandú"), ("fr", "University of Ñandú")):
        body = await support(admin, made.json()["id"])
        assert (await issued(admin, {**body, "language": language}))["holder_name"] == name


async def test_a_support_or_participation_is_that_of_the_holder(member: Member, admin: Caller) -> None:
    _, record = await member()
    other = await entered(admin)
    body = await participation(admin, record["id"])
    made = await admin.post("/membership/v1/institutions", {"names": [{"value": "Elsewhere"}], "country": "XA"})
    of_institution = await support(admin, made.json()["id"])
    unknown = {**body["subject"], "id": str(uuid4())}
    for wrong in (
        {**body, "holder": {"expert_id": other["id"]}},
        {**body, "subject": unknown},
        {**of_institution, "holder": {"expert_id": record["id"]}},
        {**of_institution, "subject": {**of_institution["subject"], "id": body["subject"]["id"]}},
    ):
        refused = await admin.post(CERTIFICATES, wrong)
        (fault,) = refused.json()["errors"]
        assert (refused.status_code, fault["pointer"], fault["code"]) == (422, "/subject/id", "unknown_reference")
    for right in (body, of_institution):
        await issued(admin, right)


async def test_a_holder_replaces_a_certificate_after_a_new_name(member: Member, admin: Caller) -> None:
    who, record = await member()
    made = await issued(admin, await participation(admin, record["id"]))
    path = made["links"]["self"]
    same = await who.step(path, "replace")
    assert (same.status_code, same.json()["reason"]) == (409, "not_changed")
    expert = f"{EXPERTS}/{record['id']}"
    etag = (await who.get(expert)).headers["etag"]
    assert (await who.patch(expert, {"names": [{"full": "Amina Khan-Varga"}]}, etag=etag)).status_code == 200
    assert (await who.get(path)).json()["holder_name"] == made["holder_name"]
    replaced = await who.step(path, "replace")
    assert (replaced.status_code, replaced.json()["status"]) == (200, "replaced")
    successor = (await who.get(f"{CERTIFICATES}/{replaced.json()['replaced_by']}")).json()
    assert (successor["status"], successor["holder_name"]) == ("issued", "Amina Khan-Varga")
    assert (successor["subject"], successor["valid_to"]) == (made["subject"], made["valid_to"])
    assert successor["code"] != made["code"]
    assert successor["status_index"] != made["status_index"]
    translated = await who.step(successor["links"]["self"], "replace", fields={"language": "ar"})
    assert translated.status_code == 200
    final = (await who.get(f"{CERTIFICATES}/{translated.json()['replaced_by']}")).json()
    assert final["language"] == "ar"
    for verb in ("replace", "revoke", "suspend"):
        ended = await admin.step(
            path, verb, reason="Too late", **({"fields": {"category": "error"}} if verb == "revoke" else {})
        )
        assert (ended.status_code, ended.json()["code"]) == (409, "transition_not_allowed")


async def test_an_officer_suspends_reinstates_and_revokes(member: Member, admin: Caller) -> None:
    who, record = await member()
    path = (await issued(admin, await participation(admin, record["id"])))["links"]["self"]
    for verb in ("suspend", "revoke"):
        assert (await who.step(path, verb, reason="I want it")).status_code == 403
    suspended = await admin.step(path, "suspend", reason="A question is open")
    assert (suspended.json()["status"], suspended.json()["suspended_by"]) == ("suspended", "office")
    reinstated = await admin.step(path, "reinstate")
    assert (reinstated.json()["status"], reinstated.json()["suspended_by"]) == ("issued", None)
    missing = await admin.step(path, "revoke", reason="Never took part")
    assert (missing.status_code, missing.json()["errors"][0]["pointer"]) == (422, "/fields/category")
    without = await admin.step(path, "revoke", fields={"category": "fraud"})
    assert (without.status_code, without.json()["errors"][0]["pointer"]) == (422, "/reason")
    unknown = await admin.step(path, "revoke", reason="Never took part", fields={"category": "anger"})
    assert unknown.status_code == 422
    revoked = await admin.step(path, "revoke", reason="Never took part", fields={"category": "fraud"})
    assert (revoked.json()["status"], revoked.json()["revoked_for"]) == ("revoked", "fraud")


async def test_a_certificate_expires_after_its_last_day(
    member: Member, admin: Caller, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, record = await member()
    last = today() + timedelta(days=30)
    path = (await issued(admin, await participation(admin, record["id"], valid_to=last.isoformat())))["links"]["self"]
    later = last + timedelta(days=1)
    for day, status in ((last, "issued"), (later, "expired")):
        with monkeypatch.context() as patch:
            patch.setattr(clock, "today", lambda day=day: day)
            patch.setattr("services.membership.certificates.certificates.operations.today", lambda day=day: day)
            await _scheduled(database)
        assert (await admin.get(path)).json()["status"] == status


async def test_a_merge_moves_certificates_and_its_undo_moves_them_back(admin: Caller, database: Database) -> None:
    winner, loser = await entered(admin), await entered(admin)
    made = await issued(admin, await participation(admin, loser["id"]))
    pair = {"winner_id": winner["id"], "loser_id": loser["id"]}
    merge = await admin.post("/membership/v1/merges", {"resource": "experts", **pair})
    assert merge.status_code == 201, merge.text

    async def follow() -> dict[str, Any]:
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            await FOLLOWING.rewrite(uow, UUID(loser["id"]))
        return dict((await admin.get(made["links"]["self"])).json())

    moved = await follow()
    assert moved["holder"] == {"expert_id": winner["id"]}
    kept = ("code", "number", "status", "status_index", "subject", "holder_name")
    assert [moved[name] for name in kept] == [made[name] for name in kept]
    assert (await admin.step(merge.json()["links"]["self"], "undo")).status_code == 200
    assert (await follow())["holder"] == {"expert_id": loser["id"]}


async def test_the_certificates_of_an_erased_expert_are_revoked(admin: Caller, database: Database) -> None:
    record = await entered(admin)
    made = await issued(admin, await participation(admin, record["id"]))
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await end_with_experts(uow, [UUID(record["id"])])
    after = (await admin.get(made["links"]["self"])).json()
    assert (after["status"], after["revoked_for"]) == ("revoked", "withdrawn")


async def test_a_certificate_follows_the_country_of_its_expert(member: Member, admin: Caller) -> None:
    _, record = await member(country="XA")
    made = await issued(admin, await participation(admin, record["id"]))
    path = f"{EXPERTS}/{record['id']}"
    etag = (await admin.get(path)).headers["etag"]
    assert (await admin.patch(path, {"country": "XB"}, etag=etag)).status_code == 200
    assert (await admin.get(made["links"]["self"])).json()["country"] == "XB"


async def test_places_in_the_status_lists_are_random(admin: Caller) -> None:
    record = await entered(admin)
    places = [(await issued(admin, await participation(admin, record["id"])))["status_index"] for _ in range(20)]
    assert len(set(places)) == len(places)
    assert places != sorted(places)
    assert max(places) < 131_072
