"""The lifecycle of an initiative, when it may be signed, and its frozen text."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from shared.kernel.errors import Conflict, FieldError, invalid_field, pointer_to
from shared.kernel.lifecycle import Lifecycle, transition
from shared.kernel.text import LANGUAGES

EXPERT, INSTITUTION = SIGNERS = ("expert", "institution")
SIGNER_OF = {"personal": EXPERT, "organisation": INSTITUTION}
"""Who signs in each capacity."""
PUBLISHED = frozenset({"open", "closed"})
LIFECYCLE: Lifecycle[None] = Lifecycle(
    ("draft", "open", "closed", "withdrawn"),
    (
        transition("open", "draft", "open"),
        transition("close", "open", "closed"),
        transition("reopen", "closed", "open"),
        transition("withdraw", "draft", "withdrawn", reason_required=True),
        transition("open", "draft", "open", is_scheduled=True),
        transition("close", "open", "closed", is_scheduled=True),
    ),
)


def is_open(status: str, opens: datetime | None, closes: datetime | None, at: datetime) -> bool:
    """Whether the initiative may be signed at an instant: before it closes, though no schedule has closed it yet."""
    return status == "open" and is_within(opens, closes, at)


def is_within(opens: datetime | None, closes: datetime | None, at: datetime) -> bool:
    """Whether an instant is within the period of signatures."""
    return (opens is None or opens <= at) and (closes is None or at < closes)


def check_period(opens: datetime | None, closes: datetime | None) -> None:
    """Raises Invalid for an initiative that closes before it opens."""
    if opens is not None and closes is not None and closes <= opens:
        raise invalid_field("/closes", "out_of_range", "An initiative closes after it opens.")


def digests(titles: Mapping[str, str], texts: Mapping[str, str]) -> dict[str, str]:
    """The SHA-256 digest of title and text in each language of either."""
    return {
        language: hashlib.sha256(_as_json([titles.get(language), texts.get(language)]).encode()).hexdigest()
        for language in sorted({*titles, *texts})
    }


def _as_json(signed: list[str | None]) -> str:
    return json.dumps(signed, ensure_ascii=False, separators=(",", ":"))


def check_frozen(field: str, before: Mapping[str, str], wanted: Mapping[str, str]) -> None:
    """Raises Conflict `text_signed` if a language of a signed text changes or goes. Languages may be added."""
    for language, text in before.items():
        if wanted.get(language) != text:
            detail = "The text was signed. Add a language, or make another initiative."
            error = FieldError("text_signed", detail, pointer=pointer_to(field, language))
            raise Conflict(detail, code="text_signed", errors=[error])


def language_read(texts: Mapping[str, str], wanted: str) -> str:
    """The language in which somebody reads these texts: the wanted one, else the first of the six, else any."""
    return next((one for one in (wanted, *LANGUAGES) if one in texts), next(iter(texts)))


def digest_read(digests: Mapping[str, str], language: str) -> str:
    """The digest of the text that somebody reads in a language."""
    return digests[language_read(digests, language)]
