"""Certificates of membership and designation follow the state of their holder, in whatever order its facts arrive."""

import random
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.membership.certificates.certificates.following import follow_centre, follow_expert
from services.membership.reactions import REACTIONS
from shared.contracts import centres, membership
from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.ids import uuid7
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import today
from tests.membership.certificates.certificates.test_certificates import CERTIFICATES, issued, participation, support
from tests.support.callers import Caller
from tests.support.membership import EXPERTS, INSTITUTIONS, activated

Held = Callable[..., Awaitable[list[dict[str, Any]]]]
_CENTRE = """
INSERT INTO centre_centre (id, ref, version, status, country, visibility, created_at, created_by, updated_at,
    updated_by, names, host_institution_id, themes, search_key, term_number, term_starts,
    term_ends)
VALUES ($1, $2, 1, 'active', 'XA', 'public', now(), 'system', now(), 'system', $3, uuidv7(), '{}', '', 1,
    '2026-05-06', $4)
"""
_CHANGED = """
INSERT INTO centre_tenure (id, centre_id, country, visibility, changed, starts, ends, replaced_on, recorded_at)
VALUES (uuidv7(), $1, 'XA', 'restricted', $2, '2026-05-06', '2026-06-01', '2026-06-02', now())
"""


@pytest.fixture
def held(admin: Caller) -> Held:
    """The certificates of a holder, the oldest first."""

    async def of(key: str, field: str = "expert_id") -> list[dict[str, Any]]:
        items = (await admin.get(CERTIFICATES, params={field: key})).json()["items"]
        return sorted(items, key=lambda one: one["id"])

    return of


async def react(database: Database, *types: str, subject: str) -> None:
    for fact_type in types:
        fact = Fact(
            id=uuid7(), type=fact_type, subject=UUID(subject), ref="", version=1, country="XA", visibility="restricted",
            link="/",
        )  # fmt: skip
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            await REACTIONS[fact_type](uow, [fact])


async def test_an_active_expert_has_one_certificate_to_the_end_of_the_term(
    admin: Caller, database: Database, held: Held
) -> None:
    record = await activated(admin, languages=["de", "fr"])
    for _ in range(3):
        await react(database, membership.EXPERT_ACTIVATED, subject=record["id"])
    (made,) = await held(record["id"])
    assert (made["kind"], made["status"], made["valid_to"]) == ("membership", "issued", record["term"]["ends"])
    assert (made["language"], made["holder_name"]) == ("fr", record["display_name"])
    assert made["subject"] == {"resource": "membership.experts", "id": record["id"]}


async def test_a_renewal_replaces_the_certificate(
    admin: Caller, database: Database, held: Held, superuser: asyncpg.Connection
) -> None:
    record = await activated(admin)
    await react(database, membership.EXPERT_ACTIVATED, subject=record["id"])
    until = date(today().year + 8, 1, 1)
    await superuser.execute("UPDATE member_expert SET term_ends = $2 WHERE id = $1", UUID(record["id"]), until)
    await react(database, membership.EXPERT_RENEWED, membership.EXPERT_ACTIVATED, subject=record["id"])
    first, second = await held(record["id"])
    assert (first["status"], first["replaced_by"]) == ("replaced", second["id"])
    assert (second["status"], second["valid_to"]) == ("issued", until.isoformat())


async def test_a_suspended_expert_has_a_suspended_certificate(admin: Caller, database: Database, held: Held) -> None:
    record = await activated(admin)
    path = f"{EXPERTS}/{record['id']}"
    await react(database, membership.EXPERT_ACTIVATED, subject=record["id"])
    other = await issued(admin, await participation(admin, record["id"]))
    assert (await admin.step(path, "suspend", reason="A question is open")).status_code == 200
    await react(database, membership.EXPERT_SUSPENDED, membership.EXPERT_ACTIVATED, subject=record["id"])
    (suspended,) = [one for one in await held(record["id"]) if one["kind"] == "membership"]
    assert (suspended["status"], suspended["suspended_by"]) == ("suspended", "holder")
    assert (await admin.get(other["links"]["self"])).json()["status"] == "issued"
    refused = await admin.step(suspended["links"]["self"], "reinstate")
    assert (refused.status_code, refused.json()["reason"]) == (409, "holder_suspended")
    assert (await admin.step(path, "reinstate")).status_code == 200
    await react(database, membership.EXPERT_SUSPENDED, membership.EXPERT_REINSTATED, subject=record["id"])
    after = (await admin.get(suspended["links"]["self"])).json()
    assert (after["status"], after["suspended_by"]) == ("issued", None)


async def test_a_certificate_that_an_officer_suspended_stays_so(admin: Caller, database: Database, held: Held) -> None:
    record = await activated(admin)
    await react(database, membership.EXPERT_ACTIVATED, subject=record["id"])
    (made,) = await held(record["id"])
    assert (await admin.step(made["links"]["self"], "suspend", reason="A question is open")).status_code == 200
    await react(database, membership.EXPERT_REINSTATED, membership.EXPERT_RENEWED, subject=record["id"])
    assert [(one["status"], one["suspended_by"]) for one in await held(record["id"])] == [("suspended", "office")]


