"""Who reads which institutions, and the parameters of lists."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from geojson_pydantic import Feature, FeatureCollection, MultiPoint, Point

from tests.support.callers import Caller
from tests.support.institutions import submitted, verified
from tests.support.membership import EXPERTS, INSTITUTIONS

At = Callable[[str | None], Caller]
MATCH = f"{INSTITUTIONS}/match"


async def ids(caller: Caller, **query: str) -> list[str]:
    response = await caller.get(INSTITUTIONS, params={"limit": "200", **query})
    assert response.status_code == 200, response.text
    return [item["id"] for item in response.json()["items"]]


async def test_anonymous_sees_published_institutions_without_who_wrote_them(admin: Caller, anonymous: Caller) -> None:
    shown = await verified(admin, "Ulverton Open College", visibility="public", links=["https://ulverton.example/"])
    response = (await anonymous.get(f"{INSTITUTIONS}/{shown['ref']}")).json()
    assert response["display_name"] == "Ulverton Open College"
    assert response["links"] == {"self": f"{INSTITUTIONS}/{shown['id']}", "web_pages": ["https://ulverton.example/"]}
    assert not {"created_by", "updated_by", "match_key", "search_key", "merged_into"} & set(response)
    assert response["allowed_actions"] == []
    assert await ids(anonymous, q="ulverton") == [shown["id"]]


async def test_institutions_are_a_map(admin: Caller, anonymous: Caller) -> None:
    """One place is a point, several are several, and one without a place stands in the file without one."""
    here, there = {"lat": 1.5, "lon": -2.0}, {"city": "Varn", "lat": -80, "lon": 179.5}
    placed = {"": [{"city": "Varn"}, {"lat": 7}], "One": [here, {"city": "Varn"}], "Two": [here, there]}
    made = {
        name: (await verified(admin, f"Mapworthy {name or 'None'}", visibility="public", locations=locations))["id"]
        for name, locations in placed.items()
    }
    query = {"q": "mapworthy", "format": "geojson"}
    found = await anonymous.get(INSTITUTIONS, params=query)
    assert found.headers["content-type"] == "application/geo+json"
    parsed = FeatureCollection[Feature[Point | MultiPoint, dict[str, Any]]].model_validate_json(found.text)
    shown = {str(one.id): one for one in parsed.features}
    assert shown.keys() == set(made.values())
    assert shown[made[""]].geometry is None
    places = {name: geometry.coordinates for name in ("One", "Two") if (geometry := shown[made[name]].geometry)}
    assert places == {"One": (-2.0, 1.5), "Two": [(-2.0, 1.5), (179.5, -80.0)]}
    (listed,) = (await anonymous.get(INSTITUTIONS, params={"q": "mapworthy two"})).json()["items"]
    assert shown[listed["id"]].properties == listed
    few = (await anonymous.get(INSTITUTIONS, params={**query, "fields": "ref"})).json()
    assert [one["properties"].keys() for one in few["features"]] == [{"id", "ref"}] * 3
    assert "frontiers" in few["disclaimer"]
    none = await anonymous.get(INSTITUTIONS, params={**query, "q": "nothingofthatname"})
    assert none.json()["features"] == []
    elsewhere = await anonymous.get(EXPERTS, params={"format": "geojson"})
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (400, "invalid_parameter")


@pytest.mark.parametrize("visibility", ["public", "network", "restricted"])
async def test_what_is_not_verified_does_not_exist_for_the_public(
    admin: Caller, anonymous: Caller, visibility: str
) -> None:
    hidden = await submitted(admin, f"Hidden {visibility} Vornasium", visibility=visibility)
    for key in (hidden["id"], hidden["ref"]):
        assert (await anonymous.get(f"{INSTITUTIONS}/{key}")).status_code == 404
    assert await ids(anonymous, q="vornasium") == []
    found = await anonymous.get(MATCH, params={"affiliation": f"Hidden {visibility} Vornasium"})
    assert hidden["id"] not in found.text


async def test_a_restricted_row_of_another_country_is_absent_everywhere(admin: Caller, caller: At) -> None:
    row = await verified(admin, "Xylquor Institute", visibility="restricted", domains=["xylquor.example"])
    stranger, home = caller("author_xb"), caller("author_xa")
    path = f"{INSTITUTIONS}/{row['id']}"
    for address in (path, f"{path}/history", f"{path}/transitions"):
        assert (await stranger.get(address)).status_code == 404
        assert (await home.get(address)).status_code == 200
    for query in ({"q": "xylquor"}, {"domain": "xylquor.example"}, {"country": "XA", "status": "verified"}):
        assert row["id"] not in await ids(stranger, **query)
        assert row["id"] in await ids(home, **query)
    for text in ("Xylquor Institute", "Xylqour Institut, Main Street", "a@xylquor.example"):
        assert row["id"] not in (await stranger.get(MATCH, params={"affiliation": text})).text
        assert row["id"] in (await home.get(MATCH, params={"affiliation": text})).text
    assert (await stranger.patch(path, {"heri": False}, etag='"1"')).status_code == 404


async def test_a_network_row_is_seen_by_other_countries_once_it_is_verified(admin: Caller, caller: At) -> None:
    waiting = await submitted(admin, "Brindlow Waiting College")
    known = await verified(admin, "Brindlow Known College")
    assert await ids(caller("author_xb"), q="brindlow") == [known["id"]]
    assert await ids(caller("author_xa"), q="brindlow") == [waiting["id"], known["id"]]
    assert "created_by" not in (await caller("author_xb").get(f"{INSTITUTIONS}/{known['id']}")).json()
    found = await caller("author_xb").get(MATCH, params={"affiliation": "Brindlow College"})
    assert [item["institution"]["id"] for item in found.json()["items"]] == [known["id"]]


@pytest.mark.parametrize("address", ["/history", "/transitions"])
async def test_history_and_transitions_need_a_token(admin: Caller, anonymous: Caller, address: str) -> None:
    row = await verified(admin, visibility="public")
    assert (await anonymous.get(f"{INSTITUTIONS}/{row['id']}{address}")).status_code == 401


async def test_every_filter_finds_what_it_names_and_nothing_else(admin: Caller) -> None:
    one = await verified(
        admin,
        "Filtrenia Facility",
        ror="https://ror.org/05a28rw58",
        types=["facility", "government"],
        domains=["filtrenia.example"],
        heri=False,
        visibility="public",
    )
    other = await submitted(admin, "Filtrenia Other", country="XB")
    both = {one["id"], other["id"]}
    wanted = {
        "ror": "05a28rw58",
        "type": "government,archive",
        "domain": "www.Filtrenia.example",
        "heri": "false",
        "visibility": "public",
        "status": "verified",
        "country": "XA",
    }
    for name, value in wanted.items():
        assert both.intersection(await ids(admin, q="filtrenia", **{name: value})) == {one["id"]}, name
    assert set(await ids(admin, q="filtrenia", updated_after=one["updated_at"])) == {other["id"]}
    assert set(await ids(admin, q="filtrenia", updated_before=other["updated_at"])) == {one["id"]}
    assert set(await ids(admin, q="filtrenia", heri="true")) == {other["id"]}


async def test_a_region_holds_the_institutions_of_its_countries(admin: Caller) -> None:
    row = await submitted(admin, "Regionlore College", country="PK")
    assert await ids(admin, q="regionlore", region="142") == [row["id"]]
    assert await ids(admin, q="regionlore", region="Africa") == []


async def test_every_filter_and_sort_pages_through_each_row_once(admin: Caller) -> None:
    made = [
        await submitted(admin, f"Pagrove {name} College", types=["education"], domains=["pagrove.example"])
        for name in ("b", "a", "d", "c", "e", "a", "É")
    ]
    expected = {row["id"] for row in made}
    filters = ("q=pagrove", "q=pa&domain=pagrove.example", "type=education&domain=pagrove.example&heri=true&country=XA")
    for query, sort in product(filters, ("id", "display_name", "created_at", "updated_at")):
        for sign in ("", "-"):
            seen: list[str] = []
            address: str | None = f"{INSTITUTIONS}?{query}&sort={sign}{sort}&limit=2"
            while address:
                page = (await admin.get(address)).json()
                seen += [item["id"] for item in page["items"]]
                address = page["next"]
            assert len(seen) == len(set(seen)), (query, sort)
            assert set(seen) == expected, (query, sort)
            if sort == "id":
                assert seen == sorted(seen, reverse=bool(sign))


@pytest.mark.parametrize(
    "query", ["heri=yes", "ror=02mhbdp95", "domain=zelmar", "type=school", "status=active", "q=%20", "updated_after=x"]
)
async def test_a_bad_value_is_refused(admin: Caller, query: str) -> None:
    response = await admin.get(f"{INSTITUTIONS}?{query}")
    assert (response.status_code, response.json()["code"]) == (400, "invalid_parameter")
    assert response.json()["errors"][0]["parameter"] == query.partition("=")[0]


async def test_a_name_is_found_in_any_of_its_languages(admin: Caller) -> None:
    names = [
        {"value": "Krasnoval University", "language": "en", "types": ["ror_display"]},
        {"value": "Красновальский университет", "language": "ru", "types": ["label"]},
        {"value": "جامعة كراسنوفال", "language": "ar", "types": ["label"]},
    ]
    row = await submitted(admin, names=names)
    for q in ("krasnov", "красновал", "كراسنوفال", "Universíty"):
        assert row["id"] in await ids(admin, q=q)
