"""Lists, records, forms and steps of the console, by people with their own tokens."""

import re
from html import escape
from typing import Any

import httpx
import pytest

from services.portal.console.describing.resources import kinds
from shared.kernel.text import LANGUAGES
from shared.web.contract.vocabularies import terms_of
from tests.support.console import Browser, ConsoleSystem
from tests.support.console_api import ConsoleApi
from tests.support.console_forms import submit
from tests.support.membership import congress as congress_body

EXPERTS = "/membership/v1/experts"
LIST = "/console/membership/experts"
_ATTACKS = (
    '"><script>alert(1)</script>',
    "'onfocus='alert(1)",
    "{{7*7}}",
    "javascript:alert(1)",
    "</textarea><b>x</b>",
)


@pytest.fixture(scope="session")
async def officer(console: ConsoleSystem) -> Browser:
    found = await console.person(("secretariat_officer", "country", "XA"), name="Olga Example")
    await found.open("/console/")
    return found


@pytest.fixture(scope="session")
async def admin(console: ConsoleSystem) -> Browser:
    found = await console.person(("secretariat_admin", "global", None), name="Ada Example")
    await found.open("/console/")
    return found


@pytest.fixture(scope="session")
async def auditor(console: ConsoleSystem) -> Browser:
    found = await console.person(("auditor", "global", None), name="Aldo Example")
    await found.open("/console/")
    return found


@pytest.fixture
def api(console: ConsoleSystem, officer: Browser) -> ConsoleApi:
    return ConsoleApi(console, officer)


async def _expert(api: ConsoleApi, **more: Any) -> dict[str, Any]:
    names = [{"given": "Amina", "family": "Varga"}]
    return await api.create(EXPERTS, {"names": names, "country": "XA", **more})


async def test_a_list_leads_to_its_records(officer: Browser, api: ConsoleApi) -> None:
    expert = await _expert(api, orcid=None)
    page = await officer.get(f"{LIST}?q=varga&status=prospect")
    assert page.status_code == 200, page.text
    assert f'<a href="{LIST}/{expert["id"]}">' in page.text
    assert page.headers["cache-control"] == "no-store"
    assert (await officer.get(f"{LIST}?nonsense=1")).status_code == 400
    assert (await officer.get("/console/membership/nonsense")).status_code == 404


async def test_a_refused_filter_stays_beside_the_reason(officer: Browser) -> None:
    page = await officer.get(f"{LIST}?updated_after=nonsense&status=active")
    assert page.status_code == 400
    assert '<div role="alert">' in page.text
    assert 'name="updated_after" value="nonsense"' in page.text
    assert f'<a href="{LIST}">' in page.text


async def test_a_record_shows_what_it_says_and_what_can_be_done(officer: Browser, api: ConsoleApi) -> None:
    expert = await _expert(api, biography={"en": "Studies soils."}, emails=[{"value": "a@example.org"}])
    page = await officer.get(f"{LIST}/{expert['ref']}")
    assert page.status_code == 200, page.text
    assert "Studies soils." in page.text
    assert f"{LIST}/{expert['id']}/edit" in page.text
    assert f"{LIST}/{expert['id']}/do/invite" in page.text
    assert f"{LIST}/{expert['id']}/do/terminate" not in page.text


async def test_who_may_only_read_sees_no_button(auditor: Browser, api: ConsoleApi) -> None:
    expert = await _expert(api)
    page = await auditor.get(f"{LIST}/{expert['id']}")
    assert page.status_code == 200, page.text
    assert "/do/" not in page.text
    assert "/edit" not in page.text
    assert "/history" in page.text
    assert f"{LIST}/new" not in (await auditor.get(LIST)).text


async def test_a_record_is_made_by_its_form(officer: Browser, api: ConsoleApi) -> None:
    form = await officer.get(f"{LIST}/new")
    assert form.status_code == 200, form.text
    given = {"names.0.given": "Ivo", "names.0.family": "Horvat", "country": "XA", "keywords": "soil\r\nwater"}
    made = await submit(officer, form, **given)
    assert made.status_code == 200, made.text
    assert "Created." in made.text
    record = await api.get(f"{EXPERTS}/{str(made.url).rpartition('/')[2].partition('?')[0]}")
    assert (record["display_name"], record["keywords"]) == ("Ivo Horvat", ["soil", "water"])


