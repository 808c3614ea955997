"""Certificates to print, and the printer."""

import csv
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from services.membership.certificates.templates.operations import TEMPLATES
from services.membership.certificates.templates.record import CertificateTemplate
from services.membership.issuing.files.domain import LAYOUTS, Statement
from shared.printing.printer import Printer

WORDING = Path(__file__).parents[4] / "migrations/chain/0031_certificate_wording.csv"
HOST = "https://register.example.org"
STATEMENT = Statement(
    kind="support",
    holder="Amina Khan",
    number="CRT-000123",
    code="7HM2K4T9Q0WX3V8Z5",
    issued_on=date(2026, 11, 27),
    valid_to=date(2030, 11, 26),
    country="KE",
    subject={"en": "Haikou Initiative", "ar": "مبادرة هايكو", "zh": "海口倡议", "ru": "Хайкоуская инициатива"},
    year=2026,
)


def shipped(kind: str, **changed: object) -> CertificateTemplate:
    """The shipped template of a kind; of a kind without one, that of support under its name."""
    with WORDING.open(encoding="utf-8", newline="") as lines:
        rows = {(line.pop("kind"), line.pop("part")): line for line in csv.DictReader(lines)}
    known = kind if (kind, "title") in rows else "support"
    signatory = {"name": None, "offices": rows["", "office"]}
    columns = {"titles": rows[known, "title"], "bodies": rows[known, "body"], "signatory": signatory}
    return TEMPLATES.new({"kind": kind, **columns, **changed})


def said(**changed: object) -> Statement:
    return replace(STATEMENT, **changed)


@pytest.fixture
async def printer() -> AsyncIterator[Printer]:
    async with Printer(LAYOUTS) as opened:
        yield opened
