"""What a build says, as one digest."""

from hashlib import sha256
from typing import Any

import orjson

from services.actions.global_report.volumes.domain import Whole

_OF_EDITION = ("year", "number", "titles", "licence", "doi", "isbn", "outline")
_SINCE_PUBLISHED = ("issue", "retraction")
"""What is said once it is there, so that builds of before stand."""
_OF_FIGURE = ("key", "kind", "titles", "captions", "alternatives", "x", "y", "series", "source", "sha256")


def state_of(whole: Whole) -> str:
    """A digest that differs whenever a build says something else."""
    passages = [
        {
            **{name: getattr(one, name) for name in ("number", "outline_key", "titles", "abstract", "keywords")},
            **{name: getattr(one, name) for name in ("funding", "conflicts", "authors", "text", "translations")},
            "stale": sorted(one.stale),
        }
        for one in whole.passages
    ]
    said: dict[str, Any] = {
        "edition": {name: getattr(whole.edition, name) for name in (*_OF_EDITION, "as_of")},
        "passages": passages,
        "figures": [{name: getattr(one, name) for name in _OF_FIGURE} for one in whole.figures],
        "at": whole.at,
    }
    said |= {name: value for name in _SINCE_PUBLISHED if (value := getattr(whole.edition, name))}
    said |= {"corrections": [*whole.corrections.items()]} if whole.corrections else {}
    return sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()
