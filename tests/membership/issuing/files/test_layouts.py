"""Certificates are printed on one page, in six languages, with every character of names in any of their scripts."""

import io

import pytest
from pypdf import PdfReader

from services.membership.certificates.templates.domain import KINDS, check
from services.membership.issuing.files.domain import CREDENTIAL, LAYOUTS, document
from shared.kernel.text import LANGUAGES
from shared.printing.printer import Printer
from tests.membership.issuing.files.conftest import HOST, said, shipped
from tests.support.tiers import long

_NAMES = {
    "en": "Amina Khan", "fr": "Élodie Lefèvre-Nguyễn", "es": "José Ángel Muñoz", "ar": "أمينة خان", "zh": "阿米娜·汗",
    "ru": "Амина Хан",
}  # fmt: skip

_SCRIPTS = {
    "Armenian": "Արամ Խաչատրյան",
    "Canadian syllabics": "ᐊᓐᓂ ᐃᓄᒃ",
    "Chinese, traditional": "李龍",
    "Cyrillic, Abkhaz and Kazakh": "Ҟамачы Әлімжан Құнанбайұлы",
    "Devanagari": "प्रज्ञा कीर्ति",
    "Ethiopic": "አበበ ቢቂላ",
    "Georgian": "გიორგი ბერიძე",
    "Greek, polytonic": "Ἀθηνᾶ Παππᾶ",
    "Hebrew": "דוד בן־גוריון",
    "Japanese": "山田 はなこ カタカナ",
    "Kannada": "ಕೃಷ್ಣ ಗೌಡ",
    "Khmer": "សុខ ព្រះចន្ទ",
    "Korean": "김민수 박서연",
    "Latin, Icelandic and Turkish": "Þórður Ærøsson İpek Şahin",
    "Meetei Mayek": "ꯇꯣꯝꯕ ꯁꯤꯡꯍ",
    "Mongolian": "ᠪᠠᠲᠤ ᠮᠥᠩᠭᠡ",
    "Ol Chiki": "ᱨᱚᱜᱷᱩ ᱢᱩᱨᱢᱩ",
    "Sinhala": "ශ්‍රීමතී පෙරේරා",
    "Syriac": "ܝܘܚܢܢ ܐܦܪܝܡ",
    "Thai": "สมชาย ใจดี",
    "Tifinagh": "ⵢⵓⵔⴰⵏ ⴰⵎⵓⵔ",
    "Urdu and Pashto": "ڈاکٹر ګلالۍ",
}
"""Names in the scripts of official languages of countries, and of parts of countries."""
_MARKED = {
    "Bengali": "রবীন্দ্রনাথ ঠাকুর",
    "Gujarati": "નરેન્દ્ર પટેલ",
    "Gurmukhi": "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ",
    "Lao": "ສົມສັກ ພົມມະຈັນ",
    "Latin, Vietnamese": "Nguyễn Thị Phượng",
    "Latin, Yoruba": "Adéọlá Ọ̀ṣọ́",
    "Malayalam": "ബഷീർ മുഹമ്മദ്",
    "Myanmar": "အောင်ဆန်း မြင့်မြတ်",
    "Odia": "ସୁବାସ ପଟ୍ଟନାୟକ",
    "Tamil": "தமிழ்ச்செல்வி முருகன்",
    "Telugu": "శ్రీనివాస రావు",
    "Thaana": "އަހުމަދު ނަޝީދު",
    "Tibetan": "བསྟན་འཛིན་ རྒྱ་མཚོ",
}
"""The same, in which several glyphs are one cluster: readers without the actual text of a cluster repeat letters."""


def _read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def _text(pdf: bytes) -> str:
    (page,) = _read(pdf).pages
    return " ".join(page.extract_text().split())


@pytest.mark.parametrize("kind", [*KINDS[:2], *long("prints another kind", *KINDS[2:])])
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
    "name", [*_NAMES.values(), *long("prints another script", *_SCRIPTS.values(), *_MARKED.values())]
)
async def test_names_are_shown_in_their_script_after_each_first_font(printer: Printer, name: str) -> None:
    for language in ("en", "ar", "zh"):
        pdf = await printer.pdf(document(said(holder=name), shipped("support"), language, HOST, None))
        described = _read(pdf).xmp_metadata
        assert described is not None
        assert name in (described.dc_description or {})["x-default"]
        shown = _text(pdf)
        assert name in _MARKED.values() or [word for word in name.split() if word not in shown] == []


async def test_two_processes_print_a_certificate_alike(printer: Printer) -> None:
    holder = " ".join([*_SCRIPTS.values(), *_MARKED.values()])
    printable = document(said(holder=holder), shipped("support"), "ar", HOST, "a.b.c")
    async with Printer(LAYOUTS) as another:
        assert await printer.pdf(printable) == await another.pdf(printable)


@pytest.mark.parametrize("holder", ["Amina " * 83, *long("prints another text", "W" * 500, "ไทย" * 160, "山" * 500)])
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
