"""Certificates as PDF."""

from itertools import count
from time import perf_counter
from typing import Any

import asyncpg

from services.membership.issuing.files.domain import LAYOUTS, document
from shared.kernel.text import LANGUAGES
from shared.printing.printer import Printer
from tests.bench.servers import Addresses, alone, memory_mb
from tests.membership.issuing.files.conftest import HOST, said, shipped

_SECONDS = 10
_CREDENTIAL = "x" * 2_000
_NAMES = ("Amina Khan", "أمينة خان", "阿米娜·汗", "Амина Хан")


async def measure(_at: Addresses, _connection: asyncpg.Connection) -> dict[str, Any]:
    """`pdf`: certificates a second of different people in six languages, from one process; and its memory."""
    template, printed, began = shipped("support"), 0, 0.0
    async with Printer(LAYOUTS) as printer:
        for number in count():
            holder = f"{_NAMES[number % len(_NAMES)]} {number}"
            language = LANGUAGES[number % len(LANGUAGES)]
            await printer.pdf(document(said(holder=holder), template, language, HOST, _CREDENTIAL))
            if number == len(LANGUAGES):
                began = perf_counter()
            elif began and (took := perf_counter() - began) > _SECONDS:
                printed = number - len(LANGUAGES)
                break
        process = printer.process_id
        rate = alone(printed / took, "PDF/s", target="at least 20")
        return {"pdf": rate, "pdf_rss_mb": alone(memory_mb(process or 0), "MB")}
