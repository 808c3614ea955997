"""Every problem that the API can return: its status, its titles in six languages, its meaning and remedy.

The table is `data/problems.csv`, one code a line. Codes are stable. Codes of a single field (`errors[].code`) and of a
failed import row are in the same table, so that each has a page under `/problems/`.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from shared.kernel.errors import ErrorCategory
from shared.kernel.text import LANGUAGES

STATUS: Mapping[ErrorCategory, int] = MappingProxyType(
    {
        ErrorCategory.MALFORMED: 400,
        ErrorCategory.UNAUTHENTICATED: 401,
        ErrorCategory.FORBIDDEN: 403,
        ErrorCategory.NOT_FOUND: 404,
        ErrorCategory.METHOD_NOT_ALLOWED: 405,
        ErrorCategory.TIMED_OUT: 408,
        ErrorCategory.CONFLICT: 409,
        ErrorCategory.GONE: 410,
        ErrorCategory.STALE: 412,
        ErrorCategory.TOO_LARGE: 413,
        ErrorCategory.UNSUPPORTED_MEDIA: 415,
        ErrorCategory.RANGE_NOT_SATISFIABLE: 416,
        ErrorCategory.INVALID: 422,
        ErrorCategory.PRECONDITION_REQUIRED: 428,
        ErrorCategory.RATE_LIMITED: 429,
        ErrorCategory.INTERNAL: 500,
        ErrorCategory.UNAVAILABLE: 503,
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One catalogued problem. `titles` are by language; `meaning`, in English, includes the remedy."""

    code: str
    kind: ErrorCategory
    titles: Mapping[str, str]
    meaning: str

    @property
    def status(self) -> int:
        return STATUS[self.kind]

    @property
    def type(self) -> str:
        """The address of the problem's page, relative to the origin."""
        return f"/problems/{self.code}"


def _read() -> Mapping[str, Problem]:
    with files("shared.web.contract").joinpath("data/problems.csv").open(encoding="utf-8") as lines:
        return MappingProxyType(
            {
                row["code"]: Problem(
                    row["code"],
                    ErrorCategory(row["kind"]),
                    MappingProxyType({language: row[language] for language in LANGUAGES}),
                    row["meaning"],
                )
                for row in csv.DictReader(lines)
            }
        )


PROBLEMS: Mapping[str, Problem] = _read()
GENERAL: Mapping[ErrorCategory, Problem] = MappingProxyType(
    {kind: next(problem for problem in PROBLEMS.values() if problem.kind is kind) for kind in ErrorCategory}
)
"""The default problem of each category, for a code without an entry: the category's first in the table."""


@lru_cache(maxsize=256)
def preferred_language(accept: str) -> str:
    """The best of the six languages for an `Accept-Language` value; English if none matches or the value is invalid."""
    best, weight = "en", 0.0
    for part in accept[:500].split(","):
        tag, _, parameters = part.partition(";")
        language = tag.strip().lower().split("-")[0]
        try:
            quality = float(parameters.strip().removeprefix("q=")) if parameters else 1.0
        except ValueError:
            continue
        if language in LANGUAGES and quality > weight:
            best, weight = language, quality
    return best
