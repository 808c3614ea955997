"""Texts of contributions as parts of a whole: block numbers, references, figures and headings, for each format.

Nodes are those of pandoc's document, as `versions.document` has left them.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.actions.global_report.versions.nodes import Node
from shared.records.record import Parts

_FIGURE = re.compile(r"(\{figure:[A-Za-z0-9_-]{1,40}\})")
_PLAIN: Node = ["", [], []]
_NUMBER, _WHOLE, _MENTION, _PLACE = "block-number", "numbered-block", "figure-mention", "figure-place"
_LOWEST = 6
"""The lowest level of a heading."""
REFERENCES = "refs"
"""The id of the list of references."""
Change = Callable[[Node], list[Node] | None]
"""What a node becomes; None for one that stays, with its parts changed."""


@dataclass
class Numbering:
    """The figures of one language of a build, in the order in which texts mention them."""

    known: Collection[str]
    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, key: str) -> int:
        """The number of a figure; of one that was not mentioned yet, the next."""
        return self.numbers.setdefault(key, len(self.numbers) + 1)


def span(kind: str, value: str, inlines: Sequence[Node]) -> Node:
    """A text of a kind of our own."""
    return {"t": "Span", "c": [["", [kind], [["value", value]]], [*inlines]]}


def words(text: str) -> list[Node]:
    """A text as nodes."""
    found: list[Node] = []
    for place, word in enumerate(text.split(" ")):
        found += [{"t": "Space"}] if place else []
        found += [{"t": "Str", "c": word}] if word else []
    return found


def walk(nodes: Sequence[Node], change: Change) -> list[Node]:
    """A list of nodes and of lists of them, changed."""
    found: list[Node] = []
    for node in nodes:
        if isinstance(node, list):
            found.append(walk(node, change))
        elif isinstance(node, dict) and "t" in node:
            became = change(node)
            found += [_inner(node, change)] if became is None else became
        else:
            found.append(node)
    return found


def _inner(node: Node, change: Change) -> Node:
    content = node.get("c")
    return {**node, "c": walk(content, change)} if isinstance(content, list) else node


def prepared(
    content: Sequence[Node], number: int, ids: Mapping[str, str], figures: Numbering, said: str, level: int
) -> list[Node]:
    """The text of the contribution of this number, with headings below `level`, its blocks numbered, references by
    `ids`, and figures named by `said` and their number; a figure stands below the block that first mentions it."""
    blocks: list[Node] = []
    for block in numbered(content, iter(range(1, len(content) * 10_000)), number):
        before = set(figures.numbers)
        blocks += walk([block], lambda node: _changed(node, ids, figures, said, level))
        blocks += [_place(key) for key in figures.numbers if key not in before]
    return blocks


def _place(key: str) -> Node:
    return {"t": "Div", "c": [["", [_PLACE], [["value", key]]], []]}


def _changed(node: Node, ids: Mapping[str, str], figures: Numbering, said: str, level: int) -> list[Node] | None:
    kind = node["t"]
    change: Change = lambda one: _changed(one, ids, figures, said, level)  # noqa: E731
    if kind == "Header":
        own, _, inlines = node["c"]
        return [{"t": kind, "c": [min(own + level, _LOWEST), _PLAIN, walk(inlines, change)]}]
    if kind == "Cite":
        citations, shown = node["c"]
        known = [{**one, "citationId": ids[one["citationId"]]} for one in citations if one["citationId"] in ids]
        inner = walk(shown, change)
        return [{"t": kind, "c": [known, inner]}] if known else inner
    if kind == "Link" and node["c"][2][0].startswith("#"):
        return walk(node["c"][1], change)
    if kind == "Str" and "{figure:" in node["c"]:
        return list(_mentions(node["c"], figures, said))
    return None


def _mentions(text: str, figures: Numbering, said: str) -> Iterator[Node]:
    for part in filter(None, _FIGURE.split(text)):
        key = part[8:-1] if _FIGURE.fullmatch(part) else ""
        if key in figures.known and key:
            yield span(_MENTION, key, words(f"{said} {figures.number(key)}"))
        else:
            yield {"t": "Str", "c": part}


def numbered(nodes: Sequence[Node], numbers: Iterator[int], contribution: int) -> list[Node]:
    """The blocks with their numbers, which are counted as they were when the manuscript was read."""
    return [_numbered(node, numbers, contribution) for node in nodes]


def _numbered(node: Node, numbers: Iterator[int], of: int) -> Node:
    kind, content = node["t"], node.get("c")
    if kind in _WHOLES:
        marked = [{"t": "Plain", "c": [_mark(numbers, of)]}, node]
        return {"t": "Div", "c": [["", [_WHOLE], []], marked]}
    if kind in _LINES:
        return {"t": kind, "c": _LINES[kind](content, _mark(numbers, of))}
    nested = _NESTED.get(kind)
    return {"t": kind, "c": nested(content, numbers, of)} if nested else node


_WHOLES = ("CodeBlock", "Table", "Figure")
_LINES: Mapping[str, Callable[[Node, Node], Node]] = {
    **dict.fromkeys(("Para", "Plain"), lambda content, mark: [mark, *content]),
    "Header": lambda content, mark: [content[0], content[1], [mark, *content[2]]],
    "LineBlock": lambda content, mark: [[mark, *(content[0] if content else ())], *content[1:]],
}
_NESTED: Mapping[str, Callable[[Node, Iterator[int], int], Node]] = {
    "BulletList": lambda content, numbers, of: [numbered(item, numbers, of) for item in content],
    "OrderedList": lambda content, numbers, of: [content[0], [numbered(item, numbers, of) for item in content[1]]],
    "DefinitionList": lambda content, numbers, of: [_definition(one, numbers, of) for one in content],
    "BlockQuote": numbered,
    "Div": lambda content, numbers, of: [content[0], numbered(content[1], numbers, of)],
}


def _definition(one: Node, numbers: Iterator[int], of: int) -> Node:
    term, definitions = one
    return [[_mark(numbers, of), *term], [numbered(each, numbers, of) for each in definitions]]


def _mark(numbers: Iterator[int], of: int) -> Node:
    number = next(numbers)
    return span(_NUMBER, f"{of}-{number}", [{"t": "Str", "c": str(number)}])


@dataclass(frozen=True, slots=True)
class Format:
    """How a format of pandoc shows what is ours: the number of a block by its contribution and number, the mention of a
    figure, and its place; each as raw text, or None where it shows nothing, or the words alone."""

    writer: str
    number: Callable[[str, str], str] | None
    mention: Callable[[str, str], str] | None
    place: Callable[[str], str]
    raw: str
    cites: bool = False
    """Whether it has citations of its own, instead of words."""
    tex: Callable[[str], tuple[str, str]] | None = None
    """What stands before and after a formula of TeX."""
    image: Callable[[str, str], str] | None = None
    """How an image is set, by the name of its file and its text, where pandoc's own way lacks the text."""