@pytest.mark.parametrize(("verb", "fact"), [("resign", "resigned"), ("mark_deceased", "deceased")])
async def test_a_membership_that_is_over_is_revoked(
    admin: Caller, database: Database, held: Held, verb: str, fact: str
) -> None:
    record = await activated(admin)
    await react(database, membership.EXPERT_ACTIVATED, subject=record["id"])
    assert (await admin.step(f"{EXPERTS}/{record['id']}", verb, reason="A letter came")).status_code == 200
    await react(database, f"escm.membership.expert.{fact}.v1", membership.EXPERT_ACTIVATED, subject=record["id"])
    assert [(one["status"], one["revoked_for"]) for one in await held(record["id"])] == [("revoked", "withdrawn")]
    if verb == "mark_deceased":
        undone = await admin.step(f"{EXPERTS}/{record['id']}", "unmark_deceased", reason="It was a namesake")
        assert (undone.status_code, undone.json()["status"]) == (200, "active")
        await react(database, membership.EXPERT_REINSTATED, subject=record["id"])
        assert [one["status"] for one in await held(record["id"])] == ["revoked", "issued"]


async def test_a_merge_issues_nothing_and_its_undo_gives_back(admin: Caller, database: Database, held: Held) -> None:
    winner, loser = await activated(admin), await activated(admin)
    for one in (winner, loser):
        await react(database, membership.EXPERT_ACTIVATED, subject=one["id"])
    pair = {"winner_id": winner["id"], "loser_id": loser["id"]}
    merge = await admin.post("/membership/v1/merges", {"resource": "experts", **pair})
    assert merge.status_code == 201, merge.text
    await react(database, membership.EXPERT_MERGED, membership.EXPERT_ACTIVATED, subject=loser["id"])
    both = await held(winner["id"])
    assert [one["status"] for one in both] == ["issued", "issued"]
    assert await held(loser["id"]) == []
    assert (await admin.step(merge.json()["links"]["self"], "undo")).status_code == 200
    facts = [membership.EXPERT_UNMERGED, membership.EXPERT_ACTIVATED]
    random.shuffle(facts)
    await react(database, *facts, subject=loser["id"])
    assert [(one["id"], one["status"]) for one in await held(loser["id"])] == [(both[1]["id"], "issued")]
    assert [one["id"] for one in await held(winner["id"])] == [both[0]["id"]]


async def test_a_restricted_expert_gets_no_certificate_until_the_restriction_is_lifted(
    admin: Caller, database: Database, held: Held
) -> None:
    record = await activated(admin)
    path = f"{EXPERTS}/{record['id']}"
    assert (await admin.step(path, "restrict_processing")).status_code == 200
    await react(database, membership.EXPERT_ACTIVATED, subject=record["id"])
    assert await held(record["id"]) == []
    refused = await admin.post(CERTIFICATES, await participation(admin, record["id"]))
    assert (refused.status_code, refused.json()["reason"]) == (409, "is_restricted")
    assert (await admin.step(path, "lift_restriction")).status_code == 200
    await react(database, membership.EXPERT_RESTRICTION_LIFTED, subject=record["id"])
    assert len(await held(record["id"])) == 1


async def test_a_new_name_marks_the_certificates(admin: Caller, database: Database) -> None:
    record = await activated(admin)
    made = await issued(admin, await participation(admin, record["id"]))
    path = f"{EXPERTS}/{record['id']}"
    for name, differs in (("Amina Khan", True), ("Amina Varga", False)):
        etag = (await admin.get(path)).headers["etag"]
        assert (await admin.patch(path, {"names": [{"full": name}]}, etag=etag)).status_code == 200
        await react(database, membership.EXPERT_UPDATED, subject=record["id"])
        after = (await admin.get(made["links"]["self"])).json()
        assert (after["name_differs"], after["version"]) == (differs, made["version"])
        query = {"expert_id": record["id"], "name_differs": str(differs).lower()}
        assert [one["id"] for one in (await admin.get(CERTIFICATES, params=query)).json()["items"]] == [made["id"]]


async def test_an_institution_is_renamed_and_moved(admin: Caller, database: Database) -> None:
    name = {"value": "University of Alpha", "language": "en", "types": ["ror_display"]}
    made = await admin.post(INSTITUTIONS, {"names": [name], "country": "XA", "visibility": "public"})
    institution = made.json()
    certificate = await issued(admin, await support(admin, institution["id"]))
    changed = {"names": [{**name, "value": "Alpha University"}], "country": "XB"}
    patched = await admin.patch(f"{INSTITUTIONS}/{institution['id']}", changed, etag=made.headers["etag"])
    assert patched.status_code == 200, patched.text
    await react(database, membership.INSTITUTION_UPDATED, subject=institution["id"])
    after = (await admin.get(certificate["links"]["self"])).json()
    assert (after["name_differs"], after["country"]) == (True, "XB")


