"""An expert as a schema.org Person: public fields only, whoever asks."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.membership.register.orcid.conftest import Member
from tests.support.callers import Caller
from tests.support.institutions import institution
from tests.support.membership import EXPERTS, INSTITUTIONS, activated
from tests.support.orcid import FakeOrcid

NewOwner = Callable[..., Awaitable[Member]]
LD = "application/ld+json"


async def card(caller: Caller, path: str, accept: str = LD) -> Any:
    return await caller.get(path, headers={"Accept": accept})


async def institution_of(admin: Caller, name: str, visibility: str) -> str:
    made = (await admin.post(INSTITUTIONS, institution(name, visibility=visibility))).json()
    assert (await admin.step(f"{INSTITUTIONS}/{made['id']}", "verify")).status_code == 200
    return str(made["id"])


async def test_a_person_has_the_public_fields(
    owner: NewOwner, orcid: FakeOrcid, admin: Caller, anonymous: Caller
) -> None:
    person = await owner(
        names=[{"given": "Amina", "family": "Varga"}, {"full": "Амина Варга", "kind": "native"}],
        emails=[{"value": "private@example.org"}],
        gender="female", languages=["en", "ar"], keywords=["soil carbon"], visibility="public",
        planetary_boundaries=["climate-change"], biography={"en": "Works on soils."},
    )  # fmt: skip
    record = await person.link(orcid)
    hidden = await institution_of(admin, "Institute of Secrets", "restricted")
    public = await institution_of(admin, "Institute of Rivers", "public")
    works = (
        {"institution_id": public}, {"institution_id": hidden}, {"raw": "Left College", "to": "2020-06"},
        {"raw": "Green Plains University", "to": "2999"},
    )  # fmt: skip
    for work in works:
        assert (await admin.post(f"{person.path}/affiliations", work)).status_code == 201
    for somebody in (anonymous, admin, person.caller):
        response = await card(somebody, person.path)
        assert response.headers["content-type"] == LD
        assert response.json() == {
            "@context": "https://schema.org",
            "@type": "Person",
            "@id": f"https://escm.test/en/experts/{record['ref']}",
            "url": f"https://escm.test/en/experts/{record['ref']}",
            "identifier": record["ref"],
            "name": "Amina Varga",
            "alternateName": ["Амина Варга"],
            "sameAs": [f"https://orcid.org/{person.orcid}"],
            "affiliation": [
                {"@type": "Organization", "name": "Institute of Rivers"},
                {"@type": "Organization", "name": "Green Plains University"},
            ],
            "knowsAbout": ["soil carbon", "climate change"],
            "knowsLanguage": ["en", "ar"],
        }


async def test_what_is_empty_is_absent(admin: Caller, anonymous: Caller) -> None:
    made = await activated(admin, visibility="public")
    shown = (await card(anonymous, f"{EXPERTS}/{made['id']}")).json()
    assert set(shown) == {"@context", "@type", "@id", "url", "identifier", "name"}


async def test_a_hidden_expert_has_no_card(admin: Caller, anonymous: Caller) -> None:
    made = await activated(admin, visibility="network")
    assert (await card(anonymous, f"{EXPERTS}/{made['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("accept", "is_linked"),
    [
        (LD, True),
        (f"{LD}, application/json", True),
        (f'{LD};profile="http://www.w3.org/ns/json-ld#compacted";q=0.9, application/json;q=0.5', True),
        (f"application/json, {LD};q=0.5", False),
        (f"{LD};q=0", False),
        ("application/json", False),
        ("*/*", False),
        ("", False),
        (f"text/{LD}", False),
    ],
)
async def test_accept_chooses(admin: Caller, anonymous: Caller, accept: str, is_linked: bool) -> None:
    made = await activated(admin, visibility="public")
    response = await card(anonymous, f"{EXPERTS}/{made['id']}", accept)
    assert response.headers["content-type"].startswith(LD if is_linked else "application/json")
    assert "Accept" in response.headers["vary"]
    assert "Authorization" in response.headers["vary"]


async def test_both_forms_have_an_etag_of_their_own(admin: Caller, anonymous: Caller) -> None:
    path = f"{EXPERTS}/{(await activated(admin, visibility='public'))['id']}"
    tags = {kind: (await card(anonymous, path, kind)).headers["etag"] for kind in (LD, "application/json")}
    assert len({*tags.values()}) == 2
    for kind, tag in tags.items():
        again = await anonymous.get(path, headers={"Accept": kind, "If-None-Match": tag})
        assert (again.status_code, "Accept" in again.headers["vary"]) == (304, True)
