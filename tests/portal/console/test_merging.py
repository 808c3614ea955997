"""Two records that may be one are compared, merged and parted again."""

from typing import Any

import pytest

from tests.support.console import Browser, ConsoleSystem
from tests.support.console_api import ConsoleApi
from tests.support.console_factors import with_second_factor
from tests.support.console_forms import submit

EXPERTS, DUPLICATES, MERGES = (f"/membership/v1/{plural}" for plural in ("experts", "duplicates", "merges"))


@pytest.fixture(scope="session")
async def admin(console: ConsoleSystem) -> Browser:
    found = await console.person(("secretariat_admin", "global", None), name="Agda Example")
    await found.open("/console/")
    return await with_second_factor(console, found)


@pytest.fixture
def api(console: ConsoleSystem, admin: Browser) -> ConsoleApi:
    return ConsoleApi(console, admin)


async def _pair(api: ConsoleApi, name: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Two records of one person, and their pair."""
    names = [{"given": name, "family": "Twice"}]
    one = await api.create(EXPERTS, {"names": names, "country": "WS", "biography": {"en": "Of the first."}})
    other = await api.create(EXPERTS, {"names": names, "country": "WS", "biography": {"en": "Of the second."}})
    pairs = (await api.get(DUPLICATES, record=str(one["id"])))["items"]
    assert len(pairs) == 1
    return one, other, pairs[0]


async def test_a_pair_is_compared_and_merged_by_choice(admin: Browser, api: ConsoleApi) -> None:
    one, other, pair = await _pair(api, "Gerda")
    page = await admin.get(f"/console/duplicates/{pair['id']}?winner={one['id']}")
    assert page.status_code == 200, page.text
    assert page.text.index("Where they differ") < page.text.index("Where they do not differ")
    assert "Of the first." in page.text
    assert "Of the second." in page.text
    assert "What would move" in page.text
    merged = await submit(admin, page, **{"choice.biography": "loser", "_do": "merge"})
    assert merged.status_code == 200, merged.text
    winner = await api.get(f"{EXPERTS}/{one['id']}")
    assert winner["biography"] == {"en": "Of the second."}
    moved = await admin.get(f"/console/membership/experts/{other['id']}")
    assert moved.headers["location"].endswith(f"/console/membership/experts/{one['id']}")
    undone = await submit(admin, merged, reason="Two people after all.")
    assert undone.status_code == 200, undone.text
    assert (await api.get(f"{EXPERTS}/{other['id']}"))["id"] == other["id"]


@pytest.mark.long("merges two records, edits one and undoes it")
async def test_fields_that_were_edited_since_are_decided_one_by_one(admin: Browser, api: ConsoleApi) -> None:
    one, other, pair = await _pair(api, "Herta")
    page = await admin.get(f"/console/duplicates/{pair['id']}?winner={one['id']}")
    merged = await submit(admin, page, **{"choice.biography": "loser", "_do": "merge"})
    await api.change(f"{EXPERTS}/{one['id']}", {"biography": {"en": "Edited since."}})
    merge = await admin.get(str(merged.url).partition("?")[0].removeprefix("https://console.test"))
    assert 'name="choice.biography"' in merge.text
    undone = await submit(admin, merge, **{"choice.biography": "keep", "reason": "Two people."})
    assert undone.status_code == 200, undone.text
    assert (await api.get(f"{EXPERTS}/{one['id']}"))["biography"] == {"en": "Edited since."}
    assert (await api.get(f"{EXPERTS}/{other['id']}"))["biography"] == {"en": "Of the second."}


async def test_a_pair_is_called_by_the_names_of_its_records(admin: Browser, api: ConsoleApi) -> None:
    one, other, pair = await _pair(api, "Klara")
    listed = (await admin.get(f"/console/membership/duplicates?record={one['id']}")).text
    assert "Klara Twice · Klara Twice" in listed
    page = (await admin.get(f"/console/membership/duplicates/{pair['id']}")).text
    for record in (one, other):
        assert f'<a href="/console/membership/experts/{record["id"]}"><bdi>Klara Twice</bdi></a>' in page
        assert f"<code>{record['id']}</code>" not in page
    assert "same name" in page


async def test_a_pair_that_is_none_is_dismissed(admin: Browser, api: ConsoleApi) -> None:
    _, _, pair = await _pair(api, "Irma")
    form = await admin.get(f"/console/membership/duplicates/{pair['id']}/do/dismiss")
    done = await submit(admin, form, reason="Mother and daughter.")
    assert done.status_code == 200, done.text
    assert (await api.get(f"{DUPLICATES}/{pair['id']}"))["status"] == "dismissed"


@pytest.fixture(scope="session")
async def auditor(console: ConsoleSystem) -> Browser:
    found = await console.person(("auditor", "global", None))
    await found.open("/console/")
    return found


async def test_whoever_may_not_merge_sees_no_button(auditor: Browser, api: ConsoleApi) -> None:
    _, _, pair = await _pair(api, "Jutta")
    page = await auditor.get(f"/console/duplicates/{pair['id']}")
    assert page.status_code == 200, page.text
    assert 'value="merge"' not in page.text
    assert "/do/dismiss" not in page.text