async def test_what_is_wrong_stands_at_its_field_and_in_a_summary(officer: Browser) -> None:
    form = await officer.get(f"{LIST}/new")
    given = {"names.0.given": "Ivo", "country": "XA", "orcid": "0000-0002-1825-0090", "biography.en": "Kept words."}
    refused = await submit(officer, form, **given)
    assert refused.status_code == 422
    assert 'id="summary" autofocus' in refused.text
    assert '<a href="#f-orcid">' in refused.text
    assert 'id="f-orcid-fault1"' in refused.text
    assert re.search(r"Number of the request, for questions: \S+", refused.text)
    assert "Kept words." in refused.text


async def test_one_more_row_is_asked_for_and_nothing_is_sent(officer: Browser) -> None:
    form = await officer.get(f"{LIST}/new")
    page = await submit(officer, form, **{"names.0.given": "Ivo", "_more": "names"})
    assert page.status_code == 200, page.text
    assert 'name="names.1.given"' in page.text
    assert 'value="Ivo"' in page.text


async def test_a_change_is_a_patch_of_what_changed(officer: Browser, api: ConsoleApi) -> None:
    expert = await _expert(api, biography={"en": "One.", "fr": "Un."}, keywords=["soil"])
    form = await officer.get(f"{LIST}/{expert['id']}/edit")
    assert form.status_code == 200, form.text
    unchanged = await submit(officer, form)
    assert "Nothing was changed." in unchanged.text
    saved = await submit(officer, form, **{"biography.fr": "", "gender": "female"})
    assert "It is saved." in saved.text
    record = await api.get(f"{EXPERTS}/{expert['id']}")
    assert (record["biography"], record["gender"], record["keywords"]) == ({"en": "One."}, "female", ["soil"])
    history = await officer.get(f"{LIST}/{expert['id']}/history")
    assert history.status_code == 200, history.text
    assert "female" in history.text


async def test_two_editors_lose_no_word(officer: Browser, api: ConsoleApi) -> None:
    expert = await _expert(api, biography={"en": "As it was."})
    form = await officer.get(f"{LIST}/{expert['id']}/edit")
    await api.change(f"{EXPERTS}/{expert['id']}", {"biography": {"en": "Of the other."}, "keywords": ["theirs"]})
    both = await submit(officer, form, **{"biography.en": "Of mine."})
    assert both.status_code == 412
    assert both.text.count("Of the other.") >= 1
    assert both.text.count("Of mine.") >= 2
    saved = await submit(officer, both)
    assert "It is saved." in saved.text
    record = await api.get(f"{EXPERTS}/{expert['id']}")
    assert (record["biography"], record["keywords"]) == ({"en": "Of mine."}, ["theirs"])


async def test_a_step_names_its_effect_and_is_taken(officer: Browser, api: ConsoleApi) -> None:
    expert = await _expert(api, emails=[{"value": "a@example.org"}])
    form = await officer.get(f"{LIST}/{expert['id']}/do/invite")
    assert form.status_code == 200, form.text
    assert "The record goes from" in form.text
    done = await submit(officer, form)
    assert "Done." in done.text
    assert (await api.get(f"{EXPERTS}/{expert['id']}"))["status"] == "invited"
    assert "Done." in (await submit(officer, form)).text, "a form that is sent twice is one step"


async def test_a_form_marks_what_it_needs_before_anything_is_refused(officer: Browser, api: ConsoleApi) -> None:
    expert = await _expert(api, emails=[{"value": "a@example.org"}])
    path = f"{EXPERTS}/{expert['id']}"
    for step in ("invite", "apply"):
        await api.step(path, step)
    form = (await officer.get(f"{LIST}/{expert['id']}/do/request_info")).text
    assert re.search(r'<label for="f-reason">[^<]*<span class="note">\(required\)', form)
    assert _has(form, "f-reason", "required")
    assign = (await officer.get(f"{LIST}/{expert['id']}/do/assign")).text
    assert _has(assign, "f-officer", "required")
    assert not _has(assign, "f-reason", "required")
    new = (await officer.get(f"{LIST}/new")).text
    assert _has(new, "f-country", "required")
    assert not _has(new, "f-orcid", "required")


def _has(page: str, key: str, attribute: str) -> bool:
    (tag,) = re.findall(rf'<(?:input|select|textarea) id="{key}"[^>]*>', page)
    return f" {attribute}" in tag


