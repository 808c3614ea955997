"""The formats of a build, and how each shows numbers of blocks, figures and formulas. Where a figure stands depends on
the language: `replace(HTML, place=…)`."""

import re
import unicodedata
from html import escape

from services.actions.global_report.volumes.document import Format

_JOINERS = "\n\t\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn")
_ESCAPED = re.compile(r'[\\"]')
HTML_MEDIA, JATS_MEDIA, MARKDOWN_MEDIA = "text/html", "application/xml", "text/markdown"
PDF_MEDIA, JSON_MEDIA, ZIP_MEDIA = "application/pdf", "application/json", "application/zip"


def quoted(text: str) -> str:
    """A text as one of typst."""
    return '"' + _ESCAPED.sub(lambda found: f"\\{found.group()}", printable(text)).replace("\n", "\\n") + '"'


def printable(text: str, *, symbols: bool = True) -> str:
    """The text without characters that show nothing, and without emoji and their like unless `symbols`."""
    return "".join(one for one in text if one in _JOINERS or _is_shown(one, symbols=symbols))


def _is_shown(one: str, *, symbols: bool) -> bool:
    category = unicodedata.category(one)
    return category not in _INVISIBLE and (symbols or category != "So")


def html_number(contribution: str, number: str) -> str:
    """The number of a block in a page, which is its anchor."""
    place = f"c{contribution}-b{number}"
    return f'<a class="block-number" id="{place}" href="#{place}">{number}</a> '


HTML = Format(
    writer="html5",
    number=html_number,
    mention=lambda key, shown: f'<a href="#figure-{key}">{escape(shown)}</a>',
    place=lambda _key: "",
    raw="html",
)
TYPST = Format(
    writer="typst",
    number=lambda _contribution, number: f"#block-number({number})",
    mention=lambda key, shown: f"#link(<figure-{key}>)[#{quoted(shown)}]",
    place=lambda key: f'#chart("{key}")',
    raw="typst",
    tex=lambda formula: (f"#formula({quoted(formula)})[", "]"),
    image=lambda name, alternative: f"#box(image({quoted(name)}, alt: {quoted(alternative)}))",
)
JATS = Format(
    writer="jats_archiving",
    number=None,
    mention=lambda key, shown: f'<xref ref-type="fig" rid="figure-{key}">{escape(shown)}</xref>',
    place=lambda _key: "",
    raw="jats",
)
MARKDOWN = Format(
    writer="markdown-raw_html-raw_tex-raw_attribute",
    number=None,
    mention=None,
    place=lambda _key: "",
    raw="markdown",
    cites=True,
)
