"""What programs read of a page: its data as JSON-LD (schema.org), and its links as headers (FAIR Signposting)."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from markupsafe import Markup

_CONTEXT = "https://schema.org"
_ESCAPED = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def data_block(*things: Mapping[str, Any]) -> Markup:
    """The element with the data of a page. Browsers run nothing of it, and no value ends it."""
    graph = orjson.dumps({"@context": _CONTEXT, "@graph": things}).decode().translate(_ESCAPED)
    return Markup('<script type="application/ld+json">{}</script>').format(Markup(graph))  # noqa: S704  escaped above


def trail(origin: str, steps: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The way to a page from the front page: names and paths."""
    items = [
        {"@type": "ListItem", "position": place, "name": name, "item": f"{origin}{path}"}
        for place, (name, path) in enumerate(steps, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def signposts(*, cite_as: str, record: str, kind: str, licence: str) -> str:
    """The value of `Link`: the address to cite, the record in the API, its type, and the licence of the data."""
    return (
        f'<{cite_as}>; rel="cite-as", <{record}>; rel="describedby"; type="application/json", '
        f'<{_CONTEXT}/{kind}>; rel="type", <{licence}>; rel="license"'
    )


def without_none(**values: Any) -> dict[str, Any]:
    """The values that there are."""
    return {name: value for name, value in values.items() if value}
