"""The page of a country explains its stage where higher rungs are reached than the one that it counts."""

import html
from typing import Any

import pytest

from services.actions.overview.countries.domain import RUNGS, facts_of, stage_of
from services.portal.pages import templates
from services.portal.pages.texts import code_text, text
from shared.kernel.clock import today
from shared.kernel.text import LANGUAGES

_NONE: dict[str, Any] = dict.fromkeys(("committees", "centres", "milestones", "indicators", "comparison"), ())


def _page(language: str, *reached: int) -> str:
    """The page of a country that has reached these rungs, counted from 1."""
    facts = facts_of({RUNGS[rung - 1]: (today(), "/") for rung in reached})
    counts = dict.fromkeys(("experts", "institutions", "centres"), 0)
    shown = {"code": "XA", "region": None, "stage": stage_of(facts), "facts": facts, "as_of": today().isoformat()}
    record = {**shown, "programme": None, "reports": [], "counts": counts}
    values = {**_NONE, "record": record, "core": None, "actions": {}, "most": 1}
    return html.unescape(templates.page("country.html", language, tail="/countries/XA", **values).decode())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_gap_is_named(language: str) -> None:
    missing = code_text(language, "stage", "scientific_committee")
    assert text(language, "stage.gap", rung=missing) in _page(language, 1, 2, 4, 5)


@pytest.mark.parametrize("reached", [(), (1,), (1, 2, 3), tuple(range(1, 8))])
def test_nothing_is_explained_without_a_gap(reached: tuple[int, ...]) -> None:
    before, _, _ = text("en", "stage.gap", rung="").partition(".")
    assert before not in _page("en", *reached)
