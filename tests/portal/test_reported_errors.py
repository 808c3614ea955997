"""A reader reports an error in a record by a form of its page, without an account, a script or a cookie."""

import re
from typing import Any

import pytest

from shared.kernel.text import LANGUAGES
from tests.portal.conftest import HTML, Site
from tests.portal.test_pages import ORIGIN, Balance
from tests.support.callers import Caller

_KINDS = ("countries", "experts", "institutions", "centres")
_NUMBER = re.compile(r"TSK-\d{6}")
_SAID = "The name of the university is wrong.\r\nIt is <b>University of Alpha</b> & Sons."


def _place(site: Site, plural: str, language: str = "en") -> str:
    key = "XA" if plural == "countries" else site.ref(plural)
    return f"/{language}/{plural}/{key}"


async def _send(site: Site, place: str, text: str, **headers: str) -> Any:
    return await site.client.post(f"{place}/error", data={"text": text}, headers={**HTML, **headers})


@pytest.fixture(autouse=True)
async def unlimited(site: Site) -> None:
    """No report of another test counts."""
    limiter = site.services["actions"]._transport.app.state.rate_limiter  # type: ignore[attr-defined]
    await limiter._storage.reset()


@pytest.mark.parametrize("plural", _KINDS)
async def test_the_page_of_a_record_leads_to_its_form(site: Site, plural: str) -> None:
    place = _place(site, plural)
    assert f"{place}/error" in Balance((await site.page(place)).text).links
    form = await site.page(f"{place}/error")
    assert form.status_code == 200
    assert f'method="post" action="{place}/error"' in form.text
    assert (form.headers["cache-control"], form.headers["x-robots-tag"]) == ("no-store", "noindex")
    assert "set-cookie" not in form.headers


@pytest.mark.parametrize("plural", _KINDS)
async def test_what_is_sent_becomes_a_task_of_the_office(site: Site, plural: str) -> None:
    place = _place(site, plural)
    sent = await _send(site, place, _SAID)
    assert (sent.status_code, sent.headers["cache-control"]) == (303, "no-store")
    (number,) = _NUMBER.findall(sent.headers["location"])
    thanks = await site.page(sent.headers["location"])
    assert _NUMBER.findall(thanks.text)[0] == number
    assert "<textarea" not in thanks.text
    admin = Caller(site.services["actions"], "admin")
    (task,) = [one for one in await admin.everything("/actions/v1/tasks?limit=200") if one["ref"] == number]
    assert (task["country"], task["owner"]["role"], task["about"]["kind"]) == (
        "XA",
        "secretariat_officer",
        "reported_error",
    )
    assert task["text"]["en"].startswith(_SAID.replace("\r\n", "\n"))
    assert task["text"]["en"].endswith(f"/{plural}/{place.rpartition('/')[2]}")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_form_is_in_every_language(site: Site, language: str) -> None:
    place = _place(site, "institutions", language)
    page = Balance((await site.page(f"{place}/error")).text)
    assert page.tags.count("h1") == 1
    assert {f"/{other}{place.removeprefix(f'/{language}')}/error" for other in LANGUAGES} <= set(page.links)
    sent = await _send(site, place, "x")
    thanks = await site.page(sent.headers["location"])
    assert _NUMBER.search(thanks.text)


async def test_what_is_refused_keeps_its_text(site: Site) -> None:
    place = _place(site, "institutions")
    for text in ("", "x" * 2_001):
        refused = await _send(site, place, text)
        assert refused.status_code == 422
        assert 'role="alert"' in refused.text
        assert f">{text}</textarea>" in refused.text
    hostile = await _send(site, place, '"></textarea><script>alert(1)</script>' + "x" * 2_000)
    assert "<script>alert" not in hostile.text
    for _ in range(5):
        await _send(site, place, "again")
    limited = await _send(site, place, "once too often")
    assert limited.status_code == 429
    assert ">once too often</textarea>" in limited.text


async def test_another_site_sends_no_report(site: Site) -> None:
    place = _place(site, "institutions")
    for said in ("cross-site", "same-site", "none"):
        assert (await _send(site, place, "x", **{"Sec-Fetch-Site": said})).status_code == 400
    assert (await _send(site, place, "x", **{"Sec-Fetch-Site": "same-origin"})).status_code == 303
    flooded = await site.client.post(f"{place}/error", content=b"a=1&" * 50)
    assert flooded.status_code == 400


async def test_what_is_not_public_has_no_form(site: Site) -> None:
    initiative = f"/initiatives/{site.ref('initiatives')}"
    for tail in ("/experts/EXP-999999", "/countries/ZZ", initiative, "/tasks/TSK-000001"):
        assert (await site.page(f"/en{tail}/error")).status_code == 404, tail
        assert (await _send(site, f"/en{tail}", "x")).status_code == 404, tail
    for query in ("x=1", "sent=nothing", "sent=TSK-000001&x=1"):
        moved = await site.page(f"{_place(site, 'experts')}/error?{query}")
        assert (moved.status_code, moved.headers["location"]) == (301, f"{_place(site, 'experts')}/error")


async def test_the_office_is_named_by_the_address_of_the_installation(site: Site) -> None:
    form = await site.page(f"{_place(site, 'experts')}/error", **{"X-Forwarded-Host": "evil.example", "Host": "evil"})
    assert "evil" not in form.text
    assert f'href="{ORIGIN}{_place(site, "experts")}/error"' in form.text
