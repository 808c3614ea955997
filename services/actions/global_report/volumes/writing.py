"""Writes the texts of a build in each format, one contribution after another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path

import orjson

from services.actions.global_report.versions.nodes import Node
from services.actions.global_report.versions.pandoc import converted
from services.actions.global_report.volumes import document, formats
from services.actions.global_report.volumes.charts import Drawn
from services.actions.global_report.volumes.document import Format, Numbering
from services.actions.global_report.volumes.domain import Passage
from services.actions.global_report.volumes.reusing import Convert
from shared.printing.labels import labels_of
from shared.records.record import Parts

LABELS = Path(__file__).parent / "labels.csv"
_VERSION = [1, 23, 1]
_JATS_TEMPLATE = b"<sub-article><body>\n$body$\n</body>\n<back>\n$back$\n</back></sub-article>\n"


@dataclass(frozen=True, slots=True)
class Written:
    """A contribution in a language, in each format. `references` are those that it cites, under the ids of the build;
    `blocks` is its document, from which it is written for print again without formulas."""

    passage: Passage
    html: str
    jats: str
    markdown: str
    typst: str
    references: Parts
    blocks: Sequence[Node]


@dataclass
class Writing:
    """The texts of one language of a build, which are written in order, since figures are numbered by it."""

    language: str
    figures: Mapping[str, Drawn]
    convert: Convert = converted
    """pandoc, or what has asked it before."""
    numbering: Numbering = field(init=False)

    def __post_init__(self) -> None:
        self.numbering = Numbering(self.figures)

    @property
    def labels(self) -> Mapping[str, str]:
        """The words of the build in its language, or in English."""
        return labels_in(self.language)

    async def write(self, passage: Passage, content: Sequence[Node], cited: Parts, level: int) -> Written:
        """A contribution whose title is a heading of this level. Raises Unreadable."""
        ids = {str(one["id"]): f"c{passage.number}-r{place}" for place, one in enumerate(cited, 1)}
        named = self.labels["figure"]
        blocks = document.prepared(content, passage.number, ids, self.numbering, named, level)
        wanted = document.cited_in(blocks)
        references = [{**one, "id": ids[str(one["id"])]} for one in cited if ids[str(one["id"])] in wanted]
        blocks = await self._with_references(blocks, references)
        prefix = f"--id-prefix=c{passage.number}-"
        headed = self._headed(blocks, passage.number, level + 1)
        stepped = document.in_steps(headed, level)
        jats = document.in_format(blocks, replace(formats.JATS, place=self.fig))
        return Written(
            passage,
            await self._as(formats.HTML, document.in_format(headed, replace(formats.HTML, place=self.page)), prefix),
            (await self.convert(_json(jats), "json", formats.JATS.writer, template=_JATS_TEMPLATE)).decode(),
            await self._as(
                formats.MARKDOWN, document.in_format(blocks, replace(formats.MARKDOWN, place=self.link)), prefix
            ),
            await self.printed(stepped),
            references,
            stepped,
        )

    async def printed(self, blocks: Sequence[Node], *, plain_formulas: bool = False) -> str:
        """A document for print."""
        found = document.in_format(blocks, formats.TYPST, plain_formulas=plain_formulas)
        return await self._as(formats.TYPST, found)

    async def _with_references(self, blocks: list[Node], references: Parts) -> list[Node]:
        if not references:
            return blocks
        meta = document.metadata_of(references, self.language)
        found = await self.convert(_json(blocks, meta), "json", "json", "--citeproc")
        return list(orjson.loads(found)["blocks"])

    def _headed(self, blocks: Sequence[Node], number: int, level: int) -> list[Node]:
        """The document with a heading above its references, whose list has an id of its own."""
        found: list[Node] = []
        for block in blocks:
            if block["t"] == "Div" and block["c"][0][0] == document.REFERENCES:
                title = document.words(self.labels["references"])
                found.append({"t": "Header", "c": [min(level, 6), ["", [], []], title]})
                (_, classes, pairs), inner = block["c"]
                block = {"t": "Div", "c": [[f"c{number}-refs", classes, pairs], inner]}  # noqa: PLW2901
            found.append(block)
        return found

    async def _as(self, of: Format, blocks: Sequence[Node], *options: str) -> str:
        return (await self.convert(_json(blocks), "json", of.writer, *options)).decode()

    def unmentioned(self) -> list[str]:
        """The figures that no text has mentioned, which get the next numbers."""
        found = [key for key in self.figures if key not in self.numbering.numbers]
        for key in found:
            self.numbering.number(key)
        return found

    def caption(self, key: str) -> str:
        """The number of a figure, and what it says."""
        return f"{self.labels['figure']} {self.numbering.number(key)}"

    def page(self, key: str) -> str:
        drawn = self.figures[key]
        inner = drawn.page or f"<p>{escape(self.labels['unfrozen'])}</p>"
        title = f"{escape(self.caption(key))}. {escape(drawn.title)}"
        return f'<div class="report-figure" id="figure-{key}"><p class="figure-title">{title}</p>{inner}</div>'

    def fig(self, key: str) -> str:
        drawn = self.figures[key]
        shown = f'<graphic xlink:href="figures/{key}.{self.language}.svg"/>' if drawn.svg else ""
        note = drawn.caption or ("" if drawn.svg else self.labels["unfrozen"])
        return (
            f'<fig id="figure-{key}"><label>{escape(self.caption(key))}</label><caption>'
            f"<title>{escape(drawn.title)}</title>{f'<p>{escape(note)}</p>' if note else ''}</caption>"
            f"<alt-text>{escape(drawn.alternative)}</alt-text>{shown}</fig>"
        )

    def link(self, key: str) -> str:
        drawn = self.figures[key]
        title = f"{self.caption(key)}. {drawn.title}".translate(_MARKDOWN)
        if drawn.svg is None:
            return f"*{title}*: {self.labels['unfrozen']}\n"
        return f"![{title}](figures/{key}.{self.language}.svg) [JSON](figures/{key}.json)\n"


_MARKDOWN = {ord(one): f"\\{one}" for one in "\\`*_{}[]<>#!|"}


def labels_in(language: str) -> Mapping[str, str]:
    """The words of builds in a language, or in English."""
    return labels_of(LABELS, language if language in _LANGUAGES else "en")


_LANGUAGES = ("en", "fr", "es", "ar", "zh", "ru")


def _json(blocks: Sequence[Node], meta: Node | None = None) -> bytes:
    return orjson.dumps({"pandoc-api-version": _VERSION, "meta": meta or {}, "blocks": blocks})
