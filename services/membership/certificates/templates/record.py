"""A template: the wording of one kind of certificate."""

from dataclasses import dataclass
from typing import Annotated, TypedDict

from shared.kernel.resource import Resource
from shared.records.record import Example, Public, Record, Texts, Written


class Signatory(TypedDict):
    """Who signs: a name, if a person does, and the office by language."""

    name: str | None
    offices: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateTemplate(Record):
    """The wording of a kind of certificate. It belongs to no country and is never published. Only a draft changes."""

    resource_type = Resource("membership", "certificate_templates", "certificate_template")

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    kind: Annotated[str, Public, Written, "The kind of certificate."]
    titles: Annotated[
        Texts,
        Public,
        Written,
        Example({"en": "Certificate of Membership"}),
        "The title, by language. `en` is for all other languages.",
    ]
    bodies: Annotated[
        Texts,
        Public,
        Written,
        Example({"en": "This certifies that {holder} is a member of the network until {valid_to}."}),
        "The text, in the languages of the titles, with `{holder}` once; other placeholders depend on the kind.",
    ]
    signatory: Annotated[Signatory | None, Public, Written, "Who signs; null for nobody."]
