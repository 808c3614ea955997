"""Documents are printed in a process with bounds, by which texts are never read as markup."""

import asyncio
import io
import os
import resource
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader

from shared.kernel.errors import Unavailable
from shared.printing.document import Document, TooLarge, Unprintable
from shared.printing.printer import Printer
from tests.support.waiting import PATIENCE

_LAYOUT = """
#let data = json("data.json")
#set document(title: data.title, date: datetime(year: 2026, month: 11, day: 27))
#set text(font: ("Noto Sans", "Noto Sans Arabic", "Noto Sans SC"), fallback: false)
#data.title
#for name in data.files {
  pdf.attach(name, read(name, encoding: none), relationship: "data", mime-type: "application/jwt", description: name)
}
"""
_ENDLESS = "#for a in range(100000) { for b in range(100000) { let c = a * b } }"
_HUGE = "#let found = range(1000)\n#for n in range(40) { found += found }"
_SINCE = datetime(2026, 11, 27, tzinfo=UTC)
"""The instant of every document."""


@pytest.fixture
def layouts(tmp_path: Path) -> Path:
    for name, text in {"plain": _LAYOUT, "endless": _ENDLESS, "huge": _HUGE, "broken": "#nothing"}.items():
        (tmp_path / f"{name}.typ").write_text(text)
    return tmp_path


@pytest.fixture
async def printer(layouts: Path) -> AsyncIterator[Printer]:
    async with Printer(layouts) as opened:
        yield opened


def _plain(title: str, **files: bytes) -> Document:
    named = {name.replace("_", "."): content for name, content in files.items()}
    return Document("plain.typ", {"title": title, "files": list(named)}, _SINCE, named)


def _text(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


async def test_two_processes_print_the_same_bytes(layouts: Path, printer: Printer) -> None:
    document = _plain("Amina Khan أمينة خان 阿米娜·汗 Амина Хан", token_jwt=b"a.b.c")
    async with Printer(layouts) as another:
        first, second = await printer.pdf(document), await another.pdf(document)
        assert printer.process_id != another.process_id
    assert first == second == await printer.pdf(document)
    reader = PdfReader(io.BytesIO(first))
    assert reader.attachments == {"token.jwt": [b"a.b.c"]}
    assert reader.xmp_metadata is not None
    assert b"<pdfaid:part>3</pdfaid:part>" in reader.xmp_metadata.stream.get_data()


@pytest.mark.parametrize(
    "text",
    [
        "#panic(1) $x$ *bold* _it_ @label <label> \\ // `raw` = Title",
        '#read("../../etc/passwd") #import "plain.typ": data',
        "<script>alert(1)</script> =1+1 %PDF",
        "Amina \N{RIGHT-TO-LEFT OVERRIDE}nahK",
        "W" * 500,
    ],
)
async def test_texts_are_data(printer: Printer, text: str) -> None:
    shown = "".join(_text(await printer.pdf(_plain(text))).split())
    assert shown == "".join(text.replace("\N{RIGHT-TO-LEFT OVERRIDE}", "").split())


async def test_a_character_without_a_glyph_is_refused(printer: Printer) -> None:
    with pytest.raises(Unprintable):
        await printer.pdf(_plain("Ana \N{SEEDLING}"))
    assert "Ana" in _text(await printer.pdf(_plain("Ana")))


async def test_a_broken_layout_is_an_error(printer: Printer) -> None:
    with pytest.raises(RuntimeError, match=r"broken\.typ"):
        await printer.pdf(Document("broken.typ", {}, _SINCE))


@pytest.mark.long("waits for a time limit twice")
async def test_a_document_that_does_not_end_is_given_up_after_the_second_try(layouts: Path) -> None:
    async with Printer(layouts, seconds=1, patience=PATIENCE) as printer:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with pytest.raises(TooLarge):
            await printer.pdf(Document("endless.typ", {}, _SINCE))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        assert 2 <= used < 6, "two tries of a second each, and the starts of the processes"
        assert "Ana" in _text(await printer.pdf(_plain("Ana")))


@pytest.mark.long("stops a process for longer than its time of the processor")
async def test_time_without_a_processor_does_not_count(layouts: Path) -> None:
    async with Printer(layouts, seconds=1, patience=PATIENCE) as printer:
        await printer.pdf(_plain("Ana"))
        process = printer.process_id or 0
        os.kill(process, signal.SIGSTOP)
        printing = asyncio.create_task(printer.pdf(_plain("Bela")))
        await asyncio.sleep(3)
        assert not printing.done()
        os.kill(process, signal.SIGCONT)
        assert "Bela" in _text(await printing)
        assert printer.process_id == process


@pytest.mark.long("fills memory up to a limit twice")
async def test_a_document_that_needs_too_much_memory_is_given_up(printer: Printer) -> None:
    with pytest.raises(TooLarge):
        await printer.pdf(Document("huge.typ", {}, _SINCE))
    assert "Ana" in _text(await printer.pdf(_plain("Ana")))


@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGTERM])
async def test_a_killed_process_is_replaced(printer: Printer, way: signal.Signals) -> None:
    await printer.pdf(_plain("Ana"))
    killed = printer.process_id
    assert killed is not None
    os.kill(killed, way)
    assert "Bela" in _text(await printer.pdf(_plain("Bela")))
    assert printer.process_id not in (None, killed)


@pytest.mark.long("waits for a stopped process")
async def test_a_stopped_process_is_replaced(layouts: Path) -> None:
    async with Printer(layouts, patience=2.0) as printer:
        await printer.pdf(_plain("Ana"))
        os.kill(printer.process_id or 0, signal.SIGSTOP)
        with pytest.raises(Unavailable):
            await printer.pdf(_plain("Bela"))
        assert "Cleo" in _text(await printer.pdf(_plain("Cleo")))


async def test_a_cancelled_document_does_not_reach_another_caller(printer: Printer) -> None:
    await printer.pdf(_plain("Ana"))
    cancelled = asyncio.create_task(printer.pdf(_plain("Bela")))
    await asyncio.sleep(0)
    cancelled.cancel()
    await asyncio.gather(cancelled, return_exceptions=True)
    assert "Cleo" in _text(await printer.pdf(_plain("Cleo")))


async def test_documents_at_once_each_get_their_own(printer: Printer) -> None:
    names = [f"Person number {number}" for number in range(20)]
    printed = await asyncio.gather(*(printer.pdf(_plain(name)) for name in names))
    assert [_text(pdf).strip() for pdf in printed] == names


async def test_the_process_ends_with_its_printer(layouts: Path) -> None:
    async with Printer(layouts) as printer:
        await printer.pdf(_plain("Ana"))
        process = printer.process_id
    with pytest.raises(ProcessLookupError):
        os.kill(process or 0, 0)
