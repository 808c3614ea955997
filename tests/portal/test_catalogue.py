"""The catalogue of open data: DCAT as JSON-LD, whose distributions answer."""

from typing import Any
from urllib.parse import urlsplit

from tests.portal.conftest import Site

_PATH = "/data/catalog.jsonld"


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
            if distribution["dcterms:format"] == "jsonld":
                assert file.json()["@id"] == name


async def test_each_term_of_the_catalogue_is_of_a_vocabulary(site: Site) -> None:
    found = (await site.client.get(_PATH)).json()
    context = found["@context"]
    for term in _terms(found):
        assert term.startswith("@") or term.partition(":")[0] in context, term


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
