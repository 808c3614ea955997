"""Two records of one thing are merged; the old address leads to the winner for ever."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.membership.register.merges import moving
from tests.support.callers import Caller
from tests.support.institutions import submitted, verified
from tests.support.membership import EXPERTS, INSTITUTIONS, activated, entered
from tests.support.merges import MERGES, merge_body, merged, read


def _word() -> str:
    return uuid4().hex[:12]


async def _affiliated(caller: Caller, expert: dict[str, Any], **body: Any) -> dict[str, Any]:
    response = await caller.post(f"{EXPERTS}/{expert['id']}/affiliations", body)
    assert response.status_code == 201, response.text
    return dict(response.json())


async def test_what_the_winner_lacks_is_taken_from_the_loser_and_lists_are_united(admin: Caller) -> None:
    word = _word()
    winner = await entered(admin, emails=[{"value": f"{word}@example.org"}], keywords=["Soil", "Water"])
    loser = await entered(
        admin,
        names=[{"full": f"Amina {word}"}],
        emails=[{"value": f"{word.upper()}@example.org"}, {"value": f"other.{word}@example.org"}],
        keywords=["water", "Forests"],
        biography={"fr": "Forêts"},
        gender="female",
        category="fellow",
    )
    merge = await merged(admin, winner, loser)
    assert (merge["status"], merge["winner_id"], merge["loser_id"]) == ("merged", winner["id"], loser["id"])
    now = await read(admin, winner)
    assert [name["kind"] for name in now["names"]] == ["preferred", "former"]
    assert [email["value"] for email in now["emails"]] == [f"{word}@example.org", f"other.{word}@example.org"]
    assert (now["keywords"], now["biography"]) == (["Soil", "Water", "Forests"], {"fr": "Forêts"})
    assert (now["gender"], now["category"], now["version"]) == ("female", "expert", winner["version"] + 1)
    found = (await admin.get(EXPERTS, params={"q": word})).json()["items"]
    assert [item["id"] for item in found] == [winner["id"]]


async def test_a_choice_takes_a_field_from_one_side(admin: Caller) -> None:
    winner = await entered(admin, keywords=["Soil"], category="student", visibility="network")
    loser = await entered(admin, country="XB", keywords=["Forests"], category="fellow", visibility="public")
    await merged(admin, winner, loser, keywords="loser", category="loser", country="loser", visibility="loser")
    now = await read(admin, winner)
    shown = (now["keywords"], now["category"], now["country"], now["visibility"])
    assert shown == (["Forests"], "fellow", "XB", "public")


async def test_every_address_of_the_loser_returns_308(admin: Caller, anonymous: Caller) -> None:
    winner, loser = await activated(admin, visibility="public"), await activated(admin, visibility="public")
    work = await _affiliated(admin, loser, raw="A museum")
    await merged(admin, winner, loser)
    for key in (loser["id"], loser["ref"]):
        for tail in ("", "/history", "/transitions", "/affiliations", f"/affiliations/{work['id']}"):
            response = await admin.get(f"{EXPERTS}/{key}{tail}")
            assert (response.status_code, response.headers["location"]) == (308, f"{EXPERTS}/{winner['id']}{tail}")
        assert (await admin.patch(f"{EXPERTS}/{key}", {"gender": "x"}, etag='"1.0"')).status_code == 308
        step = await admin.post(f"{EXPERTS}/{key}/transitions", {"action": "suspend"}, etag='"1.0"')
        assert step.status_code == 308
        assert (await admin.post(f"{EXPERTS}/{key}/affiliations", {"raw": "Another"})).status_code == 308
    assert (await anonymous.get(f"{EXPERTS}/{loser['id']}")).status_code == 308
    moved = await admin.get(f"{EXPERTS}/{winner['id']}/affiliations/{work['id']}")
    assert moved.json()["raw"] == "A museum"


async def test_the_addresses_of_a_merged_record_lead_its_owner_to_the_winner(
    admin: Caller,
    member: Callable[..., Awaitable[tuple[Caller, dict[str, Any]]]],
    caller: Callable[[str | None], Caller],
) -> None:
    owner, winner = await member()
    stranger, _ = await member()
    loser = await entered(admin, visibility="restricted")
    assert (await owner.get(f"{EXPERTS}/{loser['id']}")).status_code == 404
    await merged(admin, winner, loser)
    for key in (loser["id"], loser["id"].upper(), loser["ref"]):
        response = await owner.get(f"{EXPERTS}/{key}")
        assert (response.status_code, response.headers["location"]) == (308, f"{EXPERTS}/{winner['id']}")
        for other in (stranger, caller(None), caller("government_xb")):
            assert (await other.get(f"{EXPERTS}/{key}")).status_code == 404


async def test_a_chain_of_merges_is_one_redirect_even_past_what_the_caller_may_not_see(
    admin: Caller, anonymous: Caller
) -> None:
    first, last = [await activated(admin, visibility="public") for _ in range(2)]
    between = await entered(admin, visibility="restricted")
    await merged(admin, between, first, visibility="winner")
    await merged(admin, last, between)
    response = await anonymous.get(f"{EXPERTS}/{first['ref']}")
    assert (response.status_code, response.headers["location"]) == (308, f"{EXPERTS}/{last['id']}")
    first, between, last = [await verified(admin, _word()) for _ in range(3)]
    await merged(admin, between, first)
    await merged(admin, last, between)
    response = await admin.get(f"{INSTITUTIONS}/{first['id']}")
    assert (response.status_code, response.headers["location"]) == (308, f"{INSTITUTIONS}/{last['id']}")


async def test_lists_counts_matches_and_exports_leave_the_loser_out(admin: Caller) -> None:
    word = f"Institute {_word()}"
    winner = await verified(admin, word, domains=["one.example"])
    loser = await verified(admin, f"{word} North", domains=["two.example"], country="XA")
    counted = (await admin.get("/membership/v1/statistics", params={"country": "XA"})).json()["total"]
    await merged(admin, winner, loser)
    assert [i["id"] for i in (await admin.get(INSTITUTIONS, params={"q": word})).json()["items"]] == [winner["id"]]
    found = (await admin.get(INSTITUTIONS, params={"domain": "two.example"})).json()["items"]
    assert loser["id"] not in {item["id"] for item in found}
    match = (await admin.get(f"{INSTITUTIONS}/match", params={"affiliation": f"{word} North"})).json()["items"]
    assert (match[0]["institution"]["id"], match[0]["method"]) == (winner["id"], "alias")
    one, two = await entered(admin), await entered(admin)
    await merged(admin, one, two)
    now = (await admin.get("/membership/v1/statistics", params={"country": "XA"})).json()["total"]
    assert now == counted + 1
    stream = await admin.get(EXPERTS, params={"format": "ndjson"})
    assert two["id"] not in stream.text
    assert one["id"] in stream.text


async def test_affiliations_move_and_those_that_say_the_same_are_united(admin: Caller) -> None:
    place = await submitted(admin, _word())
    winner, loser = await entered(admin), await entered(admin, country="XB")
    await _affiliated(admin, winner, institution_id=place["id"], role="Reader", primary=True)
    await _affiliated(admin, loser, institution_id=place["id"], role="Reader")
    other = await _affiliated(admin, loser, institution_id=place["id"], role="Dean", primary=True)
    merge = await merged(admin, winner, loser)
    assert merge["moved"] == {"affiliations": 1, "united": 1, "identities": 0}
    now = (await admin.get(f"{EXPERTS}/{winner['id']}/affiliations")).json()["items"]
    assert [(work["role"], work["primary"]) for work in now] == [("Reader", True), ("Dean", False)]
    assert (now[1]["id"], now[1]["version"]) == (other["id"], other["version"] + 1)


async def test_affiliations_of_every_country_follow_their_institution(
    admin: Caller, caller: Callable[[str | None], Caller]
) -> None:
    winner, loser = await submitted(admin, _word()), await submitted(admin, _word())
    near, far = await entered(admin), await entered(admin, country="XC", visibility="restricted")
    for expert in (near, far):
        await _affiliated(admin, expert, institution_id=loser["id"])
    await _affiliated(admin, near, institution_id=winner["id"])
    merge = await merged(caller("author_xa"), winner, loser)
    assert merge["moved"] == {"affiliations": 1, "united": 1, "identities": 0}
    for expert in (near, far):
        works = (await admin.get(f"{EXPERTS}/{expert['id']}/affiliations")).json()["items"]
        assert [work["institution_id"] for work in works] == [winner["id"]]
    for institution in (winner, loser):
        listed = (await admin.get(EXPERTS, params={"institution": institution["id"]})).json()["items"]
        assert [expert["id"] for expert in listed] == [near["id"], far["id"]]


async def test_a_merge_that_would_move_too_much_goes_the_other_way_round(
    admin: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "MOST_MOVED", 2)
    large, small = await verified(admin, f"Academy {_word()}"), await verified(admin, f"Academy {_word()}")
    for institution in (large, large, large, small, small):
        await _affiliated(admin, await entered(admin), institution_id=institution["id"])
    refused = await admin.post(MERGES, merge_body(small, large))
    assert (refused.status_code, refused.json()["reason"]) == (409, "too_many_affiliations")
    preview = await admin.post(f"{MERGES}?dry_run=true", merge_body(small, large))
    assert (preview.status_code, preview.json()["reason"]) == (409, "too_many_affiliations")
    assert (await read(admin, large))["version"] == large["version"]
    assert (await merged(admin, large, small))["moved"]["affiliations"] == 2


async def test_an_affiliation_that_names_a_merged_institution_is_one_of_the_merge_target(admin: Caller) -> None:
    merge_target, winner, loser = [await submitted(admin, _word()) for _ in range(3)]
    expert = await entered(admin)
    other = await _affiliated(admin, expert, institution_id=(await submitted(admin, _word()))["id"])
    text = await _affiliated(admin, expert, raw="Somewhere")
    await merged(admin, winner, loser)
    await merged(admin, merge_target, winner)
    new = await _affiliated(admin, expert, institution_id=loser["id"])
    assert new["institution_id"] == merge_target["id"]
    path = f"{EXPERTS}/{expert['id']}/affiliations"
    for work, version in ((other, 2), (new, 1)):
        address = f"{path}/{work['id']}"
        etag = (await admin.get(address)).headers["etag"]
        changed = await admin.patch(address, {"institution_id": loser["id"]}, etag=etag)
        assert (changed.json()["institution_id"], changed.json()["version"]) == (merge_target["id"], version)
    decided = await admin.step(f"{path}/{text['id']}", "accept", fields={"institution_id": winner["id"]})
    assert decided.json()["institution_id"] == merge_target["id"]
    unknown = await admin.post(path, {"institution_id": expert["id"]})
    assert unknown.json()["errors"][0]["code"] == "unknown_reference"


async def test_a_ror_id_goes_from_one_to_the_other(admin: Caller, superuser: asyncpg.Connection) -> None:
    ror = "https://ror.org/05dxps055"
    await superuser.execute("UPDATE member_institution SET ror = NULL WHERE ror = $1", ror)
    winner, loser = await submitted(admin, _word()), await submitted(admin, _word(), ror=ror)
    await merged(admin, winner, loser)
    assert (await read(admin, winner))["ror"] == ror


async def test_a_preview_shows_everything_and_writes_nothing(admin: Caller, superuser: asyncpg.Connection) -> None:
    winner, loser = await entered(admin, keywords=["Soil"]), await entered(admin, keywords=["Forests"], gender="x")
    await _affiliated(admin, loser, raw="A museum")
    before = await superuser.fetchval("SELECT count(*) FROM core_audit")
    response = await admin.post(f"{MERGES}?dry_run=true", merge_body(winner, loser))
    assert response.status_code == 200, response.text
    preview = response.json()
    assert (preview["record"]["keywords"], preview["record"]["gender"]) == (["Soil", "Forests"], "x")
    assert {field["field"] for field in preview["fields"]} == {"keywords", "gender"}
    assert preview["fields"][0] == {
        "field": "keywords",
        "winner": ["Soil"],
        "loser": ["Forests"],
        "merged": ["Soil", "Forests"],
    }
    references = {"seats": 0, "centres": 0, "focal_points": 0}
    assert preview["moves"] == {"affiliations": 1, "identities": 0, "references": references}
    assert await superuser.fetchval("SELECT count(*) FROM core_audit") == before
    assert (await admin.get(winner["links"]["self"])).json()["version"] == winner["version"]


async def test_a_preview_uses_up_no_idempotency_key(caller: Callable[[str | None], Caller], admin: Caller) -> None:
    winner, loser = await entered(admin), await entered(admin)
    headers = {"Idempotency-Key": str(uuid4())}
    machine = caller("secretariat")
    preview = await machine.post(f"{MERGES}?dry_run=true", merge_body(winner, loser), headers=headers)
    done = await machine.post(MERGES, merge_body(winner, loser), headers=headers)
    again = await machine.post(MERGES, merge_body(winner, loser), headers=headers)
    assert [response.status_code for response in (preview, done, again)] == [200, 201, 201]
    assert again.json() == done.json()


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"winner_id": "EXP-999999999"}, 404, "not_found"),
        ({"resource": "centres"}, 422, "validation_failed"),
        ({"choices": {"status": "loser"}}, 422, "unknown_field"),
        ({"choices": {"names": "both"}}, 422, "validation_failed"),
        ({"status": "merged"}, 422, "unknown_field"),
    ],
)
async def test_what_cannot_be_merged_is_refused(admin: Caller, change: dict[str, Any], status: int, code: str) -> None:
    winner, loser = await entered(admin), await entered(admin)
    response = await admin.post(MERGES, {**merge_body(winner, loser), **change})
    assert (response.status_code, response.json()["code"]) == (status, code)


async def test_only_two_living_records_are_merged(admin: Caller) -> None:
    one, two, three = [await entered(admin) for _ in range(3)]
    assert (await admin.post(MERGES, merge_body(one, one))).json()["errors"][0]["pointer"] == "/loser_id"
    await merged(admin, one, two)
    for pair, reason in (((two, three), "winner_merged"), ((three, two), "loser_merged")):
        response = await admin.post(MERGES, merge_body(*pair))
        assert (response.status_code, response.json()["reason"]) == (409, reason)
    assert (
        await admin.step(f"{EXPERTS}/{three['id']}", "mark_deceased", reason="A letter of the family")
    ).status_code == 200
    response = await admin.post(MERGES, merge_body(three, one))
    assert (response.status_code, response.json()["reason"]) == (409, "winner_ended")
    assert (await admin.post(MERGES, merge_body(one, three))).status_code == 201


async def test_who_may_not_see_both_learns_nothing_and_who_may_not_change_both_is_refused(
    admin: Caller, caller: Callable[[str | None], Caller]
) -> None:
    here, there = await entered(admin), await entered(admin, country="XB", visibility="restricted")
    public = await activated(admin, country="XB", visibility="public")
    author = caller("author_xa")
    for query in ("", "?dry_run=true"):
        for pair in ((here, there), (there, here)):
            assert (await author.post(MERGES + query, merge_body(*pair))).status_code == 404
        assert (await author.post(MERGES + query, merge_body(here, public))).status_code == 403
        assert (await caller("focal_xa").post(MERGES + query, merge_body(here, here))).status_code == 403
    merge = await merged(admin, here, there)
    other = await merged(admin, await entered(admin), await entered(admin))
    for name in ("author_xa", "author_xb", "government_xb"):
        for tail in ("", "/history", "/transitions"):
            assert (await caller(name).get(f"{MERGES}/{merge['id']}{tail}")).status_code == 404
        listed = (await caller(name).get(MERGES, params={"limit": 200})).json()["items"]
        assert merge["id"] not in {item["id"] for item in listed}
    assert (await caller("officer").get(f"{MERGES}/{merge['id']}")).status_code == 200
    assert (await author.get(f"{MERGES}/{other['ref']}")).json()["id"] == other["id"]
    assert (await caller("focal_xa").get(f"{MERGES}/{other['id']}")).status_code == 404
    assert (await caller("applicant").get(MERGES)).json()["items"] == []


async def test_a_merge_that_publishes_needs_that_right(admin: Caller, caller: Callable[[str | None], Caller]) -> None:
    public, hidden = await activated(admin, visibility="public"), await entered(admin)
    response = await caller("author_xa").post(MERGES, merge_body(public, hidden))
    assert (response.status_code, response.json()["reason"]) == (403, "publish_not_permitted")
    assert (await caller("government_xa").post(MERGES, merge_body(public, hidden))).status_code == 201


async def test_merging_is_announced_once_for_each_record(admin: Caller, superuser: asyncpg.Connection) -> None:
    winner, loser = await entered(admin, keywords=["Soil"]), await entered(admin, keywords=["Forests"])
    merge = await merged(admin, winner, loser)
    facts = await superuser.fetch(
        "SELECT type, subject FROM core_outbox WHERE subject = ANY($1) AND type ~ 'merge'",
        [winner["id"], loser["id"], merge["id"]],
    )
    recorded = sorted((row["type"].split(".")[2:4], str(row["subject"])) for row in facts)
    assert recorded == sorted(
        [(["expert", "merged"], winner["id"]), (["expert", "merged"], loser["id"]), (["merge", "created"], merge["id"])]
    )
    lines = (await admin.get(f"{EXPERTS}/{winner['id']}/history")).json()["items"]
    assert lines[0]["action"] == "merge"
    assert {change["pointer"] for change in lines[0]["changes"]} == {"/keywords"}
    lines = (await admin.get(f"{MERGES}/{merge['id']}/history")).json()["items"]
    assert [line["action"] for line in lines] == ["create"]


async def test_the_response_of_a_merge_is_a_record(admin: Caller) -> None:
    winner, loser = await entered(admin), await entered(admin)
    response: httpx.Response = await admin.post(MERGES, merge_body(winner, loser))
    merge = response.json()
    assert response.headers["location"] == merge["links"]["self"] == f"{MERGES}/{merge['id']}"
    assert response.headers["etag"].startswith('"1.')
    assert merge["ref"].startswith("MRG-")
    assert [action["action"] for action in merge["allowed_actions"]] == ["undo"]
    assert merge["conflicts"] == []
    by_loser = (await admin.get(MERGES, params={"loser_id": loser["id"]})).json()["items"]
    assert [item["id"] for item in by_loser] == [merge["id"]]
    assert "conflicts" not in by_loser[0]
