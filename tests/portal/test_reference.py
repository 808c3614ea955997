"""The reference finds what newcomers type, by words of their own, and shows each operation by itself."""

import json
import re
from typing import Any

import httpx
import pytest

from services.portal.reference.contents import SERVICES, documents, groups, operations
from services.portal.reference.search import search, tasks
from services.portal.reference.single import single_document

_TYPED = """
login, logout, sign in, password, approve, reject, designate, submit, renew, retire, publish, withdraw,
upload, download, excel, xlsx, csv, import, export, remove, delete, merge, undo, duplicate, webhook, event,
stream, poll, feed, dashboard, statistics, geojson, map, sdg, indicator, result, target, letter,
correspondence, email, mail, notification, role, permission, grant, attachment, evidence, file, university,
institution, orcid, ministry, government, focal point, ladder, stage, vote, signature, certificate, verify,
deadline, overdue, reminder, calendar, translate, language, gdpr, erase, consent, who changed, history, audit
"""
WORDS = [word.strip() for word in _TYPED.split(",")]
_MOST_WITHOUT = 5


def test_nearly_every_word_of_newcomers_finds_something() -> None:
    assert len(WORDS) == 72
    assert len([word for word in WORDS if not search(word)]) <= _MOST_WITHOUT


@pytest.mark.parametrize(
    ("asked", "operation", "verb"),
    [
        ("approve an expert", "transitionExpert", "approve"),
        ("designate a centre", "transitionCentre", "designate"),
        ("renew centre", "transitionCentre", "renew"),
        ("listCentres", "listCentres", None),
        ("create a committee", "createCommittee", None),
        ("GET /actions/v1/milestones", "listMilestones", None),
    ],
)
def test_a_task_is_found_with_its_operation_and_verb(asked: str, operation: str, verb: str | None) -> None:
    first = search(asked)[0]
    assert (first.operation.id, first.verb and first.verb.code) == (operation, verb)


@pytest.mark.parametrize("asked", ["", "  ", "nothingofthisname", "approve nothingofthisname"])
def test_what_nothing_has_finds_nothing(asked: str) -> None:
    assert search(asked) == []


def test_every_verb_of_every_transition_is_a_task() -> None:
    found = {(task.operation.id, task.verb.code) for task in tasks() if task.verb}
    assert found == {(one.id, verb.code) for one in operations().values() for verb in one.verbs}
    assert len(found) > 250


@pytest.mark.parametrize("service", SERVICES)
def test_groups_have_every_operation_once(service: str) -> None:
    shown = [one.id for group in groups(service) for tag in group.tags for one in tag.operations]
    assert sorted(shown) == sorted(one.id for one in operations().values() if one.service == service)


@pytest.mark.parametrize("name", operations())
def test_an_operation_has_a_small_document_of_its_own(name: str) -> None:
    document: dict[str, Any] = json.loads(single_document(name))
    ((path, item),) = document["paths"].items()
    whole = documents()[operations()[name].service]
    assert item.items() <= whole["paths"][path].items()
    assert document.get("security") == whole.get("security")
    ways = [way for one in item.values() for way in one.get("security", document.get("security", ()))]
    assert {scheme for way in ways for scheme in way} == document["components"].get("securitySchemes", {}).keys()
    for kind, component in re.findall(r'"#/components/(\w+)/([^"/]+)"', json.dumps(document)):
        assert document["components"][kind][component] == whole["components"][kind][component]
    assert len(json.dumps(document)) < 100_000


async def test_the_pages_link_operations_of_one_service_at_a_time(client: httpx.AsyncClient) -> None:
    for service in SERVICES:
        page = (await client.get(f"/docs/{service}")).text
        linked = re.findall(r'href="/docs/(\w+)#(\w+)"', page)
        assert {of for of, _ in linked} == {service}
        assert {name for _, name in linked} == {one.id for one in operations().values() if one.service == service}


async def test_a_search_is_a_page_that_needs_no_script(client: httpx.AsyncClient) -> None:
    page = (await client.get("/docs", params={"q": "approve an expert"})).text
    assert re.search(r'href="/docs/membership#transitionExpert"[^>]*>Approve an expert</a>', page)
    assert "<code>approve</code>" in page
    none = (await client.get("/docs", params={"q": "<b>nothingofthisname"})).text
    assert "0 operations" in none
    assert "<b>nothingofthisname" not in none


async def test_an_unknown_operation_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get("/docs/operations/nothing.json")).status_code == 404
    assert (await client.get("/docs/operations/listExperts.json")).json()["paths"].keys() == {"/membership/v1/experts"}
