"""Parts of pandoc's document (pandoc-types 1.23)."""

from collections.abc import Iterator
from typing import Any

Node = Any
"""A node of pandoc's document: JSON."""


def images_in(document: Node) -> list[str]:
    """The addresses of the images of pandoc's document, each once, in their order."""
    found: dict[str, None] = {}
    waiting: list[Node] = [document["blocks"]]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += reversed(node)
        elif isinstance(node, dict):
            if node.get("t") == "Image":
                found[node["c"][2][0]] = None
            waiting.append(node.get("c"))
    return list(found)


def words_of(inlines: Node) -> str:
    """The words of a text."""
    found = [one["c"] if one["t"] == "Str" else words_of(one["c"]) if "c" in one else " " for one in _nodes(inlines)]
    return " ".join("".join(found).split())


def _nodes(content: Node) -> Iterator[Node]:
    for one in content if isinstance(content, list) else ():
        if isinstance(one, dict) and "t" in one:
            yield one
        else:
            yield from _nodes(one)
