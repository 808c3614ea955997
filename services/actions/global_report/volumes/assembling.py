"""Puts the texts of contributions together: the whole of an edition in one language, in each format."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import NamedTuple

from services.actions.global_report.volumes.domain import Passage, Place, Whole, issue_of, places_of
from services.actions.global_report.volumes.writing import Writing, Written
from shared.kernel.text import direction_of, text_in
from shared.records.record import Parts

_MARKDOWN = {ord(one): f"\\{one}" for one in "\\`*_{}[]<>#!|$@^~"}


class Chapter(NamedTuple):
    """A place of the outline, and what is written for it."""

    place: Place
    written: Sequence[Written]


@dataclass(frozen=True, slots=True)
class Volume:
    """The whole of an edition in one language, once its contributions are written. `is_proof`: it is no final build.
    `unmentioned` are the figures that no text mentions, `images` the files of the images of each contribution, by its
    number and their names."""

    whole: Whole
    writing: Writing
    written: Sequence[Written]
    unmentioned: Sequence[str]
    is_proof: bool
    images: Mapping[int, Mapping[str, bytes]] = field(default_factory=dict)

    @property
    def language(self) -> str:
        return self.writing.language

    @property
    def title(self) -> str:
        return text_in(self.language, self.whole.edition.titles)

    @property
    def direction(self) -> str:
        return direction_of(self.language)

    @property
    def retraction(self) -> str | None:
        """That the edition is retracted, and why."""
        reason = self.whole.edition.retraction
        return reason and f"{self.writing.labels['retracted']}: {' '.join(reason.split())}"

    @property
    def lines(self) -> list[str]:
        """What the title page says below the title."""
        of, labels = self.whole.edition, self.writing.labels
        lines = [f"{labels['edition']} {issue_of(of)}", of.licence]
        lines += [f"{labels['data_of']} {of.as_of}"] if of.as_of else []
        lines += [f"DOI {of.doi}"] if of.doi else []
        return [*lines, f"ISBN {of.isbn}"] if of.isbn else lines

    @property
    def chapters(self) -> Iterator[Chapter]:
        """The places in order, with what is written for them."""
        written = {one.passage.number: one for one in self.written}
        for place in places_of(self.whole):
            yield Chapter(place, [written[one.number] for one in place.passages])

    def title_of(self, passage: Passage) -> str:
        return text_in(self.language, passage.titles)

    def facts_of(self, passage: Passage) -> list[tuple[str, str]]:
        """What stands above a contribution: that it is in its original language, its abstract, and so on."""
        labels, text = self.writing.labels, passage.text_in(self.language)
        facts = [(labels["original"], text.language)] if text.language != self.language else []
        facts += [(labels["abstract"], text_in(self.language, passage.abstract))] if passage.abstract else []
        facts += [(labels["keywords"], ", ".join(passage.keywords))] if passage.keywords else []
        facts += [(labels["funding"], passage.funding)] if passage.funding else []
        facts += [(labels["conflicts"], passage.conflicts)] if passage.conflicts else []
        return facts + [(labels["erratum"], said) for said in self.corrections_of(passage)]

    def corrections_of(self, passage: Passage) -> list[str]:
        """The errata, each with its issue and day."""
        of = self.whole.edition
        found = self.whole.corrections.get(passage.number, ())
        return [f"{issue_of(of, one.issue)}, {one.day}: {text_in(self.language, one.texts)}" for one in found]

    def language_of(self, passage: Passage) -> str:
        return passage.text_in(self.language).language


def authors_of(passage: Passage) -> list[str]:
    """The authors, each with the affiliation and the ORCID iD."""
    return [
        ", ".join(filter(None, (one.name, one.affiliation, one.orcid and f"https://orcid.org/{one.orcid}")))
        for one in passage.authors
    ]


def page_of(volume: Volume) -> str:
    """The whole as a fragment of HTML."""
    mark = f'<p class="proof">{escape(volume.writing.labels["proof"])}</p>' if volume.is_proof else ""
    lines = "".join(f"<p>{escape(line)}</p>" for line in volume.lines)
    header = f"<header><h1>{escape(volume.title)}</h1>{_retraction(volume)}{mark}{lines}</header>"
    parts = [f'<article class="report" lang="{volume.language}" dir="{volume.direction}">{header}']
    for place, written in volume.chapters:
        level = min(place.level + 1, 6)
        title = escape(text_in(volume.language, place.entry["titles"]))
        parts.append(f'<section class="place" id="{place.entry["key"]}"><h{level}>{title}</h{level}>')
        parts += [_section(volume, one, min(level + 1, 6)) for one in written]
        parts.append("</section>")
    if volume.unmentioned:
        parts.append(f'<section class="figures"><h2>{escape(volume.writing.labels["figures"])}</h2>')
        parts += [volume.writing.page(key) for key in volume.unmentioned]
        parts.append("</section>")
    return "\n".join((*parts, "</article>\n"))


def _section(volume: Volume, one: Written, level: int) -> str:
    of = one.passage
    authors = "".join(f"<li>{escape(author)}</li>" for author in authors_of(of))
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(words)}</dd>" for name, words in volume.facts_of(of))
    return (
        f'<section class="contribution" id="c{of.number}"><h{level}>{escape(volume.title_of(of))}</h{level}>'
        f'{_retraction(volume)}<ul class="authors">{authors}</ul>{f"<dl>{facts}</dl>" if facts else ""}'
        f'<div class="text" lang="{volume.language_of(of)}">\n{one.html}</div></section>'
    )


def _retraction(volume: Volume) -> str:
    return f'<p class="retracted">{escape(volume.retraction)}</p>' if volume.retraction else ""


def markdown_of(volume: Volume) -> str:
    """The whole in Markdown; `references.json` has what it cites."""
    parts = [f"# {_plain(volume.title)}"]
    parts += [f"**{_plain(volume.retraction)}**"] if volume.retraction else []
    parts += [_plain(line) for line in volume.lines]
    for place, written in volume.chapters:
        level = "#" * min(place.level + 1, 6)
        parts.append(f"{level} {_plain(text_in(volume.language, place.entry['titles']))}")
        for one in written:
            parts.append(f"{level[:5]}# {_plain(volume.title_of(one.passage))}")
            parts += [f"- {_plain(author)}" for author in authors_of(one.passage)]
            parts += [f"**{_plain(name)}**: {_plain(words)}" for name, words in volume.facts_of(one.passage)]
            parts.append(one.markdown.strip())
    parts += [volume.writing.link(key).strip() for key in volume.unmentioned]
    return "\n\n".join(parts) + "\n"


def _plain(text: str) -> str:
    return " ".join(text.split()).translate(_MARKDOWN)


def references_of(volume: Volume) -> Parts:
    """What the whole cites, as CSL JSON."""
    return [reference for one in volume.written for reference in one.references]
