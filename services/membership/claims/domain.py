"""For how long a link to take a record over is valid, and in which language its mail is written."""

from collections.abc import Sequence
from datetime import timedelta

PURPOSE = "claim"
"""What the token of the link is for, which is the template of its mail as well."""
LIFE = timedelta(days=30)
_LANGUAGES = ("en", "fr", "es", "ar", "zh", "ru")


def language_of(languages: Sequence[str]) -> str:
    """The first of somebody's languages (BCP 47 tags) that mails are written in, else English."""
    return next((found for tag in languages if (found := tag.split("-")[0].lower()) in _LANGUAGES), "en")