async def test_a_designation_follows_the_centre(
    admin: Caller, database: Database, superuser: asyncpg.Connection, held: Callable[..., Any]
) -> None:
    key = uuid4()
    await superuser.set_type_codec("jsonb", encoder=str, decoder=str, schema="pg_catalog")
    names = '{"ru": "Центр почв", "fr": "Centre des sols"}'
    await superuser.execute(_CENTRE, key, f"CTR-{key.int % 10**8:09}", names, date(2030, 5, 6))

    async def become(status: str, *facts: str) -> list[tuple[str, str, str]]:
        await superuser.execute("UPDATE centre_centre SET status = $2 WHERE id = $1", key, status)
        await react(database, *facts, subject=str(key))
        return [(one["status"], one["valid_to"], one["holder_name"]) for one in await held(str(key), "centre_id")]

    name = "Centre des sols"
    assert await become("active", centres.CENTRE_DESIGNATED) == [("issued", "2030-05-06", name)]
    assert await become("suspended", centres.CENTRE_SUSPENDED) == [("suspended", "2030-05-06", name)]
    assert await become("renewal_due", centres.CENTRE_REINSTATED) == [("issued", "2030-05-06", name)]
    assert await become("expired", centres.CENTRE_EXPIRED) == [("expired", "2030-05-06", name)]
    renewed = [("expired", "2030-05-06", name), ("issued", "2030-05-06", name)]
    assert await become("active", centres.CENTRE_RENEWED, centres.CENTRE_EXPIRED) == renewed
    revoked = [renewed[0], ("revoked", "2030-05-06", name)]
    assert await become("closed", centres.CENTRE_CLOSED, centres.CENTRE_DESIGNATED) == revoked


async def test_a_changed_centre_has_a_new_certificate(
    admin: Caller, database: Database, held: Held, superuser: asyncpg.Connection
) -> None:
    """Also if only its host has changed; a suspended one has it when it is reinstated."""
    key = uuid4()
    await superuser.execute(_CENTRE, key, f"CTR-{key.int % 10**8:09}", '{"en": "Soils"}', date(2030, 5, 6))
    await react(database, centres.CENTRE_DESIGNATED, subject=str(key))
    await superuser.execute(_CHANGED, key, "names")
    await superuser.execute("UPDATE centre_centre SET names = $2 WHERE id = $1", key, '{"en": "Peat"}')
    for _ in range(2):
        await react(database, centres.CENTRE_RENAMED, subject=str(key))
    shown = [(one["status"], one["holder_name"], one["name_differs"]) for one in await held(str(key), "centre_id")]
    assert shown == [("replaced", "Soils", False), ("issued", "Peat", False)]
    first, second = await held(str(key), "centre_id")
    assert first["replaced_by"] == second["id"]
    await superuser.execute("UPDATE centre_centre SET status = 'suspended' WHERE id = $1", key)
    await superuser.execute(_CHANGED, key, "host")
    await react(database, centres.CENTRE_HOST_CHANGED, subject=str(key))
    assert [one["status"] for one in await held(str(key), "centre_id")] == ["replaced", "suspended"]
    await superuser.execute("UPDATE centre_centre SET status = 'active' WHERE id = $1", key)
    await react(database, centres.CENTRE_REINSTATED, centres.CENTRE_HOST_CHANGED, subject=str(key))
    assert [one["status"] for one in await held(str(key), "centre_id")] == ["replaced", "replaced", "issued"]
    await superuser.execute(_CHANGED, key, "director")
    await react(database, centres.CENTRE_UPDATED, centres.CENTRE_RENAMED, subject=str(key))
    assert len(await held(str(key), "centre_id")) == 3


async def test_any_order_of_facts_and_states_ends_in_the_same(
    admin: Caller, database: Database, held: Held, superuser: asyncpg.Connection
) -> None:
    record = await activated(admin)
    facts = [
        membership.EXPERT_ACTIVATED, membership.EXPERT_SUSPENDED, membership.EXPERT_REINSTATED,
        membership.EXPERT_RENEWED, membership.EXPERT_UPDATED,
    ]  # fmt: skip
    for status in random.choices(("active", "suspended", "grace"), k=12):
        await superuser.execute("UPDATE member_expert SET status = $2 WHERE id = $1", UUID(record["id"]), status)
        await react(database, random.choice(facts), subject=record["id"])
    for status, expected in (("active", "issued"), ("suspended", "suspended"), ("active", "issued")):
        await superuser.execute("UPDATE member_expert SET status = $2 WHERE id = $1", UUID(record["id"]), status)
        await react(database, random.choice(facts[:4]), subject=record["id"])
        assert [one["status"] for one in await held(record["id"])] == [expected]


async def test_what_is_gone_is_followed_without_a_trace(database: Database) -> None:
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        assert await follow_expert(uow, uuid4()) is False
        assert await follow_centre(uow, uuid4()) is False
