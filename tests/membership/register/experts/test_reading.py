"""Who reads which experts, and the parameters of lists."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.callers import Caller
from tests.support.membership import EXPERTS, activated, entered

At = Callable[[str | None], Caller]
PUBLIC = {
    "id", "ref", "version", "status", "country", "visibility", "names", "display_name", "emails", "orcid",
    "orcid_authenticated", "languages", "fields", "planetary_boundaries", "ecosystems", "keywords", "biography",
    "category", "term", "next_term", "affiliations",
    "links", "allowed_actions",
}  # fmt: skip


async def test_anonymous_sees_published_experts_with_public_fields_only(admin: Caller, anonymous: Caller) -> None:
    mails = [{"value": "open@example.org", "visibility": "public"}, {"value": "closed@example.org"}]
    shown = await activated(admin, visibility="public", emails=mails, gender="woman")
    response = await anonymous.get(f"{EXPERTS}/{shown['id']}")
    assert response.status_code == 200
    assert set(response.json()) == PUBLIC
    assert [mail["value"] for mail in response.json()["emails"]] == ["open@example.org"]
    assert "closed@example.org" not in (await anonymous.get(f"{EXPERTS}?q=varga&limit=200")).text


@pytest.mark.parametrize("visibility", ["network", "restricted"])
async def test_unpublished_experts_do_not_exist_for_the_public(
    admin: Caller, anonymous: Caller, visibility: str
) -> None:
    hidden = await activated(admin, visibility=visibility, names=[{"full": f"Hidden {visibility}"}])
    assert (await anonymous.get(f"{EXPERTS}/{hidden['id']}")).status_code == 404
    assert (await anonymous.get(f"{EXPERTS}/{hidden['ref']}")).status_code == 404
    found = await anonymous.get(EXPERTS, params={"q": f"hidden {visibility}"})
    assert found.json()["items"] == []


async def test_a_restricted_row_of_another_country_is_absent_everywhere(admin: Caller, caller: At) -> None:
    row = await activated(admin, visibility="restricted", names=[{"full": "Zquorum Restricted"}], keywords=["zquorum"])
    stranger, home = caller("author_xb"), caller("author_xa")
    path = f"{EXPERTS}/{row['id']}"
    for address in (path, f"{path}/history", f"{path}/transitions", f"{path}/affiliations"):
        assert (await stranger.get(address)).status_code == 404
        assert (await home.get(address)).status_code == 200
    for query in ("q=zquorum", "keyword=zquorum", f"country=XA&status={row['status']}&limit=200"):
        seen = [item["id"] for item in (await stranger.get(f"{EXPERTS}?{query}")).json()["items"]]
        assert row["id"] not in seen
    assert (await stranger.patch(path, {"gender": "x"}, etag='"1"')).status_code == 404


async def test_a_network_row_shows_its_public_fields_to_other_countries(admin: Caller, caller: At) -> None:
    row = await activated(admin, visibility="network", gender="man")
    response = (await caller("author_xb").get(f"{EXPERTS}/{row['id']}")).json()
    assert response["id"] == row["id"]
    assert "gender" not in response
    assert "created_by" not in response
    assert (await caller("author_xa").get(f"{EXPERTS}/{row['id']}")).json()["gender"] == "man"


async def test_personal_data_is_closed_to_the_platform_operator(admin: Caller, caller: At) -> None:
    row = await entered(admin, visibility="restricted")
    assert (await caller("operator").get(f"{EXPERTS}/{row['id']}")).status_code == 404


@pytest.mark.parametrize("address", ["/history", "/transitions"])
async def test_history_and_transitions_need_a_token(admin: Caller, anonymous: Caller, address: str) -> None:
    row = await activated(admin, visibility="public")
    response = await anonymous.get(f"{EXPERTS}/{row['id']}{address}")
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer")


async def test_a_bad_token_is_never_anonymous(caller: At, membership: Any) -> None:
    response = await membership.get(EXPERTS, headers={"Authorization": "Bearer nobody"})
    assert response.status_code == 401


async def test_every_filter_finds_and_excludes(admin: Caller) -> None:
    row = await activated(
        admin,
        country="KE",
        names=[{"given": "Filtered", "family": "Person"}],
        emails=[{"value": "Filtered@Example.org"}],
        orcid="0000-0002-1825-0097",
        languages=["sw"],
        fields=["1.5"],
        planetary_boundaries=["climate-change"],
        ecosystems=["temperate-grasslands"],
        keywords=["Ökologie"],
        category="fellow",
    )
    hits = {
        "country": "KE", "region": "Africa", "status": "active", "category": "fellow", "field": "1.5",
        "planetary_boundary": "climate-change", "ecosystem": "temperate-grasslands", "keyword": "okologie",
        "language": "sw", "orcid": "0000-0002-1825-0097", "email": "filtered@example.ORG", "visibility": "network",
        "q": "tered pers", "updated_after": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    misses = {
        "country": "XB", "region": "Europe", "status": "prospect", "category": "honorary", "field": "1.6",
        "planetary_boundary": "novel-entities", "ecosystem": "cryosphere", "keyword": "geology", "language": "fr",
        "orcid": "0000-0001-5109-3700", "email": "other@example.org", "visibility": "restricted", "q": "zzzz",
        "updated_after": "2999-01-01T00:00:00Z",
    }  # fmt: skip
    of_any_country = {name: value for name, value in hits.items() if name != "country"}
    for asked in (hits, of_any_country):
        found = (await admin.get(EXPERTS, params=asked)).json()["items"]
        assert [item["id"] for item in found] == [row["id"]]
        for name in asked:
            assert (await admin.get(EXPERTS, params={**asked, name: misses[name]})).json()["items"] == [], name


@pytest.mark.parametrize("query", ["иван", "ива", "и", "محمد", "nandu", "ÑANDÚ", "na"])
async def test_names_are_found_in_any_script_with_marks_and_case_folded(admin: Caller, query: str) -> None:
    names = [{"full": "Иванов Пётр"}, {"full": "مُحَمَّد", "kind": "native"}, {"family": "Ñandú", "kind": "former"}]
    row = await entered(admin, names=names, country="XC")
    found = await admin.get(EXPERTS, params={"q": query, "country": "XC", "limit": 200})
    assert row["id"] in [item["id"] for item in found.json()["items"]]


@pytest.mark.parametrize("sort", ["id", "-id", "display_name", "-display_name", "created_at", "-updated_at"])
@pytest.mark.parametrize("q", [None, "pager"])
async def test_pages_give_each_row_once_in_order(admin: Caller, sort: str, q: str | None) -> None:
    wanted = {(await entered(admin, country="IS", names=[{"family": f"Pager {n % 3}"}]))["id"] for n in range(7)}
    params: dict[str, Any] = {"country": "IS", "sort": sort, "limit": 3, **({"q": q} if q else {})}
    collected: list[dict[str, Any]] = []
    page = (await admin.get(EXPERTS, params=params)).json()
    collected += page["items"]
    while page["next"]:
        response = await admin.get(page["next"])
        page = response.json()
        assert response.headers.get("link", "") == (f'<{page["next"]}>; rel="next"' if page["next"] else "")
        collected += page["items"]
    ids = [item["id"] for item in collected]
    assert len(ids) == len(set(ids))
    assert wanted <= set(ids)
    field = sort.removeprefix("-")
    keys = [(item[field].casefold(), item["id"]) for item in collected]
    assert keys == sorted(keys, reverse=sort.startswith("-"))


async def test_a_cursor_belongs_to_its_list(admin: Caller) -> None:
    for n in range(3):
        await entered(admin, country="MT", names=[{"family": f"Cursor {n}"}])
    following = (await admin.get(f"{EXPERTS}?country=MT&limit=1")).json()["next"]
    assert (await admin.get(following)).status_code == 200
    cursor = following.rpartition("cursor=")[2]
    flipped = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
    for address in (
        following.replace("country=MT", "country=XA"),
        f"{following}&sort=-id",
        f"{EXPERTS}?country=MT&cursor={flipped}",
        f"{EXPERTS}?country=MT&cursor=ÿ",
    ):
        response = await admin.get(address)
        assert (response.status_code, response.json()["code"]) == (400, "invalid_cursor")


async def test_fields_and_include_choose_what_is_returned(admin: Caller) -> None:
    row = await entered(admin, country="CY")
    await admin.post(f"{EXPERTS}/{row['id']}/affiliations", {"raw": "University of Nowhere", "from": "2019-05"})
    items = (await admin.get(f"{EXPERTS}?country=CY&fields=ref,affiliations&include=affiliations")).json()["items"]
    assert [set(item) for item in items] == [{"id", "ref", "affiliations"}]
    assert items[0]["affiliations"][0]["raw"] == "University of Nowhere"
    item = (await admin.get(f"{EXPERTS}/{row['id']}?fields=status")).json()
    assert set(item) == {"id", "status"}
