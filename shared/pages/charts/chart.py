"""What is drawn, and how numbers are written in each language."""

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Literal, TypeAlias

from shared.pages.texts import Texts

Kind: TypeAlias = Literal["lines", "bars", "dots", "table", "map", "number"]
FROM_THE_RIGHT = frozenset({"ar"})
"""Languages that are read from the right."""
NARROWEST, WIDEST = 280, 1280
_FORMS = {
    "en": (",", "."),
    "fr": ("\u202f", ","),
    "es": ("\u00a0", ","),
    "ar": (",", "."),
    "zh": (",", "."),
    "ru": ("\u00a0", ","),
}
_TEXTS = Texts("shared.pages")


@dataclass(frozen=True, slots=True)
class Row:
    """A category or day with one value for each series; None is no value. `place` is a country's code, for maps."""

    label: str
    values: tuple[Decimal | None, ...]
    place: str = ""

    @property
    def total(self) -> Decimal | None:
        """The sum of the values; None without any."""
        known = [value for value in self.values if value is not None]
        return sum(known, Decimal(0)) if known else None


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn. `alternative` says it to who cannot see it. `series` are the names of several values of a row;
    `target` is a line to reach; `notes` stand below."""

    kind: Kind
    language: str
    title: str
    alternative: str
    rows: tuple[Row, ...]
    series: tuple[str, ...] = ("",)
    target: Decimal | None = None
    notes: tuple[str, ...] = ()

    def text(self, key: str, **values: object) -> str:
        """A text of charts in the language."""
        return _TEXTS.text(self.language, key, **values)


def number_text(value: Decimal | int | None, language: str, *, is_exact: bool = False) -> str:
    """A number as it is written in a language, isolated from text that is read from the right; a dash for none.
    `is_exact`: with all its decimals."""
    if value is None:
        return "–"
    group, point = _FORMS[language]
    whole, _, rest = f"{value:,f}".partition(".")
    rest = rest if is_exact else rest.rstrip("0")
    shown = whole.replace(",", group).replace("-", "\u2212") + (f"{point}{rest}" if rest else "")
    return f"\u2066{shown}\u2069" if language in FROM_THE_RIGHT else shown


def notes_of(language: str, caption: str, source: str | None, day: str | None) -> tuple[str, ...]:
    """What stands below a chart: its caption, where the data is from, and its day."""
    text = partial(_TEXTS.text, language)
    found = (
        caption,
        text("chart.source", source=source) if source else "",
        text("chart.as_of", day=day) if day else "",
    )
    return tuple(filter(None, found))
