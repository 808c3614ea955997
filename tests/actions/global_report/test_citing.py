"""Whoever reads an edition or a contribution gets it cited; a DOI that was registered is recorded."""

import json
from types import SimpleNamespace
from typing import Any

import asyncpg
import httpx
import pytest
import rispy
from lxml import etree

from services.actions.global_report.citing import datacite
from services.actions.global_report.citing.domain import Erratum, Issue, Work, contribution_cited
from services.actions.global_report.citing.formats import CITATIONS
from shared.configuration.settings import Settings
from tests.support.callers import Caller
from tests.support.centres import entered, refused, stepped
from tests.support.editions import CONTRIBUTIONS, WROTE, author, contribution_body, edition, editor
from tests.support.mailbox import Mailbox
from tests.support.review import official, opened, reviewer, under_review

PREFIX = "10.5555"


@pytest.fixture
def prefix(actions: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> str:
    """The installation has a prefix of DOIs."""
    transport: Any = actions._transport
    monkeypatch.setattr(transport.app.state.settings, "doi_prefix", PREFIX)
    return PREFIX


async def cited(by: Caller, path: str, **parameters: str) -> dict[str, Any]:
    """The item of CSL JSON."""
    response = await by.get(f"{path}/citation", params=parameters)
    assert response.status_code == 200, response.text
    (item,) = response.json()
    return item


async def test_everybody_cites_a_public_edition_in_each_format(
    admin: Caller, anonymous: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await edition(admin)
    path = made["links"]["self"]
    assert (await anonymous.get(f"{path}/citation")).status_code == 404, "its call has not opened"
    await stepped(admin, made, "open_call")
    for name, each in CITATIONS.items():
        found = await anonymous.get(f"{path}/citation", params={"format": name})
        assert (found.status_code, found.headers["content-type"]) == (200, each.media_type)
        assert f'filename="escm-{made["year"]}-{made["number"]}.{each.ending}"' in found.headers["content-disposition"]
        assert made["titles"]["en"] in found.text
        assert f"/en/records/actions/editions/{made['id']}" in found.text
        known = {"If-None-Match": found.headers["etag"]}
        assert (await anonymous.get(f"{path}/citation", params={"format": name}, headers=known)).status_code == 304
    wrong = await anonymous.get(f"{path}/citation", params={"format": "word"})
    assert (wrong.status_code, wrong.json()["errors"][0]["parameter"]) == (400, "format")


async def test_a_doi_is_made_of_the_prefix_until_one_is_recorded(
    admin: Caller, anonymous: Caller, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await edition(admin, "open_call")
    path, chief = made["links"]["self"], editor(admin, made, monkeypatch, "editor_in_chief")
    expected = f"{prefix}/{made['year']}.{made['number']}"
    assert (await cited(anonymous, path))["DOI"] == expected
    assert await refused(chief, made, "record_doi", fields={"doi": expected}) == "not_in_this_state"
    await stepped(chief, made, "close_call")
    assert (await chief.step(path, "record_doi")).status_code == 422
    assert (await chief.step(path, "record_doi", fields={"doi": "no"})).status_code == 422
    assert (await editor(admin, made, monkeypatch).step(path, "record_doi")).status_code == 403
    frozen = await stepped(chief, made, "freeze")
    assert (await chief.change(path, doi="10.1234/x")).status_code == 409
    recorded = await stepped(chief, frozen, "record_doi", fields={"doi": "10.1234/x"})
    assert (recorded["status"], recorded["doi"]) == ("frozen", "10.1234/x")
    assert (await cited(anonymous, path))["DOI"] == "10.1234/x"
    line = (await chief.get(f"{path}/history")).json()["items"][0]
    assert line["action"] == "record_doi"
    assert "10.1234/x" in json.dumps(line["changes"])


async def test_a_contribution_is_cited_with_who_confirmed_it(
    admin: Caller, anonymous: Caller, superuser: asyncpg.Connection, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = await edition(admin, "open_call")
    me, named = await author(admin, superuser, monkeypatch)
    orcid, stated = "0000-0002-1825-0097", {"affiliation": "Institute of Peat"}
    other = {"name": "Bo Example", "email": "bo@example.org", "roles": WROTE}
    body = contribution_body(of, {**named, "orcid": orcid, **stated}, other, abstract={"en": "Peat"}, keywords=["fen"])
    made = await entered(me, CONTRIBUTIONS, body)
    path = made["links"]["self"]
    assert (await cited(me, path))["author"] == [{"literal": "ESCM Plan"}], "nobody has confirmed"
    await stepped(me, made, "confirm_authorship")
    name = "An Expert"
    item = await cited(me, path)
    assert (item["author"], item["container-title"]) == ([{"literal": name}], of["titles"]["en"])
    assert (item["DOI"], item["abstract"]) == (f"{prefix}/{of['year']}.{of['number']}.soils", "Peat")
    found = await me.get(f"{path}/citation", params={"format": "jats"})
    root = etree.fromstring(found.content)
    assert root.findtext(".//contrib-id") == f"https://orcid.org/{orcid}"
    (reference,) = rispy.loads((await me.get(f"{path}/citation", params={"format": "ris"})).text)
    assert (reference["authors"], reference["keywords"]) == ([name], ["fen"])
    given = json.loads((await me.get(f"{path}/citation", params={"format": "datacite_json"})).content)
    assert given["creators"][0]["affiliation"] == [{"name": "Institute of Peat"}]
    assert given["relatedIdentifiers"][0]["relatedIdentifier"] == f"{prefix}/{of['year']}.{of['number']}"
    assert (await anonymous.get(f"{path}/citation")).status_code == 404
    for stranger in (admin.known_as("officer"), (await author(admin, superuser, monkeypatch))[0]):
        assert (await stranger.get(f"{path}/citation")).status_code == 404


async def test_contributions_of_one_place_have_dois_of_their_own(
    admin: Caller, superuser: asyncpg.Connection, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = await edition(admin, "open_call")
    chief, base = editor(admin, of, monkeypatch), f"{prefix}/{of['year']}.{of['number']}.soils"
    first = await entered(chief, CONTRIBUTIONS, contribution_body(of))
    second = await entered(chief, CONTRIBUTIONS, contribution_body(of))
    found = [(await cited(chief, one["links"]["self"]))["DOI"] for one in (first, second)]
    assert found == [f"{base}.1", f"{base}.2"]
    await stepped(chief, second, "drop", reason="twice")
    assert (await cited(chief, first["links"]["self"]))["DOI"] == base


async def test_versions_that_errata_replaced_have_dois_of_their_own(
    admin: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = await edition(admin, "open_call")
    made = await entered(editor(admin, of, monkeypatch), CONTRIBUTIONS, contribution_body(of))
    fields = {name: made[name] for name in ("titles", "language", "abstract", "keywords", "funding", "outline_key")}
    text: Any = SimpleNamespace(**fields, id=made["id"], edition_id=of["id"], number=1, published_version=4)
    whole = Work(key="escm", titles={"en": "Report"}, language="en", issue=Issue(2027, "2027.1", "CC0"), address="x")
    errata = [Erratum(1, {"en": "One."}, 2, 1), Erratum(3, {"en": "Two."}, 4, 2)]

    def versions(prefix: str) -> list[tuple[str, str | None, dict[str, str]]]:
        found = []
        for version in (1, 2, 4, None):
            work = contribution_cited(
                text,
                whole,
                [],
                prefix,
                "https://escm.test",
                is_alone=True,
                is_blind=False,
                errata=errata,
                version=version,
            )
            related = datacite.members(work)["relatedIdentifiers"][1:]
            assert {one["relatedIdentifierType"] for one in related} == {"DOI" if prefix else "URL"}
            found.append(
                (work.issue.label, work.doi, {one["relationType"]: one["relatedIdentifier"] for one in related})
            )
            assert (work.issue.status is not None) == (version in (1, 2))
        return found

    base = "10.5555/2027.1.soils"
    last = ("2027.1.3", base, {"IsNewVersionOf": f"{base}.v2"})
    assert versions("10.5555") == [
        ("2027.1", f"{base}.v1", {"IsPreviousVersionOf": f"{base}.v2"}),
        ("2027.1.1", f"{base}.v2", {"IsNewVersionOf": f"{base}.v1", "IsPreviousVersionOf": base}),
        last,
        last,
    ]
    page = f"https://escm.test/en/reports/{of['id']}/{made['id']}/versions/1"
    assert [one[1:] for one in versions("")][1][1]["IsNewVersionOf"] == page


@pytest.mark.long("a worker reads manuscripts")
async def test_a_citation_names_nobody_to_who_reviews_without_knowing_the_authors(
    admin: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, posted: Mailbox
) -> None:
    text = await under_review(admin, superuser, monkeypatch)
    of_round = await opened(text, "both")
    name = (await cited(text.author, text.path))["author"][0]["literal"]
    assert name != "ESCM Plan"
    for me in (await reviewer(text, of_round, superuser, monkeypatch), official(admin, monkeypatch, "XB")):
        for each in CITATIONS:
            found = await me.get(f"{text.path}/citation", params={"format": each})
            assert found.status_code == 200
            assert name not in found.text
            assert "A fund" not in found.text


@pytest.mark.parametrize("wrong", ["10.", "11.5555", "10.5555/", "doi:10.5555", "10.555", "10.5555\n"])
def test_a_prefix_is_one_of_a_registrar(wrong: str) -> None:
    assert Settings(doi_prefix="10.5555.12").doi_prefix == "10.5555.12"
    with pytest.raises(ValueError, match="pattern"):
        Settings(doi_prefix=wrong)
