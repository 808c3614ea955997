"""The page of a country shows its milestones, its indicators, and what was assessed: what is public of them."""

import html
import re
from decimal import Decimal
from typing import Any

import pytest

from services.portal.pages.texts import TEXTS
from services.portal.register.progress import progress
from shared.kernel.text import LANGUAGES
from shared.pages.charts.chart import number_text
from tests.actions.programme import milestone, steps
from tests.portal.conftest import Site
from tests.support.assessments import assessment, pass_reply_time
from tests.support.callers import Caller
from tests.support.results import TARGETS, active_indicator, id_of, open_period, published, result

_TITLES = {language: f"Wetlands {language}" for language in LANGUAGES}
_LIMITED = {"en": "limited", "fr": "limité", "es": "limitado", "ar": "محدود", "zh": "有限", "ru": "частично"}
_PENDING = {
    "en": "to be started", "fr": "à commencer", "es": "por comenzar", "ar": "لم يبدأ بعد", "zh": "待启动",
    "ru": "предстоит",
}  # fmt: skip


async def _planned(site: Site) -> dict[str, str]:
    """A milestone of the published action, a target and a result, and an assessment: the ids of the rows, by table."""
    by = Caller(site.services["actions"], "admin")
    programme = (await by.get(f"/actions/v1/programmes/{site.ref('programmes')}")).json()
    work = site.country_fixture.id("actions")
    mark = await milestone(by.known_as("author_xa"), f"/actions/v1/actions/{work}", titles=_TITLES)
    period = await open_period(
        by, framework=programme["framework"], code="2088", starts="2088-01-01", ends="2088-12-31"
    )
    measured = await active_indicator(by, framework=programme["framework"], titles=_TITLES)
    about = {"indicator_id": measured, "period_id": period["id"], "country": "XA"}
    goal = {**about, "value": "20.50", "visibility": "public"}
    assert (await by.known_as("government_xa").post(TARGETS, goal)).status_code == 201
    value = await result(by.known_as("author_xa"), {**about, "method": "measured", "value": "12.50"})
    assert (await by.change(value, visibility="public")).status_code == 200
    await published(by.known_as("author_xa"), value)
    found = await assessment(by, "milestone", id_of(mark), period["id"], visibility="public")
    await steps(by, found, "submit")
    await pass_reply_time(site.superuser, found)
    await steps(by, found, "publish")
    return {"action_milestone": id_of(mark), "action_result": id_of(value), "action_assessment": id_of(found)}


async def _rows(site: Site, language: str = "en") -> list[list[str]]:
    """The cells of each row about the wetlands."""
    text = (await site.page(f"/{language}/countries/XA")).text
    rows = re.findall(r'<tr role="row">\s*(<th role="rowheader".*?)</tr>', text, re.S)
    cells = [re.findall(r"<t[hd] role[^>]*>(.*?)</t[hd]>", row, re.S) for row in rows]
    plain = [[" ".join(html.unescape(re.sub(r"<[^>]+>", "", cell)).split()) for cell in row] for row in cells]
    return [row for row in plain if "Wetlands" in row[0]]


async def test_a_country_shows_its_milestones_indicators_and_assessments(site: Site) -> None:
    rows = await _planned(site)
    for language in LANGUAGES:
        mark, measured, compared = await _rows(site, language)
        assert mark == [_TITLES[language], "Nileword", "2027-01-31", _PENDING[language]]
        values = [number_text(Decimal(value), language, is_exact=True) for value in ("20.50", "12.50")]
        assert measured == [_TITLES[language], "–", "2088", *(f"{value} hectares" for value in values)]
        assert compared[0].endswith(TEXTS["mark.colon"][language].format(before="", after="") + _TITLES[language])
        assert compared[1:] == ["2088", "–", _LIMITED[language], "–"]
    for table, key in rows.items():
        await site.superuser.execute(f"UPDATE {table} SET visibility = 'network' WHERE id = $1", key)
    assert await _rows(site) == [[_TITLES["en"], "–", "2088", "20.50 hectares", "–"]]


def test_an_exact_number_keeps_its_decimals() -> None:
    written = [number_text(Decimal("-1234567.50"), language, is_exact=True) for language in ("en", "fr", "ru", "ar")]
    assert [re.sub(r"\s", " ", one) for one in written] == [
        "\u22121,234,567.50",
        "\u22121 234 567,50",
        "\u22121 234 567,50",
        "\u2066\u22121,234,567.50\u2069",
    ]


def _indicator(**changed: Any) -> dict[str, Any]:
    """An indicator of a country with a baseline and two years, the second with a target."""
    value = {"code": None, "text": None, "missing": None}
    years = [
        {"code": "2024", "target": None, "actual": {**value, "value": "14"}},
        {"code": "2025", "target": {**value, "value": "30"}, "actual": {**value, "value": "1820.5"}},
    ]
    return {
        "titles": _TITLES,
        "action_id": None,
        "measure": "unit",
        "unit": {"code": "ha", "label": "hectares"},
        "baseline": {**value, "value": "12.50", "year": 2023},
        "periods": years,
        **changed,
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_indicator_with_a_target_is_a_line_with_it(language: str) -> None:
    shown = progress([_indicator(titles={"en": "Of an action"}, action_id="1"), _indicator()], language)
    assert shown is not None
    assert html.unescape(shown).count(_TITLES[language]) >= 2
    assert 'class="chart-target"' in shown
    assert re.findall(r'<th scope="row">(\d+)<', shown) == ["2023", "2024", "2025"]
    assert number_text(Decimal("1820.5"), language) in html.unescape(shown)


@pytest.mark.parametrize(
    "changed",
    [{"baseline": None, "periods": []}, {"periods": []}, {"baseline": None, "periods": _indicator()["periods"][:1]}],
)
def test_there_is_no_line_without_two_numbers_and_a_target(changed: dict[str, Any]) -> None:
    assert progress([_indicator(**changed)], "en") is None
