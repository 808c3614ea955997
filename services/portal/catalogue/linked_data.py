"""The catalogue of open data as DCAT 3, by the profile DCAT-AP 3, which is also schema.org's DataCatalog."""

from collections.abc import Iterable, Mapping
from email.utils import parseaddr
from typing import Any

from shared.configuration.settings import Settings
from shared.open_data.licences import licence_of

PATH = "/data/catalog.jsonld"
_DAY = {"@type": "xsd:date"}
_LINK = {"@type": "@id"}
_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "schema": "https://schema.org/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    **dict.fromkeys(("dcterms:issued", "dcterms:modified", "schema:datePublished", "schema:dateModified"), _DAY),
    **dict.fromkeys(
        (
            *("dcat:accessURL", "dcat:downloadURL", "dcat:landingPage", "dcat:mediaType", "dcat:theme"),
            *("dcterms:accrualPeriodicity", "dcterms:format", "dcterms:language", "dcterms:license"),
            *("foaf:homepage", "schema:contentUrl", "schema:license", "vcard:hasEmail"),
        ),
        _LINK,
    ),
}
_EU = "http://publications.europa.eu/resource/authority"
_ALWAYS = f"{_EU}/frequency/CONT"
"""Files are made when they are read."""
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types"
_FILE_TYPES = {"csv": "CSV", "ndjson": "JSON", "xlsx": "XLSX", "jsonld": "JSON_LD"}
_LANGUAGES = [f"{_EU}/language/{code}" for code in ("ENG", "FRA", "SPA", "ARA", "ZHO", "RUS")]
_THEMES = {
    "institutions": "EDUC",
    "experts": "TECH",
    "initiatives": "SOCI",
    "register": "TECH",
    "committees": "GOVE",
}
"""Themes of the data portal of the European Union by the name of a dataset; those of programmes are ENVI."""
_WORLD = {"@id": "https://sws.geonames.org/6295630/", "@type": "dcterms:Location"}
_TITLE = "Open data of the ESCM Plan"
_ABOUT = "What the ESCM Plan publishes about its institutions, experts, centres, programmes and results."


def catalogue(lists: Mapping[str, Iterable[Mapping[str, Any]]], settings: Settings) -> dict[str, Any]:
    """The catalogue of the datasets that each service lists."""
    origin = settings.issuer.rstrip("/")
    licence = licence_of(settings.data_licence).address
    publisher = {"@type": "foaf:Agent", "foaf:name": "ESCM Plan", "foaf:homepage": f"{origin}/"}
    name, address = parseaddr(settings.mail_sender)
    contact = {"@type": "vcard:Organization", "vcard:fn": name or "ESCM Plan", "vcard:hasEmail": f"mailto:{address}"}
    common = {
        "dcterms:license": licence,
        "schema:license": licence,
        "dcterms:publisher": publisher,
        "dcterms:language": _LANGUAGES,
        "dcterms:spatial": _WORLD,
    }
    of_datasets = {**common, "dcat:contactPoint": contact, "schema:inLanguage": ["en", "fr", "es", "ar", "zh", "ru"]}
    datasets = [
        {**_dataset(service, one, origin, licence), **of_datasets} for service, items in lists.items() for one in items
    ]
    return {
        "@context": _CONTEXT,
        "@id": f"{origin}{PATH}",
        "@type": ["dcat:Catalog", "schema:DataCatalog"],
        "dcterms:title": _TITLE,
        "schema:name": _TITLE,
        "dcterms:description": _ABOUT,
        "schema:description": _ABOUT,
        **({"dcterms:modified": max(one["dcterms:modified"] for one in datasets)} if datasets else {}),
        **common,
        "dcat:dataset": datasets,
        "schema:dataset": [{"@id": one["@id"]} for one in datasets],
    }


def _dataset(service: str, listed: Mapping[str, Any], origin: str, licence: str) -> dict[str, Any]:
    """A dataset. It was issued on the day of its oldest copy, and modified on that of its newest; today without one."""
    issued, modified = listed["dates"][-1] if listed["dates"] else listed["date"], listed["date"]
    return {
        "@id": f"{origin}/{service}/v1/open_data/{listed['name']}",
        "@type": ["dcat:Dataset", "schema:Dataset"],
        "dcterms:identifier": f"{service}.{listed['name']}",
        "dcterms:title": listed["title"],
        "schema:name": listed["title"],
        "dcterms:description": listed["description"],
        "schema:description": listed["description"],
        "dcterms:issued": issued,
        "schema:datePublished": issued,
        "dcterms:modified": modified,
        "schema:dateModified": modified,
        "dcat:theme": f"{_EU}/data-theme/{_THEMES.get(listed['name'], 'ENVI')}",
        "dcterms:accrualPeriodicity": _ALWAYS,
        "dcat:landingPage": f"{origin}/guides/open-data",
        "dcat:distribution": [_distribution(one, origin, modified, licence) for one in listed["files"]],
        "schema:distribution": [{"@id": f"{origin}{one['url']}"} for one in listed["files"]],
    }


def _distribution(file: Mapping[str, Any], origin: str, modified: str, licence: str) -> dict[str, Any]:
    address, media_type = f"{origin}{file['url']}", file["media_type"].partition(";")[0]
    return {
        "@id": address,
        "@type": ["dcat:Distribution", "schema:DataDownload"],
        "dcterms:format": f"{_EU}/file-type/{_FILE_TYPES[file['format']]}",
        "dcterms:modified": modified,
        "dcterms:license": licence,
        "dcat:mediaType": f"{_MEDIA_TYPES}/{media_type}",
        "dcat:accessURL": address,
        "dcat:downloadURL": address,
        "schema:contentUrl": address,
        "schema:encodingFormat": media_type,
    }
