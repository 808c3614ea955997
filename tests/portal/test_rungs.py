"""The page of a country explains its stage where higher rungs are reached than the one that it counts."""

import html
from typing import Any

import pytest
from markupsafe import Markup

from services.actions.overview.countries.domain import RUNGS, facts_of, stage_of
from services.portal.pages import templates
from services.portal.pages.texts import code_text, text
from shared.kernel.clock import today
from shared.kernel.text import LANGUAGES

_NONE: dict[str, Any] = dict.fromkeys(
    (
        "committees",
        "centres",
        "milestones",
        "indicators",
        "comparison",
        "chapters",
        "chart",
        "report_to",
        "report_page",
    ),
    (),
)


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_country_without_any_rung_learns_what_the_first_takes(language: str) -> None:
    why = text(language, "stage.why_none")
    assert why in _page(language)
    assert why not in _page(language, 1)
    assert why not in _page(language, 2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_screen_says_the_stage_its_day_and_what_is_next(language: str) -> None:
    first, *_ = _page(language, 1, 2).split('<ol class="rungs">')
    assert text(language, "stage.of", stage=2) in first
    assert code_text(language, "stage", "preparatory_committee") in first
    day = Markup(f'<time datetime="{today()}">{today()}</time>')
    assert text(language, "stage.since", date=day) in first
    assert text(language, "stage.next", rung=code_text(language, "stage", "scientific_committee")) in first
    assert first.count("<strong>") == 3


def test_a_country_at_the_end_has_nothing_next_and_one_at_the_beginning_no_day() -> None:
    whole = _page("en", *range(1, 8))
    assert "All seven stages are reached." in whole
    assert "Next:" not in whole
    nothing = _page("en")
    assert "No stage reached yet" in nothing
    assert "Next: Contact" in nothing
    assert "since" not in nothing


def test_a_rung_above_a_gap_is_not_shown_as_one_that_counts() -> None:
    page = _page("en", 1, 2, 4, 5)
    assert [page.count(f'<li class="{each}">') for each in ("met", "ahead", "unmet")] == [2, 2, 3]
    day = f'<time datetime="{today()}">{today()}</time>'
    assert f"Centre designated: reached on {day}, counts once this is reached, too: Scientific committee" in page
