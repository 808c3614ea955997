"""A person without an office enters an institution that the register lacks; officers decide about it."""

from uuid import uuid4

import pytest

from tests.support.callers import CALLERS, Caller, person
from tests.support.institutions import institution, submitted
from tests.support.membership import INSTITUTIONS


@pytest.fixture
def rector(admin: Caller, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """A person without a role."""
    who = person(f"rector {uuid4().hex}")
    monkeypatch.setitem(CALLERS, who.name, who)
    return admin.known_as(who.name)


async def test_a_candidate_is_for_officers_and_matches_no_affiliation(admin: Caller, rector: Caller) -> None:
    name = f"Zzyzx {uuid4().hex[:12]} Institute"
    entered = await rector.post(INSTITUTIONS, institution(name))
    assert (entered.status_code, entered.json()["status"]) == (201, "candidate"), entered.text
    link = entered.json()["links"]["self"]
    assert (await rector.get(link)).status_code == 404
    matches = await admin.get(f"{INSTITUTIONS}/match", params={"affiliation": name})
    assert [one["id"] for one in matches.json()["items"]].count(entered.json()["id"]) == 0
    waiting = (await admin.known_as("officer").get(f"{INSTITUTIONS}?holder=me&q={name.split()[1]}")).json()["items"]
    assert [one["id"] for one in waiting] == [entered.json()["id"]]
    assert (await admin.step(link, "verify")).json()["status"] == "verified"


@pytest.mark.parametrize(("step", "state"), [("reject", "out_of_scope"), ("withdraw", "withdrawn")])
async def test_officers_refuse_a_candidate(admin: Caller, rector: Caller, step: str, state: str) -> None:
    link = (await rector.post(INSTITUTIONS, institution(f"Candidate {uuid4().hex}"))).json()["links"]["self"]
    assert (await admin.step(link, step)).json()["status"] == state


async def test_what_the_register_has_is_named_and_not_entered_again(admin: Caller, rector: Caller) -> None:
    name, domain = f"Known {uuid4().hex[:12]} University", f"{uuid4().hex[:12]}.example"
    made = await submitted(admin, name, visibility="public", domains=[domain])
    assert (await rector.post(INSTITUTIONS, institution(f"{name} of nothing"))).status_code == 201, "not yet verified"
    assert (await admin.step(made["links"]["self"], "verify")).status_code == 200
    for body in (institution(name.upper()), institution("Another name", domains=[domain])):
        refused = await rector.post(INSTITUTIONS, body)
        assert (refused.status_code, refused.json()["code"]) == (409, "institution_exists")
        assert [one["id"] for one in refused.json()["institutions"]] == [made["id"]]
    assert (await rector.post(INSTITUTIONS, institution(name, country="XB"))).status_code == 201


async def test_what_the_person_may_not_know_is_not_disclosed(admin: Caller, rector: Caller) -> None:
    name = f"Hidden {uuid4().hex[:12]} University"
    hidden = await submitted(admin, name, visibility="restricted")
    await admin.step(hidden["links"]["self"], "verify")
    assert (await rector.post(INSTITUTIONS, institution(name))).status_code == 201


async def test_a_person_has_five_open_candidates_and_none_that_is_public(rector: Caller) -> None:
    public = await rector.post(INSTITUTIONS, institution("Public", visibility="public"))
    assert (public.status_code, public.json()["errors"][0]["pointer"]) == (403, "/visibility")
    codes = [(await rector.post(INSTITUTIONS, institution(f"No {uuid4().hex}"))).status_code for _ in range(6)]
    assert codes == [201] * 5 + [409]
