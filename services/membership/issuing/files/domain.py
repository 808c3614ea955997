"""What a certificate says, and the document that it is printed from."""

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

import segno

from services.membership.certificates.templates.domain import FALLBACK, around_holder
from services.membership.certificates.templates.record import CertificateTemplate
from shared.kernel.countries import COUNTRIES
from shared.kernel.text import text_in
from shared.printing.document import Document
from shared.printing.labels import day_in, labels_of
from shared.records.record import Texts

LAYOUTS = Path(__file__).parent / "layouts"
CREDENTIAL, CREDENTIAL_TYPE = "credential.jwt", "application/vc+jwt"
"""The name and the media type of the attached credential."""
_LABELS = Path(__file__).parent / "labels.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a certificate says. `subject` is the title of what it is about, by language."""

    kind: str
    holder: str
    number: str
    code: str
    issued_on: date
    valid_to: date | None
    country: str | None
    subject: Texts
    year: int | None


def document(
    said: Statement, template: CertificateTemplate, language: str, host: str, credential: str | None
) -> Document:
    """The document of a certificate in a language, or in English where the template lacks it. `host` is the address of
    the installation, whose page verifies the code."""
    if language not in template.titles:
        language = FALLBACK
    address = f"{host.rstrip('/')}/v/{said.code}"
    before, after = around_holder(template.bodies[language], _values(said, language))
    labels, signatory = labels_of(_LABELS, language), template.signatory
    data = {
        "language": language,
        "plan": labels["plan"],
        "title": template.titles[language],
        "number": said.number,
        "before": before,
        "holder": said.holder,
        "after": after,
        "signatory": signatory and signatory["name"],
        "office": signatory and text_in(language, signatory["offices"]),
        "facts": [
            (labels["number"], said.number),
            (labels["issued_on"], day_in(language, said.issued_on)),
            *([(labels["valid_to"], day_in(language, said.valid_to))] if said.valid_to else []),
        ],
        "code": "-".join(said.code[place : place + 4] for place in range(0, len(said.code), 4)),
        "address": address,
        "issued": [said.issued_on.year, said.issued_on.month, said.issued_on.day],
        "attachment": CREDENTIAL if credential else None,
        "attachment_type": CREDENTIAL_TYPE,
    }
    files = {"qr.svg": _qr(address), **({CREDENTIAL: credential.encode()} if credential else {})}
    return Document(f"{said.kind}.typ", data, datetime.combine(said.issued_on, time(), UTC), files)


def _values(said: Statement, language: str) -> dict[str, str]:
    country = COUNTRIES.get(said.country or "")
    return {
        "number": said.number,
        "issued_on": day_in(language, said.issued_on),
        "valid_to": day_in(language, said.valid_to) if said.valid_to else "",
        "country": text_in(language, country.names) if country else "",
        "subject": text_in(language, said.subject) if said.subject else "",
        "year": str(said.year or ""),
    }


def _qr(address: str) -> bytes:
    target = io.BytesIO()
    segno.make(address, error="m", micro=False).save(target, kind="svg", border=0, xmldecl=False, svgns=True)
    return target.getvalue()
