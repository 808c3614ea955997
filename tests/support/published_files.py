"""What programs and schemas of others say about the files of a build."""

import gzip
from functools import cache
from pathlib import Path

import page
from lxml import etree

_ARCHIVING = Path(__file__).parents[1] / "data/jats-archiving-1.1.rng.gz"
_PREFIXES = {
    "ali": "http://www.niso.org/schemas/ali/1.0/",
    "mml": "http://www.w3.org/1998/Math/MathML",
    "oasis": "http://www.niso.org/standards/z39-96/ns/oasis-exchange/table",
    "xlink": "http://www.w3.org/1999/xlink",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
"""Those that the schema uses without saying what they are."""
_MISTAKEN = ("PDFA3A-STREAM-LENGTH-001",)
"""What the checker says of a stream whose last byte is 0x0D: it takes it for a part of the end of the line."""
_SINCE_1_2 = ("vocab", "vocab-identifier", "vocab-term", "vocab-term-identifier")


def pdf_faults(pdf: bytes, profile: str) -> list[str]:
    """What a checker finds against a profile: `3a` (PDF/A-3) or `ua1` (PDF/UA-1)."""
    report = page.validate_pdf_bytes(pdf, profile=profile)
    assert report.rules.total > 100
    return [f"{one.rule_id}: {one.message}" for one in report.failures if one.rule_id not in _MISTAKEN]


@cache
def _archiving() -> etree.RelaxNG:
    declared = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in _PREFIXES.items())
    schema = gzip.decompress(_ARCHIVING.read_bytes()).replace(b"<grammar ", f"<grammar {declared} ".encode(), 1)
    return etree.RelaxNG(etree.fromstring(schema))


def jats_faults(article: bytes) -> list[str]:
    """What the archiving set of JATS 1.1 finds in an article, without the attributes of a vocabulary, which are of
    1.2."""
    root = etree.fromstring(article, etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=False))
    root.set("dtd-version", "1.1")
    for role in root.iter("role"):
        for name in _SINCE_1_2:
            role.attrib.pop(name, "")
    schema = _archiving()
    return [] if schema.validate(root) else [str(one) for one in schema.error_log]
