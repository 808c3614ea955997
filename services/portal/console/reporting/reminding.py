"""What a reminder of a report says."""

from collections.abc import Mapping

from shared.kernel.text import LANGUAGES
from shared.pages.texts import Texts

_TEXTS = Texts("services.portal.console.frame")


def reminder(code: str) -> Mapping[str, str]:
    """The title of a reminder about a period, by language."""
    return {tag: _TEXTS.text(tag, "reporting.reminder", period=code) for tag in LANGUAGES}
