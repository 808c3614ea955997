"""A frontend says to each person, in their language, what a record is, what may be done, and why something may not."""

from typing import Any

import pytest

from shared.kernel.text import LANGUAGES
from tests.journeys.paths.path import day
from tests.journeys.paths.world import V1, Record, World
from tests.support.running import Client, eventually

_ACCESS, _EXPERTS = V1["access"], f"{V1['membership']}/experts"


@pytest.fixture(scope="module")
def terms(world: World) -> dict[tuple[str, str], Record]:
    """The general terms of all vocabularies by name and code, as a frontend without a token loads them."""
    listed = world.everybody.get(f"{_ACCESS}/vocabularies").json()["items"]
    found = {item["name"]: world.everybody.get(item["link"]).json()["items"] for item in listed}
    return {(name, term["code"]): term for name, items in found.items() for term in items if not term["resource"]}


def _page(world: World, path: str) -> str:
    response = world.everybody.get(path, headers={"Accept": "text/html"}, follow_redirects=True)
    assert response.status_code == 200
    return response.text


def test_an_officer_and_an_applicant_read_why_they_must_wait(world: World, terms: dict[Any, Record]) -> None:
    applicant, officer = world.person("Ada Applicant"), world.official("FJ", "secretariat_officer")
    body = {"names": [{"full": "Ada Applicant"}], "country": "FJ", "emails": [{"value": applicant.email}]}
    expert = applicant.create(_EXPERTS, body)
    eventually(lambda: applicant.look(expert["links"]["self"]).status_code == 200)
    for caller in (applicant, officer):
        read = caller.get(expert["links"]["self"])
        assert set(terms["states", read["status"]]["titles"]) == set(LANGUAGES)
        for offer in read["allowed_actions"]:
            assert set(terms["verbs", offer["action"]]["titles"]) == set(LANGUAGES)
            assert offer["allowed"] or set(terms["reasons", offer["reason"]]["titles"]) == set(LANGUAGES)
    early = officer.try_step(expert["links"]["self"], "approve")
    reason = terms["reasons", early.json()["reason"]]
    assert (early.status_code, reason["titles"]["fr"]) == (409, "Impossible dans cet état")
    assert reason["titles"]["ru"] in _page(world, reason["page"])
    assert reason["titles"]["ru"] in _page(world, f"/problems/{reason['code']}")
    changes = officer.get(f"{expert['links']['self']}/history")["items"]
    assert {terms["verbs", change["action"]]["titles"]["en"] for change in changes} == {"Created"}


def test_whoever_grants_too_much_reads_what_is_too_much(world: World) -> None:
    officer, holder = world.official("FJ", "secretariat_officer"), world.person("Hilda Holder")

    def grant(by: Client, to: str, role: str, country: str) -> tuple[str, str]:
        principal = {"kind": "account", "id": to}
        body = {"principal": principal, "role": role, "scope_kind": "country", "scope_id": country}
        return _refusal(by.send("POST", f"{_ACCESS}/grants", json=body))

    said = [
        grant(officer, officer.account, "national_author", "FJ"),
        grant(officer, holder.account, "auditor", "FJ"),
        grant(officer, holder.account, "national_author", "TO"),
    ]
    held = world.grant(holder.account, "government_focal_point", "FJ")
    heir = world.person("Hans Heir", holder, country="FJ")
    fields = {"principal": {"kind": "account", "id": heir.account}, "to": day(7)}
    said.append(_refusal(holder.try_step(held["links"]["self"], "hand_over", fields=fields)))
    reasons = [reason for reason, _ in said]
    assert reasons == ["own_grant", "role_not_yours_to_hand_on", "beyond_own_scope", "credentials_set_by_you"]
    assert len({sentence for _, sentence in said}) == len(said)


def _refusal(response: Any) -> tuple[str, str]:
    assert response.status_code == 403, response.text
    return response.json()["reason"], response.json()["detail"]
