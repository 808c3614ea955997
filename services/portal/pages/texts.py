"""The texts of the portal's pages."""

from collections.abc import Mapping
from typing import Any

from shared.kernel.countries import COUNTRIES
from shared.pages.texts import Texts

_TEXTS = Texts("services.portal.pages")
TEXTS = _TEXTS.rows
text = _TEXTS.text


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


def unit_of(indicator: Mapping[str, Any]) -> str:
    """The unit of the values of an indicator: a sign of percent, its words, or nothing."""
    return "%" if indicator["measure"] == "percentage" else str((indicator["unit"] or {}).get("label", ""))
