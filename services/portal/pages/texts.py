"""The texts of the pages in six languages, from `texts.csv`: one text a line, with `{names}` for values."""

import csv
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType

from shared.kernel.countries import COUNTRIES
from shared.kernel.text import LANGUAGES

OWN_NAMES: Mapping[str, str] = MappingProxyType(
    {"en": "English", "fr": "français", "es": "español", "ar": "العربية", "zh": "中文", "ru": "русский"}
)
"""The name of each language in that language."""


def _read() -> Mapping[str, Mapping[str, str]]:
    with files("services.portal.pages").joinpath("texts.csv").open(encoding="utf-8") as lines:
        rows = {row["key"]: {language: row[language] for language in LANGUAGES} for row in csv.DictReader(lines)}
    return MappingProxyType(rows)


TEXTS: Mapping[str, Mapping[str, str]] = _read()


def text(language: str, key: str, **values: object) -> str:
    """A text of the pages with its values. Raises KeyError for an unknown key.

    In Arabic each value is isolated (U+2068, U+2069): without that, browsers reorder days and numbers.
    """
    if language == "ar":
        values = {name: f"\u2068{value}\u2069" for name, value in values.items()}
    return TEXTS[key][language].format(**values)


def code_text(language: str, kind: str, code: str) -> str:
    """The text for a code of the API, such as a status; for an unknown code, the code as words."""
    key = f"{kind}.{code}"
    return text(language, key) if key in TEXTS else words(code)


def words(code: str) -> str:
    """A code as text: `freshwater-change` becomes `Freshwater change`."""
    plain = code.replace("-", " ").replace("_", " ")
    return plain[:1].upper() + plain[1:]


def best(texts: Mapping[str, str], language: str) -> tuple[str, str]:
    """The language and the text for a reader of `language`: that language, else English, else the first one."""
    shown = next((tag for tag in (language, "en") if texts.get(tag)), None) or next(iter(texts), "")
    return shown, texts.get(shown, "")


def country_name(code: str, language: str) -> str:
    """A country's name, or its code if the name is unknown."""
    country = COUNTRIES.get(code)
    return best(country.names, language)[1] if country else code
