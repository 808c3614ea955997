"""An assessment. It is a part of an edition, whose history records it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from shared.records.record import Document


class CodeState(TypedDict):
    """The status of a code: within its bounds or transgressed, and the zone that the assessment names."""

    code: str
    status: str
    zone: str | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """What one assessment says of the codes of an edition. It is never changed."""

    assessment: str
    published_on: date
    source: Document | None
    states: Sequence[CodeState]
