"""What is read of a manuscript: its blocks in order, and what was left out of it.

The input is pandoc's document (pandoc-types 1.23). `read` returns it without what the report does not print.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from services.actions.global_report.versions.domain import Block, Placed, Unreadable, Warned, is_safe
from services.actions.global_report.versions.images import Image
from services.actions.global_report.versions.nodes import Node, words_of

MOST_BLOCKS = 5_000
MOST_WARNINGS = 200
MOST_ALTERNATIVE = 1_000
"""Characters of the text of an image for who cannot see it."""
DEEPEST = 40
"""How deep parts may be in one another."""
_FIGURE = re.compile(r"\{figure:([A-Za-z0-9_-]{1,40})\}")
_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
_RAW = frozenset(("RawBlock", "RawInline"))
_PARAGRAPHS = frozenset(("Para", "Plain", "LineBlock", "CodeBlock"))
NOTHING: Mapping[str, Image | str] = {}
_PLAIN: Node = ("", (), ())
"""Attributes: neither classes nor styles of the manuscript count."""
_WHOLE = {"Table": "table", "Figure": "figure"}


@dataclass
class Reading:
    """A document while it is read."""

    references: Collection[str]
    figures: Collection[str] = ()
    images: Mapping[str, Image | str] = field(default_factory=dict)
    """The images that it names by their addresses; for one that is not printed, why."""
    placed: list[Placed] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)

    @property
    def number(self) -> int:
        """The number of the present block."""
        return max(1, len(self.blocks))

    def warn(self, code: str, detail: str) -> None:
        """Adds a warning about the present block."""
        if len(self.warnings) < MOST_WARNINGS:
            self.warnings.append({"code": code, "block": self.number, "detail": detail[:200]})

    def begin(self, kind: str) -> Block:
        """Begins the next block. Raises Unreadable if there are too many."""
        if len(self.blocks) >= MOST_BLOCKS:
            raise Unreadable(f"At most {MOST_BLOCKS:,} blocks.")
        self.blocks.append({"number": len(self.blocks) + 1, "kind": kind, "text": ""})
        return self.blocks[-1]


def read(
    document: Node,
    references: Collection[str],
    figures: Collection[str] = (),
    images: Mapping[str, Image | str] = NOTHING,
) -> tuple[list[Node], Reading]:
    """The blocks of pandoc's document without what is not printed, and the reading. Raises Unreadable, which names the
    block."""
    reading = Reading(references, figures, images)
    found = list(_blocks(document["blocks"], reading, 0))
    if not any(block["text"] for block in reading.blocks):
        raise Unreadable("The manuscript is empty.")
    return found, reading


def _blocks(nodes: Sequence[Node], reading: Reading, depth: int) -> Iterator[Node]:
    if depth > DEEPEST:
        raise Unreadable(f"Block {reading.number}: parts are more than {DEEPEST} deep in one another.")
    for node in nodes:
        kind = node["t"]
        if kind in _RAW:
            reading.warn("raw_content", "Text in another language of typesetting is left out.")
        elif kind == "Header":
            level, _, inlines = node["c"]
            yield {"t": kind, "c": [level, _PLAIN, _text_block("heading", inlines, reading)]}
        elif kind in _PARAGRAPHS:
            yield _paragraph(node, reading)
        elif kind in _WHOLE:
            yield _whole(node, reading, depth)
        elif kind != "Null":
            yield {"t": kind, "c": _inner(node, reading, depth)} if "c" in node else {"t": kind}


def _inner(node: Node, reading: Reading, depth: int) -> Node:
    """The content of a list, a quotation or a division."""
    kind, content = node["t"], node["c"]
    if kind == "BulletList":
        return [list(_item(item, reading, depth)) for item in content]
    if kind == "OrderedList":
        return [content[0], [list(_item(item, reading, depth)) for item in content[1]]]
    if kind == "DefinitionList":
        return [_definition(one, reading, depth) for one in content]
    return _within(kind, content if kind == "BlockQuote" else content[1], reading, depth)


def _within(kind: str, inner: Sequence[Node], reading: Reading, depth: int) -> list[Node]:
    found = list(_blocks(inner, reading, depth + 1))
    return found if kind == "BlockQuote" else [_PLAIN, found]


def _item(item: Sequence[Node], reading: Reading, depth: int) -> Iterator[Node]:
    """The blocks of a list item, of which the first is the item."""
    for place, node in enumerate(item):
        if place == 0 and node["t"] in ("Para", "Plain"):
            yield {"t": node["t"], "c": _text_block("item", node["c"], reading)}
        else:
            yield from _blocks([node], reading, depth + 1)


def _definition(one: Node, reading: Reading, depth: int) -> Node:
    term, definitions = one
    return [_text_block("item", term, reading), [list(_blocks(each, reading, depth + 1)) for each in definitions]]


def _paragraph(node: Node, reading: Reading) -> Node:
    kind = node["t"]
    if kind == "CodeBlock":
        block = reading.begin("code")
        block["text"] = _clean(node["c"][1], reading)
        return {"t": kind, "c": [_PLAIN, block["text"]]}
    if kind == "LineBlock":
        block = reading.begin("paragraph")
        lines = [_inlines(line, reading, block, 0) for line in node["c"]]
        return {"t": kind, "c": lines}
    return {"t": kind, "c": _text_block("paragraph", node["c"], reading)}


def _text_block(kind: str, inlines: Sequence[Node], reading: Reading) -> list[Node]:
    block = reading.begin(kind)
    found = _inlines(inlines, reading, block, 0)
    block["text"] = " ".join(block["text"].split())
    return found


def _whole(node: Node, reading: Reading, depth: int) -> Node:
    """A table or figure, which is one block with all of its text."""
    block = reading.begin(_WHOLE[node["t"]])
    found = _rewritten(node["c"], reading, block, depth)
    block["text"] = " ".join(block["text"].split())
    return {"t": node["t"], "c": found}


def _rewritten(node: Node, reading: Reading, block: Block, depth: int) -> Node:
    """The parts of a table or figure, whose texts are cleaned."""
    if depth > DEEPEST * 2:
        raise Unreadable(f"Block {block['number']}: parts are more than {DEEPEST} deep in one another.")
    if isinstance(node, list):
        if node and isinstance(node[0], dict) and node[0].get("t") in _INLINE_KINDS:
            block["text"] += " "
            return _inlines(node, reading, block, 0)
        return [_rewritten(one, reading, block, depth + 1) for one in node if not _is_raw(one, reading)]
    if isinstance(node, dict) and "c" in node:
        return {**node, "c": _rewritten(node["c"], reading, block, depth + 1)}
    return node


def _is_raw(node: Node, reading: Reading) -> bool:
    is_raw = isinstance(node, dict) and node.get("t") in _RAW
    if is_raw:
        reading.warn("raw_content", "Text in another language of typesetting is left out.")
    return is_raw


def _inlines(nodes: Sequence[Node], reading: Reading, block: Block, depth: int) -> list[Node]:
    if depth > DEEPEST:
        raise Unreadable(f"Block {block['number']}: parts are more than {DEEPEST} deep in one another.")
    return [found for node in nodes if (found := _inline(node, reading, block, depth)) is not None]


def _inline(node: Node, reading: Reading, block: Block, depth: int) -> Node | None:
    """The part of a text without what is not printed; None for one that is left out."""
    kind, content = node["t"], node.get("c")
    if kind in _BREAKS:
        block["text"] += " "
        return {"t": kind}
    if (rewrite := _REWRITING.get(kind)) is not None:
        return rewrite(kind, content, reading, block, depth)
    if kind == "Image":
        return _image(content, reading)
    reading.warn("raw_content", "Raw text is left out.")
    return None


def _image(content: Node, reading: Reading) -> Node | None:
    """An image of the file that it names, if that is printed and has a text for who cannot see it."""
    (_, _, pairs), inner, (address, _) = content
    image = reading.images.get(address, "images are files of evidence")
    alternative = _clean(dict(pairs).get("alt") or words_of(inner), reading)[:MOST_ALTERNATIVE].strip()
    if isinstance(image, str):
        reading.warn("unresolved_reference", f"The image {address[:100]} is left out: {image}.")
        return None
    if not alternative:
        reading.warn("alternative_missing", f"The image {address[:100]} is left out: it has no alternative text.")
        return None
    reading.placed.append({"block": reading.number, "name": image.name, "alternative": alternative})
    return {"t": "Image", "c": [_PLAIN, [{"t": "Str", "c": alternative}], [image.name, ""]]}


def _told(kind: str, content: Node, reading: Reading, block: Block, _depth: int) -> Node:
    if kind == "Str":
        return {"t": kind, "c": _said(content, reading, block)}
    head = _PLAIN if kind == "Code" else content[0]
    return {"t": kind, "c": [head, _said(content[1], reading, block)]}


def _wrapped(kind: str, content: Node, reading: Reading, block: Block, depth: int) -> Node:
    return {"t": kind, "c": _inlines(content, reading, block, depth + 1)}


def _headed(kind: str, content: Node, reading: Reading, block: Block, depth: int) -> Node:
    head = content[0] if kind == "Quoted" else _PLAIN
    return {"t": kind, "c": [head, _inlines(content[1], reading, block, depth + 1)]}


def _noted(kind: str, content: Node, reading: Reading, block: Block, depth: int) -> Node:
    block["text"] += " "
    return {"t": kind, "c": [{"t": "Para", "c": _inlines(_flat(content), reading, block, depth + 1)}]}


def _flat(blocks: Sequence[Node]) -> list[Node]:
    """The texts of the paragraphs of a note."""
    return [one for block in blocks if block["t"] in ("Para", "Plain") for one in (*block["c"], {"t": "Space"})]


def _cited(_kind: str, content: Node, reading: Reading, block: Block, depth: int) -> Node:
    citations, shown = content
    for one in citations:
        if one["citationId"] not in reading.references:
            reading.warn("unresolved_reference", f"No reference has the id {one['citationId']}.")
    plain = [{**one, "citationPrefix": [], "citationSuffix": _suffix(one, reading, block)} for one in citations]
    return {"t": "Cite", "c": [plain, _inlines(shown, reading, block, depth + 1)]}


def _suffix(one: Node, reading: Reading, block: Block) -> list[Node]:
    kept: Block = {**block}
    return _inlines(one["citationSuffix"], reading, kept, 1)


def _linked(_kind: str, content: Node, reading: Reading, block: Block, depth: int) -> Node:
    _, inner, (address, title) = content
    shown = _inlines(inner, reading, block, depth + 1)
    if is_safe(address):
        return {"t": "Link", "c": [_PLAIN, shown, [address, _clean(title, reading)]]}
    reading.warn("unsafe_link", f"The link to {address[:100]} is left out.")
    return {"t": "Span", "c": [_PLAIN, shown]}


_BREAKS = ("Space", "SoftBreak", "LineBreak")
_REWRITING: Mapping[str, Callable[[str, Node, Reading, Block, int], Node]] = {
    **dict.fromkeys(("Str", "Code", "Math"), _told),
    **dict.fromkeys(("Emph", "Strong", "Underline", "Strikeout", "Superscript", "Subscript", "SmallCaps"), _wrapped),
    **dict.fromkeys(("Quoted", "Span"), _headed),
    "Cite": _cited,
    "Link": _linked,
    "Note": _noted,
}
_INLINE_KINDS = frozenset((*_BREAKS, *_REWRITING, "Image", "RawInline"))


def _said(text: str, reading: Reading, block: Block) -> str:
    for key in _FIGURE.findall(text):
        if key not in reading.figures:
            reading.warn("unresolved_reference", f"No figure has the key {key}.")
    found = _clean(text, reading)
    block["text"] += found
    return found


def _clean(text: str, reading: Reading) -> str:
    """The text without characters that turn the direction of others."""
    found = _OVERRIDES.sub("", text)
    if found != text:
        reading.warn("direction_override", "Characters that turn the direction of text are left out.")
    return found.replace("\0", "")
