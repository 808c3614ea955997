"""The catalogue of open data as DCAT 3, which is also schema.org's DataCatalog."""

from collections.abc import Iterable, Mapping
from typing import Any

PATH = "/data/catalog.jsonld"
_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "schema": "https://schema.org/",
    "dcat:accessURL": {"@type": "@id"},
    "dcat:downloadURL": {"@type": "@id"},
    "dcat:landingPage": {"@type": "@id"},
    "dcat:mediaType": {"@type": "@id"},
    "dcterms:accrualPeriodicity": {"@type": "@id"},
    "schema:contentUrl": {"@type": "@id"},
    "foaf:homepage": {"@type": "@id"},
}
_ALWAYS = "http://publications.europa.eu/resource/authority/frequency/CONT"
"""Files are made when they are read."""
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types"


def catalogue(lists: Mapping[str, Iterable[Mapping[str, Any]]], issuer: str) -> dict[str, Any]:
    """The catalogue of the datasets that each service lists, at an installation with this address."""
    origin = issuer.rstrip("/")
    datasets = [_dataset(service, one, origin) for service, items in lists.items() for one in items]
    title = "Open data of the ESCM Plan"
    return {
        "@context": _CONTEXT,
        "@id": f"{origin}{PATH}",
        "@type": ["dcat:Catalog", "schema:DataCatalog"],
        "dcterms:title": title,
        "schema:name": title,
        "dcterms:publisher": {"@type": "foaf:Agent", "foaf:name": "ESCM Plan", "foaf:homepage": f"{origin}/"},
        "dcat:dataset": datasets,
        "schema:dataset": [{"@id": one["@id"]} for one in datasets],
    }


def _dataset(service: str, listed: Mapping[str, Any], origin: str) -> dict[str, Any]:
    return {
        "@id": f"{origin}/{service}/v1/open_data/{listed['name']}",
        "@type": ["dcat:Dataset", "schema:Dataset"],
        "dcterms:identifier": f"{service}.{listed['name']}",
        "dcterms:title": listed["title"],
        "schema:name": listed["title"],
        "dcterms:description": listed["description"],
        "schema:description": listed["description"],
        "dcterms:accrualPeriodicity": _ALWAYS,
        "dcat:landingPage": f"{origin}/guides/open-data",
        "dcat:distribution": [_distribution(one, origin) for one in listed["files"]],
        "schema:distribution": [{"@id": f"{origin}{one['url']}"} for one in listed["files"]],
    }


def _distribution(file: Mapping[str, Any], origin: str) -> dict[str, Any]:
    address, media_type = f"{origin}{file['url']}", file["media_type"].partition(";")[0]
    return {
        "@id": address,
        "@type": ["dcat:Distribution", "schema:DataDownload"],
        "dcterms:format": file["format"],
        "dcat:mediaType": f"{_MEDIA_TYPES}/{media_type}",
        "dcat:accessURL": address,
        "dcat:downloadURL": address,
        "schema:contentUrl": address,
        "schema:encodingFormat": media_type,
    }