def in_format(blocks: Sequence[Node], of: Format, *, plain_formulas: bool = False) -> list[Node]:
    """The text for a format, after its references were written."""

    def change(node: Node) -> list[Node] | None:
        if (own := _OWN.get(_kind_of_ours(node))) is not None:
            return own(node, of, change)
        if node["t"] == "Cite" and not of.cites:
            return walk(node["c"][1], change)
        if node["t"] == "Math" and plain_formulas:
            return [{"t": "Code", "c": [_PLAIN, node["c"][1]]}]
        if node["t"] == "Image" and of.image is not None:
            _, alternative, (name, _) = node["c"]
            return [_raw(of, of.image(name, alternative[0]["c"]))]
        if node["t"] == "Math" and of.tex is not None:
            before, after = of.tex(node["c"][1])
            return [_raw(of, before), node, _raw(of, after)]
        return None

    return walk(blocks, change)


def _kind_of_ours(node: Node) -> str:
    classes: list[str] = node["c"][0][1] if node["t"] in ("Span", "Div") else []
    return classes[0] if len(classes) == 1 else ""


def _value(node: Node) -> str:
    return str(dict(node["c"][0][2])["value"])


def _shown_number(node: Node, of: Format, _change: Change) -> list[Node]:
    contribution, _, number = _value(node).partition("-")
    return [_raw(of, of.number(contribution, number))] if of.number else []


def _shown_whole(node: Node, of: Format, change: Change) -> list[Node]:
    mark, block = node["c"][1]
    return walk([mark, block] if of.number else [block], change)


def _shown_mention(node: Node, of: Format, _change: Change) -> list[Node]:
    inlines: list[Node] = node["c"][1]
    shown = "".join(one.get("c", " ") for one in inlines)
    return [_raw(of, of.mention(_value(node), shown))] if of.mention else inlines


def _shown_place(node: Node, of: Format, _change: Change) -> list[Node]:
    return [{"t": "RawBlock", "c": [of.raw, of.place(_value(node))]}]


_OWN: Mapping[str, Callable[[Node, Format, Change], list[Node]]] = {
    _NUMBER: _shown_number,
    _WHOLE: _shown_whole,
    _MENTION: _shown_mention,
    _PLACE: _shown_place,
}


def _raw(of: Format, text: str) -> Node:
    return {"t": "RawInline", "c": [of.raw, text]}


def in_steps(blocks: Sequence[Node], level: int) -> list[Node]:
    """The text with no heading more than one level below the one before, the first of them below `level`: who reads by
    headings misses none."""
    last = level

    def change(node: Node) -> list[Node] | None:
        nonlocal last
        if node["t"] != "Header":
            return None
        last = min(node["c"][0], last + 1)
        return [{"t": "Header", "c": [last, *node["c"][1:]]}]

    return walk(blocks, change)


def figures_in(blocks: Sequence[Node]) -> tuple[list[str], set[str]]:
    """The keys of the figures that a text mentions, in order, and of those that stand in it."""
    mentioned: dict[str, None] = {}
    placed: set[str] = set()

    def change(node: Node) -> list[Node] | None:
        kind = _kind_of_ours(node)
        if kind in (_MENTION, _PLACE):
            mentioned[_value(node)] = None
        if kind == _PLACE:
            placed.add(_value(node))
        return None

    walk(blocks, change)
    return list(mentioned), placed


def cited_in(blocks: Sequence[Node]) -> set[str]:
    """The ids of what a text cites."""
    found: set[str] = set()

    def change(node: Node) -> list[Node] | None:
        if node["t"] == "Cite":
            found.update(one["citationId"] for one in node["c"][0])
        return None

    walk(blocks, change)
    return found


def metadata_of(references: Parts, language: str) -> Node:
    """The metadata with which pandoc writes references."""
    listed = {"t": "MetaList", "c": [_meta(one) for one in references]}
    return {"references": listed, "lang": _meta(language), "link-citations": {"t": "MetaBool", "c": True}}


def _meta(value: Any) -> Node:
    if isinstance(value, Mapping):
        return {"t": "MetaMap", "c": {name: _meta(one) for name, one in value.items()}}
    if isinstance(value, list | tuple):
        return {"t": "MetaList", "c": [_meta(one) for one in value]}
    return {"t": "MetaString", "c": "" if value is None else str(value)}
