"""A mapping. It is a part of the scheme that it is from, whose history records it."""

from dataclasses import dataclass

from services.actions.classification.schemes.record import Tag
from shared.records.record import Document


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a code relates to one of another scheme, as in SKOS: it is `exact` or `close`, `related`, or the other one is
    `broad` or `narrow`er. It names schemes, so that it remains in further editions."""

    origin: Tag
    target: Tag
    relation: str
    source: Document | None
