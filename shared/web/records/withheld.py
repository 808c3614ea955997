"""A record whose content is withheld from a caller, who knows that it exists."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.kernel.errors import Conflict


@dataclass(frozen=True, slots=True)
class Withheld:
    """What a caller gets instead of the record. Changes raise `refusal`; the other reads do not know the record."""

    document: Mapping[str, Any]
    refusal: Conflict
