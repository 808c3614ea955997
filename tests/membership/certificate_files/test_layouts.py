"""Certificates are printed on one page, in six languages, with every character of names in any of their scripts."""

import io

import pytest
from pypdf import PdfReader

from services.membership.certificate_files.domain import CREDENTIAL, LAYOUTS, document
from services.membership.certificate_templates.domain import KINDS, check
from shared.kernel.text import LANGUAGES
from shared.printing.printer import Printer
from tests.membership.certificate_files.conftest import HOST, said, shipped

_NAMES = {
    "en": "Amina Khan", "fr": "Élodie Lefèvre-Nguyễn", "es": "José Ángel Muñoz", "ar": "أمينة خان", "zh": "阿米娜·汗",
    "ru": "Амина Хан",
}  # fmt: skip

_OTHERS = ("Ἀθηνᾶ Παππᾶ", "李龍", "山田 はなこ", "Þórður Ærøsson", "İpek Şahin")


def _read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def _text(pdf: bytes) -> str:
    (page,) = _read(pdf).pages
    return " ".join(page.extract_text().split())


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_is_printed_in_each_language(printer: Printer, kind: str) -> None:
    template = shipped(kind)
    for language in LANGUAGES:
        pdf = await printer.pdf(document(said(kind=kind, holder=_NAMES[language]), template, language, HOST, "a.b.c"))
        reader = _read(pdf)
        assert reader.attachments == {CREDENTIAL: [b"a.b.c"]}
        assert reader.metadata is not None
        assert reader.metadata.title == template.titles[language]
        shown = _text(pdf)
        words = (*_NAMES[language].split(), *template.titles[language].split(), "CRT-000123", "7HM2-K4T9-Q0WX-3V8Z-5")
        assert [word for word in words if word not in shown] == []


@pytest.mark.parametrize(
    "name", [*_NAMES.values(), "Ἀθηνᾶ Παππᾶ", "李龍", "山田 はなこ", "Þórður Ærøsson", "İpek Şahin"]
)
async def test_names_are_shown_in_any_language(printer: Printer, name: str) -> None:
    for language in LANGUAGES:
        shown = _text(await printer.pdf(document(said(holder=name), shipped("support"), language, HOST, None)))
        assert [word for word in name.split() if word not in shown] == []


async def test_two_processes_print_a_certificate_alike(printer: Printer) -> None:
    printable = document(said(), shipped("support"), "ar", HOST, "a.b.c")
    async with Printer(LAYOUTS) as another:
        assert await printer.pdf(printable) == await another.pdf(printable)


@pytest.mark.parametrize("holder", ["Amina " * 83, "W" * 500])
async def test_the_longest_texts_fit_on_the_page(printer: Printer, holder: str) -> None:
    body = "{holder} " + "and so on " * 199
    template = shipped("support", titles={"en": "Certificate " * 16}, bodies={"en": body})
    printed = await printer.pdf(document(said(holder=holder), template, "en", HOST, None))
    (page,) = _read(printed).pages
    places: list[tuple[float, float]] = []
    text = page.extract_text(visitor_text=lambda text, _cm, at, *_: places.append((at[4], at[5])) if text else None)
    assert len("".join(text.split())) >= len("".join((holder + body).split()))
    assert all(0 <= x <= page.mediabox.width and 0 <= y <= page.mediabox.height for x, y in places)


async def test_a_language_that_a_template_lacks_is_english(printer: Printer) -> None:
    template = shipped("support", titles={"en": "Certificate"}, bodies={"en": "For {holder}, {subject}."})
    shown = _text(await printer.pdf(document(said(), template, "fr", HOST, None)))
    assert "Certificate" in shown
    assert "Issued on 27 November 2026" in shown


def test_dates_and_countries_are_in_the_language() -> None:
    texts = {
        language: " ".join(
            document(said(kind="designation"), shipped("designation"), language, HOST, None).data["after"].split()
        )
        for language in LANGUAGES
    }
    assert "(Kenya). The designation is valid until 26 November 2030." in texts["en"]
    assert "26 novembre 2030" in texts["fr"]
    assert "26 de noviembre de 2030" in texts["es"]
    assert "26 نوفمبر 2030" in texts["ar"]
    assert "2030 年 11 月 26 日" in texts["zh"]
    assert "26 ноября 2030 г." in texts["ru"]


def test_shipped_wording_is_what_templates_may_say() -> None:
    for kind in KINDS:
        check(shipped(kind))
