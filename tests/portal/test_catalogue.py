"""The catalogue of open data: DCAT as JSON-LD, whose distributions answer."""

import html
import json
import re
from copy import deepcopy
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zipfile import ZipFile

import orjson
import pytest
from pydantic import ValidationError
from pyshacl import validate
from rdflib import Graph

from shared.configuration.settings import Settings
from shared.kernel.text import LANGUAGES
from shared.open_data.licences import licence_of
from tests.portal.conftest import Site

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
_PATH = "/data/catalog.jsonld"
_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_SHAPES = Path(__file__).parents[1] / "data/dcat-ap.ttl"
_REQUIRED = ("dcterms:title", "dcterms:issued", "dcterms:modified", "dcat:theme", "dcterms:language", "dcterms:spatial")


def _terms(value: Any) -> set[str]:
    """All members of a document except its context."""
    if isinstance(value, list):
        return set().union(*map(_terms, value))
    if not isinstance(value, dict):
        return set()
    own = {name for name in value if name != "@context"}
    return own.union(*(_terms(part) for name, part in value.items() if name != "@context"))


async def test_each_dataset_has_distributions_that_answer(site: Site) -> None:
    response = await site.client.get(_PATH)
    assert response.headers["content-type"] == "application/ld+json"
    assert response.headers["cache-control"] == "public, max-age=300"
    found = response.json()
    assert found["@type"] == ["dcat:Catalog", "schema:DataCatalog"]
    datasets = {one["@id"]: one for one in found["dcat:dataset"]}
    assert {name.rpartition("/")[2] for name in datasets} >= {"programmes", "codes", "register", "experts"}
    assert [one["@id"] for one in found["schema:dataset"]] == list(datasets)
    for name, dataset in datasets.items():
        assert dataset["@type"] == ["dcat:Dataset", "schema:Dataset"]
        for distribution in dataset["dcat:distribution"]:
            address = urlsplit(distribution["dcat:downloadURL"])
            file = await site.services[address.path.split("/")[1]].get(address.path)
            assert file.status_code == 200, address
            assert file.headers["content-type"].startswith(distribution["schema:encodingFormat"])
            assert file.headers["link"] == f'<{_LICENCE}>; rel="license"'
            if distribution["schema:encodingFormat"] == "application/ld+json":
                assert (file.json()["@id"], file.json()["schema:license"]) == (name, {"@id": _LICENCE})


async def test_each_term_of_the_catalogue_is_of_a_vocabulary(site: Site) -> None:
    found = (await site.client.get(_PATH)).json()
    context = found["@context"]
    for term in _terms(found):
        assert term.startswith("@") or term.partition(":")[0] in context, term


def _faults(document: dict[str, Any]) -> str:
    """What a document violates of DCAT-AP; empty if nothing."""
    data = Graph().parse(data=orjson.dumps(document), format="json-ld")
    fits, _, report = validate(data, shacl_graph=Graph().parse(_SHAPES), inference="none")
    return "" if fits else str(report)


async def test_the_catalogue_fits_dcat_ap(site: Site) -> None:
    found = (await site.client.get(_PATH)).json()
    assert _faults(found) == ""
    assert found["dcterms:license"] == found["schema:license"] == _LICENCE


@pytest.mark.parametrize("name", [*_REQUIRED, "dcat:contactPoint", "dcterms:publisher"])
async def test_a_dataset_that_lacks_something_does_not_fit(site: Site, name: str) -> None:
    found = deepcopy((await site.client.get(_PATH)).json())
    del found["dcat:dataset"][0][name]
    assert _faults(found) != ""


async def test_a_list_a_workbook_and_a_page_name_the_licence(site: Site) -> None:
    listed = (await site.services["actions"].get("/actions/v1/open_data")).json()
    assert listed["licence"] == {"name": "CC-BY-4.0", "address": _LICENCE}
    workbook = await site.services["actions"].get("/actions/v1/open_data/actions.xlsx")
    with ZipFile(BytesIO(workbook.content)) as parts:
        assert f"Licence: CC-BY-4.0, {_LICENCE}" in parts.read("docProps/core.xml").decode()
    for path in ("/en/countries/XA", "/ar/institutions"):
        assert '<a rel="license" href="/guides/open-data#licence">CC-BY-4.0</a>' in (await site.page(path)).text
    register = await site.services["centres"].get("/centres/v1/register?format=csv")
    assert register.headers["link"] == f'<{_LICENCE}>; rel="license"'


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("https://data.example/licence", "https://data.example/licence"),
    ],
)
def test_another_licence_is_a_setting(name: str, address: str) -> None:
    assert licence_of(Settings(data_licence=name).data_licence) == (name, address)


@pytest.mark.parametrize("name", ["", "CC-BY", "http://data.example", "MIT"])
def test_what_is_no_licence_of_data_does_not_start(name: str) -> None:
    with pytest.raises(ValidationError):
        Settings(data_licence=name)


async def test_the_catalogue_is_not_sent_twice(site: Site) -> None:
    first = await site.client.get(_PATH)
    known = await site.client.get(_PATH, headers={"If-None-Match": first.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert (await site.client.get(f"{_PATH}?page=2")).status_code == 400


async def test_a_country_links_to_its_profile(site: Site) -> None:
    text = (await site.page("/fr/countries/XA")).text
    address = "/actions/v1/open_data/countries/XA/profile.pdf?language=fr"
    assert f'href="{address}"' in text
    assert (await site.services["actions"].get(address)).status_code in (200, 202)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_has_each_file_of_each_dataset_with_its_day_and_licence(site: Site, language: str) -> None:
    response = await site.page(f"/{language}/data")
    assert response.status_code == 200
    page = html.unescape(response.text)
    for service in ("actions", "centres", "membership"):
        listed = (await site.services[service].get(f"/{service}/v1/open_data")).json()["items"]
        for one in listed:
            assert one["title"] in page
            assert one["description"] in page
            assert f'<time datetime="{one["date"]}">' in page
            for file in one["files"]:
                assert f'href="{file["url"]}">' in page
    assert '<a rel="license" href="/guides/open-data#licence">CC-BY-4.0</a>' in page
    assert 'href="/data/catalog.jsonld"' in page
    assert response.headers["cache-control"].startswith("public, max-age=60")
    graph = json.loads(re.findall(r'ld\+json">(.*?)</script>', response.text, re.DOTALL)[0])["@graph"]
    assert [thing["@type"] for thing in graph] == ["DataCatalog", "BreadcrumbList"]
    assert {file["encodingFormat"].partition(";")[0] for file in graph[0]["dataset"][0]["distribution"]} == {
        *("text/csv", "application/x-ndjson", "application/ld+json"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }


async def test_the_page_of_data_takes_no_parameters(site: Site) -> None:
    moved = await site.page("/en/data?x=1")
    assert (moved.status_code, moved.headers["location"]) == (301, "/en/data")
