"""The texts of pages in six languages, from `texts.csv`: one text a line, with `{names}` for values."""

import csv
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType

from markupsafe import Markup, escape

from shared.kernel.text import LANGUAGES

OWN_NAMES: Mapping[str, str] = MappingProxyType(
    {"en": "English", "fr": "français", "es": "español", "ar": "العربية", "zh": "中文", "ru": "русский"}
)
"""The name of each language in that language."""


class Texts:
    """The texts of a package, with those of the frame."""

    def __init__(self, package: str) -> None:
        self.rows: Mapping[str, Mapping[str, str]] = MappingProxyType({**_read("shared.pages"), **_read(package)})

    def text(self, language: str, key: str, **values: object) -> str:
        """A text of the pages with its values. Raises KeyError for an unknown key.

        In Arabic each value is isolated (U+2068, U+2069): without that, browsers reorder days and numbers. With a value
        of Markup, such as an element for a day, which isolates itself, the text is Markup, and all else is escaped.
        """
        text, has_tags = self.rows[key][language], any(isinstance(value, Markup) for value in values.values())
        if language == "ar":
            values = {
                name: value if isinstance(value, Markup) else f"\u2068{value}\u2069" for name, value in values.items()
            }
        return (escape(text) if has_tags else text).format(**values)


def _read(package: str) -> dict[str, Mapping[str, str]]:
    with files(package).joinpath("texts.csv").open(encoding="utf-8") as lines:
        return {row["key"]: {language: row[language] for language in LANGUAGES} for row in csv.DictReader(lines)}
