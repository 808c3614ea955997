"""The validity of a claim link, and the language of its mail."""

from collections.abc import Sequence
from datetime import timedelta

from shared.kernel.text import LANGUAGES

PURPOSE = "claim"
"""The purpose of the token, which is also the template of its mail."""
LIFE = timedelta(days=30)


def language_of(languages: Sequence[str]) -> str:
    """The first of the languages (BCP 47 tags) that mails support, else English."""
    return next((found for tag in languages if (found := tag.split("-")[0].lower()) in LANGUAGES), "en")
