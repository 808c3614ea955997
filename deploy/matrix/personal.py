"""Which columns of which service hold personal data, as a file of shared.contracts: no service may import the
catalogue of another."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import orjson

from deploy.local.folder import PROJECT
from deploy.matrix.readers import SERVICES
from shared.database.tables import SCHEMA, metadata
from shared.records.personal import PersonalTable
from shared.records.record import fields_of

FILE = PROJECT / "shared" / "contracts" / "data" / "personal.json"
_READ_WITH = {"member_affiliation": "experts"}
"""Tables whose rows are readable with the records that they belong to."""
_CATALOGUES = {"membership": "services.membership.protection.privacy.catalogue"}


def render() -> bytes:
    """The bytes of the file: the same catalogues give the same bytes."""
    published = {entry.name: _published(service, entry) for service in SERVICES for entry in catalogue_of(service)}
    return orjson.dumps(published, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def catalogue_of(service: str) -> Iterator[PersonalTable]:
    """The tables with personal data of a service; membership also lists those that services share."""
    import_module(f"services.{service}.app")
    found = import_module(_CATALOGUES.get(service, f"services.{service}.personal"))
    yield from found.PARTS.values()
    yield from found.ALSO_PERSONAL


def _published(service: str, entry: PersonalTable) -> dict[str, Any]:
    """`audiences` are those of the fields of a record."""
    known = metadata.tables.get(f"{SCHEMA}.{entry.name}")
    record = None if known is None or entry.name.startswith("core_") else known.info.get("record")
    fields = fields_of(record) if record else {}
    return {
        "service": "core" if entry.name.startswith("core_") else service,
        "resource": record.resource_type.plural if record else _READ_WITH.get(entry.name),
        "exported": entry.exported,
        "left_out": entry.left_out,
        "retained": entry.retained,
        "audiences": {name: fields[name].audience.name.lower() for name in entry.columns if name in fields},
    }