async def test_a_step_of_another_version_shows_the_form_again(officer: Browser, api: ConsoleApi) -> None:
    expert = await _expert(api, emails=[{"value": "a@example.org"}])
    form = await officer.get(f"{LIST}/{expert['id']}/do/invite")
    await api.change(f"{EXPERTS}/{expert['id']}", {"gender": "female"})
    stale = await submit(officer, form)
    assert stale.status_code == 412
    assert "Done." in (await submit(officer, stale)).text


async def test_a_step_that_is_blocked_says_why_in_the_readers_language(officer: Browser, api: ConsoleApi) -> None:
    expert = await _expert(api)
    page = await officer.get(f"{LIST}/{expert['id']}")
    assert "Not possible yet" in page.text
    form = await officer.get(f"{LIST}/{expert['id']}/do/invite")
    assert "<textarea" not in form.text.partition("<main")[2]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_a_step_lacks_is_said_in_each_language(officer: Browser, api: ConsoleApi, language: str) -> None:
    expert = await _expert(api)
    steps = (await api.get(f"{EXPERTS}/{expert['id']}/transitions"))["allowed_actions"]
    (reason,) = [one["reason"] for one in steps if one["action"] == "invite"]
    said = {term.titles[language] for term in terms_of("reasons", reason)}
    await officer.get(f"/console/language/{language}")
    try:
        page = await officer.get(f"{LIST}/{expert['id']}")
    finally:
        await officer.get("/console/language/en")
    assert [one for one in said if escape(one, quote=False) in page.text]
    assert language == "en" or said.isdisjoint(term.titles["en"] for term in terms_of("reasons", reason))


async def test_a_record_is_named_by_its_ref_or_its_name(officer: Browser, api: ConsoleApi) -> None:
    expert = await _expert(api, names=[{"given": "Zora", "family": "Uncommonly"}])
    other = await _expert(api, names=[{"given": "Zoran", "family": "Uncommonly"}])
    congress = await api.create("/membership/v1/congresses", congress_body())
    form = await officer.get(f"/console/membership/participations/new?congress_id={congress['id']}")
    given = {"congress_id": congress["ref"]}
    unclear = await submit(officer, form, expert_id="Uncommonly", **given)
    assert unclear.status_code == 422
    assert f'<option value="{other["id"]}">' in unclear.text
    made = await submit(officer, form, expert_id=expert["ref"], **given)
    assert made.status_code == 200, made.text
    assert "Uncommonly" in made.text


async def test_a_message_is_written_to_the_file(officer: Browser, api: ConsoleApi) -> None:
    expert = await _expert(api)
    form = await officer.get(f"{LIST}/{expert['id']}/messages/new")
    written = await submit(officer, form, text="Which field is the main one?", audience="internal")
    assert written.status_code == 200, written.text
    assert "Which field is the main one?" in written.text


@pytest.mark.parametrize("attack", _ATTACKS)
async def test_what_people_write_stays_text(officer: Browser, api: ConsoleApi, attack: str) -> None:
    expert = await _expert(api, biography={"en": attack}, keywords=[attack], names=[{"full": attack}])
    await api.change(f"{EXPERTS}/{expert['id']}", {"gender": attack})
    here = f"{LIST}/{expert['id']}"
    for address in (here, f"{here}/edit", f"{here}/history", f"{LIST}?q={httpx.QueryParams({'q': attack})['q']}"):
        page = await officer.get(address)
        assert "<script" not in page.text, address
        assert "<b>x" not in page.text, address
        assert "'onfocus='" not in page.text, address
        assert 'href="javascript:' not in page.text, address


@pytest.mark.long("opens the list and the form of every kind of record")
async def test_every_list_and_form_opens(admin: Browser) -> None:
    for kind in kinds().values():
        page = await admin.get(kind.page)
        assert page.status_code == 200, (kind.name, page.status_code, page.text[-2000:])
        if kind.creation is not None:
            form = await admin.get(f"{kind.page}/new")
            assert form.status_code == 200, (kind.name, form.text[-2000:])


async def test_an_entry_below_a_record_is_called_what_it_names(officer: Browser, api: ConsoleApi) -> None:
    names = [{"value": "College of Ostraval"}]
    institution = await api.create("/membership/v1/institutions", {"names": names, "country": "XA"})
    expert = await _expert(api)
    linked = {"institution_id": institution["id"]}
    await api.create(f"{EXPERTS}/{expert['id']}/affiliations", linked)
    page = await officer.get(f"{LIST}/{expert['id']}")
    assert re.search(r'<li><p class="note"><(strong|a href="[^"]*")><bdi>College of Ostraval</bdi>', page.text)
