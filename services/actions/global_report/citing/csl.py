"""Works as CSL JSON, which citation processors read."""

from typing import Any

import orjson

from services.actions.global_report.citing.domain import PUBLISHER, Work

_TYPES = {False: "report", True: "chapter"}


def written(of: Work) -> bytes:
    """A list of one item."""
    people = [{"literal": one.name} for one in of.people] or [{"literal": PUBLISHER}]
    item: dict[str, Any] = {
        "id": of.key,
        "type": _TYPES[of.whole is not None],
        "title": of.title,
        "author": people,
        "container-title": of.whole.title if of.whole else None,
        "publisher": PUBLISHER,
        "issued": {"date-parts": [[of.issue.year]]},
        "number": of.issue.label if of.whole is None else None,
        "DOI": of.doi,
        "URL": of.link,
        "ISBN": of.issue.isbn,
        "language": of.language,
        "note": of.issue.note,
        "status": "retracted" if of.issue.retraction else None,
        "version": of.issue.label if of.issue.last else None,
        "abstract": of.abstract,
        "keyword": ", ".join(of.keywords) or None,
    }
    return orjson.dumps([{name: value for name, value in item.items() if value is not None}])
