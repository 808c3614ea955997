"""The bounds of editions, contributions, comments and versions: what is at one is taken, what is beyond is named."""

from typing import Any

import asyncpg
import pytest

from services.actions.global_report.editions.domain import MOST_ENTRIES
from tests.support.callers import Caller
from tests.support.centres import entered
from tests.support.editions import CONTRIBUTIONS, EDITIONS, author, contribution_body, edition, edition_body, editor

ROLES = [
    "conceptualization", "data-curation", "formal-analysis", "funding-acquisition", "investigation", "methodology",
    "project-administration", "resources", "software", "supervision", "validation", "visualization",
    "writing-original-draft", "writing-review-editing",
]  # fmt: skip
"""CRediT."""


def _outline(count: int) -> list[dict[str, Any]]:
    return [{"key": f"place-{n}", "titles": {"en": f"Place {n}"}, "order": n} for n in range(count)]


async def _faults(by: Caller, path: str, body: dict[str, Any]) -> list[str]:
    """The members of a body that are refused."""
    response = await by.post(path, body)
    assert response.status_code == 422, response.text
    return [one["pointer"] for one in response.json()["errors"]]


async def test_an_edition_has_at_most_400_places(admin: Caller) -> None:
    assert MOST_ENTRIES == 400
    made = await entered(admin, EDITIONS, edition_body(outline=_outline(400)))
    assert len(made["outline"]) == 400
    assert await _faults(admin, EDITIONS, edition_body(outline=_outline(401))) == ["/outline"]
    for missing in ("year", "titles", "outline"):
        body = {name: value for name, value in edition_body().items() if name != missing}
        assert await _faults(admin, EDITIONS, body) == [f"/{missing}"]


async def test_a_contribution_has_at_most_100_authors_each_with_1_to_14_roles(
    admin: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = await edition(admin, "open_call")
    chief = editor(admin, of, monkeypatch)
    _, named = await author(admin, superuser, monkeypatch)
    others = [{"name": f"Bo {n}", "email": f"bo-{n}@example.org", "roles": ROLES[:1]} for n in range(100)]
    made = await entered(chief, CONTRIBUTIONS, contribution_body(of, {**named, "roles": ROLES}, *others[:99]))
    assert len(made["authors"]) == 100
    assert made["authors"][0]["roles"] == ROLES
    assert await _faults(chief, CONTRIBUTIONS, contribution_body(of, named, *others)) == ["/authors"]
    for roles in ([], [*ROLES, "cooking"]):
        found = await _faults(chief, CONTRIBUTIONS, contribution_body(of, {**named, "roles": roles}))
        assert {pointer.rpartition("/roles")[0] for pointer in found} == {"/authors/0"}, roles
    both = [{**one, "corresponding": True} for one in others[:2]]
    assert await _faults(chief, CONTRIBUTIONS, contribution_body(of, *both)) == ["/authors"]


async def test_comments_and_references_have_bounds(
    admin: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = await edition(admin, "open_call")
    me, named = await author(admin, superuser, monkeypatch)
    text = await entered(me, CONTRIBUTIONS, contribution_body(of, named))
    path = text["links"]["self"]
    for change, pointer in (
        ({"text": "x" * 5_001}, "/text"),
        ({"quote": "x" * 501}, "/quote"),
        ({"kind": "praise"}, "/kind"),
        ({"from": 0}, "/from"),
    ):
        body = {"round": 1, "from": 1, "text": "How much?", **change}
        assert await _faults(me, f"{path}/comments", body) == [pointer]
    cited = [{"id": f"r{n}", "type": "report"} for n in range(2_001)]
    assert await _faults(me, f"{path}/versions", {"body": "# Peat", "references": cited}) == ["/references"]
    sent = await me.post(f"{path}/versions", {"body": "# Peat", "references": cited[:2_000]})
    assert sent.status_code == 202, sent.text
    large = {"file": ("text.md", b"x" * ((20 << 20) + 1), "text/markdown")}
    assert (await me.post(f"{path}/versions", files=large)).status_code == 413
