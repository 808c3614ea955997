"""Institutions come by themselves: a person enters one that the register lacks, a colleague asks to represent it, and
an officer of the country decides about both."""

from typing import Any
from uuid import uuid4

from tests.journeys.paths.world import DOCUMENT, V1, World
from tests.support.running import Client, Person, eventually

COUNTRY, ELSEWHERE = "VU", "TO"
_OFFICER = "secretariat_officer"
_GRANTS, _INSTITUTIONS = f"{V1['access']}/grants", f"{V1['membership']}/institutions"


def _institution(name: str, domain: str) -> dict[str, Any]:
    names = [{"value": name, "language": "en", "types": ["ror_display"]}]
    return {"names": names, "country": COUNTRY, "domains": [domain]}


def _asked(who: Person, institution: str, **more: Any) -> dict[str, Any]:
    """What somebody sends to represent an institution."""
    holder = {"kind": "account", "id": who.account}
    scope = {"scope_kind": "institution", "scope_id": institution}
    return {"principal": holder, "role": "institution_representative", **scope, **more}


def _roles(who: Client) -> list[tuple[str, str | None]]:
    return [(grant["role"], grant["scope_id"]) for grant in who.get(f"{V1['access']}/me")["grants"]]


def test_an_institution_comes_by_itself(world: World) -> None:
    domain, officer = f"{uuid4().hex}.example.com", world.caller(_OFFICER, COUNTRY)
    rosa = world.newcomer("Rosa Rector", f"rosa@mail.{domain}")
    body = _institution("Institute of the Reef", domain)
    public = rosa.send("POST", _INSTITUTIONS, json={**body, "visibility": "public"})
    assert (public.status_code, public.json()["errors"][0]["pointer"]) == (403, "/visibility")
    entered = rosa.create(_INSTITUTIONS, body)
    assert (entered["status"], entered["visibility"]) == ("candidate", "network")
    link, key = entered["links"]["self"], entered["id"]
    assert world.caller(_OFFICER, ELSEWHERE).send("GET", link).status_code == 404

    asked = rosa.create(_GRANTS, _asked(rosa, key))
    assert (asked["status"], asked["proof"], asked["country"]) == ("proposed", "address", COUNTRY)
    assert rosa.get(asked["links"]["self"])["status"] == "proposed"
    assert rosa.send("POST", _GRANTS, json=_asked(rosa, key)).status_code == 409

    work = officer.get(f"{V1['access']}/work_list")["items"]
    assert (key, "verify") in [(one["id"], one["verb"]) for one in work]
    assert officer.get(asked["links"]["self"])["principal"]["name"] == "Rosa Rector"
    (waiting,) = officer.get(_GRANTS, status="proposed", scope_id=key)["items"]
    early = officer.try_step(waiting["links"]["self"], "confirm")
    assert (early.status_code, early.json()["reason"]) == (409, "institution_not_verified")
    assert officer.step(link, "verify")["status"] == "verified"
    assert officer.step(waiting["links"]["self"], "confirm")["status"] == "active"
    eventually(lambda: ("institution_representative", key) in _roles(rosa))
    assert rosa.change(link, {"links": ["https://reef.example.com/"]})["version"] > entered["version"]

    code, texts = f"R{uuid4().hex[:8].upper()}", {"titles": {"en": "Reefs"}, "texts": {"en": "We keep the reefs."}}
    initiative = officer.create(f"{V1['membership']}/initiatives", {"code": code, **texts})
    officer.step(initiative["links"]["self"], "open")
    signed = {"initiative_id": initiative["id"], "institution_id": key, "capacity": "organisation"}
    support = rosa.create(f"{V1['membership']}/supports", {**signed, "consent_to_list": True})["links"]["self"]
    assert rosa.step(support, "verify")["listed_name"] == "Institute of the Reef"
    shown = world.everybody.get(f"{initiative['links']['self']}/supporters").json()["items"]
    assert [one["name"] for one in shown] == ["Institute of the Reef"]


def test_one_that_the_register_has_is_represented_by_whom_an_officer_appoints(world: World) -> None:
    domain, officer = f"{uuid4().hex}.example.com", world.caller(_OFFICER, COUNTRY)
    made = officer.create(_INSTITUTIONS, {**_institution("University of the Isles", domain), "visibility": "public"})
    officer.step(made["links"]["self"], "verify")
    paul = world.newcomer("Paul Professor", f"paul@{uuid4().hex}.example.net")
    known = paul.send("POST", _INSTITUTIONS, json=_institution("UNIVERSITY of the  Isles", "elsewhere.example.net"))
    assert (known.status_code, known.json()["code"]) == (409, "institution_exists")
    assert known.json()["institutions"] == [{"id": made["id"], "display_name": "University of the Isles"}]

    unproven = paul.send("POST", _GRANTS, json=_asked(paul, made["id"]))
    assert (unproven.status_code, unproven.json()["errors"][0]["pointer"]) == (422, "/letter")
    filed = {**DOCUMENT, "url": None, "evidence_id": str(uuid4())}
    assert paul.send("POST", _GRANTS, json=_asked(paul, made["id"], letter=filed)).status_code == 422
    other = paul.send("POST", _GRANTS, json={**_asked(paul, made["id"]), "role": "national_author"})
    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "scope_not_of_this_role")
    asked = paul.create(_GRANTS, _asked(paul, made["id"], letter=DOCUMENT, reason="I head the institute of soils."))
    assert (asked["proof"], asked["letter"]["title"]) == ("letter", DOCUMENT["title"])
    link = asked["links"]["self"]
    assert world.caller(_OFFICER, ELSEWHERE).send("GET", link).status_code == 404
    assert world.everybody.get(link).status_code == 401
    assert paul.try_step(link, "confirm").status_code == 403
    assert officer.step(link, "revoke", reason="The letter is of another person")["status"] == "revoked"
    again = paul.create(_GRANTS, _asked(paul, made["id"], letter=DOCUMENT))
    assert paul.step(again["links"]["self"], "revoke")["status"] == "revoked", "people take back what they asked for"

    dean = world.newcomer("Dora Dean", f"dora@{domain}")
    appointed = officer.create(_GRANTS, _asked(dean, made["id"]))
    assert (appointed["status"], appointed["country"]) == ("active", COUNTRY)
    eventually(lambda: ("institution_representative", made["id"]) in _roles(dean))
    assert (_roles(paul), _roles(officer)) == ([], [(_OFFICER, COUNTRY)])
