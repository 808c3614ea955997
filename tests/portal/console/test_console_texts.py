"""The texts of the console: complete in six languages, none without a page."""

import re
from pathlib import Path
from string import Formatter

import pytest

from services.portal.console.frame.navigation import SECTIONS
from services.portal.console.frame.templates import PAGES
from shared.kernel.text import LANGUAGES

_CONSOLE = Path(__file__).parents[3] / "services/portal/console"
_SHARED = ("nav.", "search.", "note.", "failure.", "chart.", "languages.")
_CODES = (
    "asserted_by.",
    "audience.",
    "category.",
    "code.",
    "direction.",
    "holder.",
    "job.",
    "kind.",
    "priority.",
    "reasons.",
    "recommendation.",
    "role.",
    "severity.",
    "verb.",
    "visibility.",
)
"""Texts of codes of the API, by the fields that have them."""
_KEYS = sorted(key for key in PAGES.texts.rows if not key.startswith(_SHARED))


def test_a_text_of_the_console_is_there_in_every_language_with_the_same_values() -> None:
    wrong = []
    for key in _KEYS:
        texts = PAGES.texts.rows[key]
        asked = {frozenset(name for _, name, _, _ in Formatter().parse(texts[tag]) if name) for tag in LANGUAGES}
        if len(asked) != 1 or not all(texts[tag] and texts[tag] == texts[tag].strip() for tag in LANGUAGES):
            wrong.append(key)
    assert wrong == []


def test_every_text_of_the_console_is_said_somewhere() -> None:
    files = [path for kind in ("*.html", "*.py") for path in _CONSOLE.rglob(kind)]
    said = "".join(path.read_text() for path in files)
    named = set(re.findall(r"\"([a-z_]+\.[a-z_.]+)\"", said))
    begun = tuple(re.findall(r"\"([a-z_.]+\.)\" ~", said)) + tuple(re.findall(r"f\"([a-z_.]+\.)\{", said))
    done = {f"done.{word}" for word in re.findall(r"done=\"(\w+)\"", said)}
    assert [key for key in _KEYS if key not in named | done and not key.startswith((*begun, *_CODES))] == []


@pytest.mark.parametrize("section", [one.key for one in SECTIONS])
def test_each_section_has_a_name(section: str) -> None:
    assert set(PAGES.texts.rows[f"console.nav.{section}"]) == set(LANGUAGES)
