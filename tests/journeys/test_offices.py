"""Offices of a country change hands without an administrator, and roles reach those who take their records over."""

import csv
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from tests.journeys.paths.path import day
from tests.journeys.paths.world import V1, World
from tests.support.running import Client, Person, eventually

_ACCESS, _ACTIONS, _MEMBERS = V1["access"], V1["actions"], V1["membership"]
EXPERTS, POINTS, GRANTS, ACCOUNTS = (
    f"{_MEMBERS}/experts",
    f"{_ACTIONS}/focal_points",
    f"{_ACCESS}/grants",
    (f"{_ACCESS}/accounts"),
)
ROLE = "government_focal_point"


def _works(person: Client, country: str) -> int:
    """The status of a letter that this person logs for a country."""
    letter = {"country": country, "direction": "in", "date": day(), "subject": "A letter", "parties": []}
    return person.send("POST", f"{_ACTIONS}/correspondence", json=letter).status_code


def _waiting(person: Client) -> list[dict[str, Any]]:
    return [one for one in person.get(f"{_ACCESS}/work_list", kind="grants")["items"] if one["verb"] == "confirm"]


def _code() -> str:
    return f"C{uuid4().hex[:8].upper()}"


def _events(person: Client) -> list[str]:
    return [one["event"] for one in person.get(f"{_ACCESS}/notifications")["items"]]


class Listed:
    """An expert whose address came from a list that a national author imported, made focal point by an officer."""

    def __init__(self, world: World, folder: Path, country: str) -> None:
        self.world, self.country = world, country
        self.officer, self.author = (
            world.caller("secretariat_officer", country),
            world.caller("national_author", country),
        )
        self.email = f"{uuid4().hex}@example.org"
        file = folder / "people.csv"
        with file.open("w", newline="", encoding="utf-8") as lines:
            csv.writer(lines).writerows([("full_name", "country", "email"), ("Lina Listed", country, self.email)])
        self.author.upload(f"{_MEMBERS}/imports", file, resource="experts", source="A congress")
        found = self.officer.get(EXPERTS, country=country, sort="-created_at")["items"]
        (self.expert,) = (one["id"] for one in found if self.email in [each["value"] for each in one["emails"]])
        point = self.officer.create(POINTS, {"country": country, "person": {"expert_id": self.expert}})
        self.point = str(point["links"]["self"])
        self.officer.step(self.point, "accept")

    def takes_over(self, email: str, mails: int = 1) -> Person:
        """The person claims the record with the newest mailed link."""
        self.officer.step(f"{EXPERTS}/{self.expert}", "invite")
        token = self.world.token_for(email, mails, "claim")
        person = self.world.newcomer("Lina Listed", email)
        claimed = person.send("POST", f"{EXPERTS}/claim", json={"token": token})
        assert claimed.status_code == 200, claimed.text
        return person


def test_a_role_reaches_whoever_takes_their_listed_record_over(world: World, tmp_path: Path) -> None:
    listed = Listed(world, tmp_path, "TO")
    person = listed.takes_over(listed.email)
    eventually(lambda: ROLE in person.roles)
    assert _works(person, "TO") == 201
    assert not _waiting(listed.officer)


def test_a_role_over_a_later_address_waits_for_the_officer_who_invited(world: World, tmp_path: Path) -> None:
    listed, later = Listed(world, tmp_path, "WS"), f"{uuid4().hex}@example.org"
    listed.author.change(f"{EXPERTS}/{listed.expert}", {"emails": [{"value": later}]})
    person = listed.takes_over(later)
    (item,) = eventually(lambda: _waiting(listed.officer))
    assert not _waiting(world.caller(ROLE, "WS")), "a focal point grants no such role"
    eventually(lambda: "grant.waiting" in _events(person) and "grant.proposed" in _events(listed.officer))
    (own,) = (one for one in person.get(GRANTS)["items"] if one["role"] == ROLE)
    assert (own["status"], own["id"]) == ("proposed", item["id"])
    assert ROLE not in person.roles
    listed.officer.step(item["link"], "confirm")
    assert ROLE in person.roles
    assert not _waiting(listed.officer)


class Ministry:
    """A country whose officer invites an official, who is no expert, as focal point."""

    def __init__(self, world: World, country: str) -> None:
        self.world, self.country = world, country
        self.officer = world.caller("secretariat_officer", country)

    def official(self, name: str, by: Client | None = None) -> Person:
        return self.world.person(name, by or self.officer, country=self.country)

    def enters(self, person: Person, name: str) -> str:
        body = {"country": self.country, "person": {"name": name}, "account_id": person.account}
        point = str(self.officer.create(POINTS, body)["links"]["self"])
        self.officer.step(point, "accept")
        eventually(lambda: ROLE in person.roles)
        return point

    def task(self, owner: Person) -> str:
        body = {"country": self.country, "titles": {"en": "Reply"}, "owner": {"account_id": owner.account}}
        return str(self.officer.create(f"{_ACTIONS}/tasks", {**body, "due": day(30)})["links"]["self"])


def test_one_hand_over_moves_role_tasks_and_clients(world: World) -> None:
    ministry = Ministry(world, "KI")
    fay = ministry.official("Fay First")
    point = ministry.enters(fay, "Fay First")
    body = {
        "name": "Portal",
        "scope_kind": "country",
        "scope_id": "KI",
        "resources": ["membership.*"],
        "verbs": ["read"],
    }
    portal = str(fay.create(f"{_ACCESS}/clients", body)["links"]["self"])
    task = ministry.task(fay)
    sue = ministry.official("Sue Successor")

    successor = {"person": {"name": "Sue Successor"}, "account_id": sue.account}
    fay.step(point, "hand_over", fields={"until": day(), "successor": successor})
    eventually(lambda: ROLE in sue.roles)
    assert _works(sue, "KI") == 201
    assert sue.get(task)["owner"]["account_id"] == sue.account
    eventually(lambda: "focal_point.handing_over" not in _events(sue) and "focal_point.activated" in _events(sue))
    follower = next(one for one in sue.get(POINTS, country="KI")["items"] if one["predecessor_id"])
    assert follower["links"]["self"] != point

    ministry.officer.step(point, "end")
    assert _works(fay, "KI") == 403, "the role ends with the office"
    assert ROLE not in fay.roles
    assert sue.step(portal, "suspend", reason="Not needed")["status"] == "suspended"


def test_a_hand_over_to_an_account_of_ones_own_making_waits_for_the_officer(world: World) -> None:
    ministry = Ministry(world, "TV")
    fay = ministry.official("Fay First")
    point = ministry.enters(fay, "Fay First")
    own = ministry.official("Nobody Else", fay)
    successor = {"person": {"name": "Nobody Else"}, "account_id": own.account}
    fay.step(point, "hand_over", fields={"successor": successor})
    (item,) = eventually(lambda: _waiting(ministry.officer))
    assert ROLE not in own.roles
    refused = fay.try_step(item["link"], "confirm")
    assert (refused.status_code, refused.json()["reason"]) == (409, "role_not_yours_to_hand_on")
    ministry.officer.step(item["link"], "confirm")
    assert _works(own, "TV") == 201


def test_a_role_that_was_granted_besides_ends_with_the_office(world: World) -> None:
    ministry = Ministry(world, "NR")
    olu = ministry.official("Olu Official")
    holder = {"kind": "account", "id": olu.account}
    scope = {"scope_kind": "country", "scope_id": "NR"}
    ministry.officer.create(GRANTS, {"principal": holder, "role": ROLE, **scope})
    assert _works(olu, "NR") == 201, "a new role works at once"
    point = ministry.enters(olu, "Olu Official")
    ministry.officer.step(point, "end")
    eventually(lambda: olu.roles == set())
    assert _works(olu, "NR") == 403


def test_an_official_hands_role_and_tasks_over_and_both_are_notified(world: World) -> None:
    ministry = Ministry(world, "PW")
    olu, ana = ministry.official("Olu Official"), ministry.official("Ana After")
    holder = {"kind": "account", "id": olu.account}
    scope = {"scope_kind": "country", "scope_id": "PW"}
    held = ministry.officer.create(GRANTS, {"principal": holder, "role": "national_author", **scope})
    eventually(lambda: "national_author" in olu.roles)
    task = ministry.task(olu)
    successor = {"kind": "account", "id": ana.account}
    ministry.officer.step(held["links"]["self"], "hand_over", fields={"principal": successor, "to": day(30)})
    assert ana.roles == {"national_author"}, "a new role works at once"
    eventually(lambda: ana.get(task)["owner"]["account_id"] == ana.account)
    (own,) = ana.get(GRANTS)["items"]
    assert (own["predecessor_id"], own["to"]) == (held["id"], None)
    eventually(lambda: {"grant.activated", "task.assigned"} <= set(_events(ana)))
    eventually(lambda: "grant.updated" in _events(olu))
    ministry.officer.step(held["links"]["self"], "revoke", reason="Left earlier")
    assert olu.roles == set(), "the end of the office is the end of the role"
    eventually(lambda: "grant.revoked" in _events(olu))


def test_a_representative_hands_the_institution_over_and_both_are_notified(world: World) -> None:
    """What waits for the institution waits for whoever holds the role, with the applications that others entered."""
    ministry = Ministry(world, "SB")
    host = world.institution("SB", "University of the Atolls")["id"]
    names = ("Rosa Rector", "Rita Rector", "Ruth Rector")
    rosa, rita, ruth = (world.newcomer(name, f"{uuid4().hex}@example.org") for name in names)
    role = {"role": "institution_representative", "scope_kind": "institution", "scope_id": host}
    held = ministry.officer.create(GRANTS, {"principal": {"kind": "account", "id": rosa.account}, **role})
    centre = {"country": "SB", "names": {"en": "Centre of Atolls"}, "host_institution_id": host}
    application = str(rosa.create(f"{V1['centres']}/centres", centre)["links"]["self"])
    path = held["links"]["self"]
    for leaver, successor in ((rosa, rita), (ministry.officer, ruth)):
        assert successor.look(application).status_code == 404
        fields = {"principal": {"kind": "account", "id": successor.account}, "to": day()}
        leaver.step(path, "hand_over", fields=fields)
        (path,) = (one["links"]["self"] for one in successor.get(GRANTS)["items"])
        assert successor.roles == {"institution_representative"}
        assert successor.change(application, {"unit": f"Faculty of {successor.account}"})["version"] > 1
        eventually(lambda one=successor: "grant.activated" in _events(one))
    eventually(lambda: "grant.updated" in _events(rita))
    ministry.officer.step(held["links"]["self"], "revoke", reason="No longer the rector")
    assert rosa.look(application).status_code == 404
    eventually(lambda: "grant.revoked" in _events(rosa))


def test_whoever_closes_their_account_leaves_the_office(world: World) -> None:
    ministry = Ministry(world, "PW")
    olu = ministry.official("Olu Official")
    point = ministry.enters(olu, "Olu Official")
    olu.step(f"{ACCOUNTS}/me", "close")
    eventually(lambda: ministry.officer.get(point)["status"] == "ended")


def test_nobody_names_an_account_that_is_none(world: World) -> None:
    ministry = Ministry(world, "MH")
    body = {"country": "MH", "person": {"name": "Nobody"}, "account_id": str(uuid4())}
    refused: httpx.Response = ministry.officer.send("POST", POINTS, json=body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/account_id")


def test_an_officer_finds_whoever_registered_by_their_very_address(world: World) -> None:
    ministry = Ministry(world, "FM")
    email = f"{uuid4().hex}@example.org"
    stranger = world.newcomer("Sam Stranger", email)
    (found,) = ministry.officer.get(ACCOUNTS, email=email.upper())["items"]
    assert (found["id"], found["expert_id"]) == (stranger.account, None)
    assert email not in str(ministry.officer.get(ACCOUNTS, q="stranger")["items"]), "by no part of the name"
    assert ministry.officer.look(f"{ACCOUNTS}/{stranger.account}").status_code == 404
    elsewhere = ministry.official("Ed Elsewhere")
    other = world.caller("secretariat_officer", "SB")
    assert other.get(ACCOUNTS, email=elsewhere.email)["items"] == [], "an account of another country"
    assert world.caller(ROLE, "FM").get(ACCOUNTS, email=email)["items"] == [], "no office of the secretariat"
    holder = {"kind": "account", "id": found["id"]}
    scope = {"scope_kind": "country", "scope_id": "FM"}
    ministry.officer.create(GRANTS, {"principal": holder, "role": "national_author", **scope})
    assert "national_author" in stranger.roles


def test_an_officer_takes_back_an_account_that_has_a_wrong_address(world: World) -> None:
    ministry = Ministry(world, "VU")
    wrong = ministry.official("Wrong Address")
    link = f"{ACCOUNTS}/{wrong.account}"
    assert ministry.officer.step(link, "suspend", reason="Mistyped")["suspended_by"] == "secretariat"
    assert ministry.officer.step(link, "reinstate")["status"] == "active"


def test_an_officer_makes_congresses_and_initiatives(world: World) -> None:
    officer, other = world.caller("secretariat_officer", "PG"), world.caller("secretariat_officer", "SB")
    congress = {"code": _code(), "titles": {"en": "Congress"}, "country": "PG", "mode": "hybrid", "starts": day(30)}
    made = officer.create(f"{_MEMBERS}/congresses", {**congress, "ends": day(31)})
    texts = {"titles": {"en": "Initiative"}, "texts": {"en": "We support the reefs."}}
    body = {"code": _code(), **texts, "signers": ["expert"], "congress_id": made["id"]}
    initiative = officer.create(f"{_MEMBERS}/initiatives", body)
    link = str(initiative["links"]["self"])
    assert officer.change(link, {"texts": {"en": "We support all reefs."}})["version"] == 2
    assert officer.step(link, "open")["status"] == "open"
    assert other.try_step(link, "close").status_code == 403, "made by another officer"
    assert officer.step(link, "close")["status"] == "closed"


def test_a_pending_transition_says_who_could_confirm_it(world: World) -> None:
    admin, second = world.caller("admin"), world.caller("admin2")
    invited = world.person("Ina Invited", admin)
    granted = admin.create(
        GRANTS,
        {"principal": {"kind": "account", "id": invited.account}, "role": "secretariat_admin", "scope_kind": "global"},
    )
    second.step(granted["links"]["self"], "confirm")
    expert = world.expert("PG", "Tom Terminated")["links"]["self"]
    proposed = admin.try_step(expert, "terminate", reason="Fraud")
    assert proposed.status_code == 202, proposed.text
    (item,) = admin.get(f"{expert}/transitions/pending")["items"]
    could = {one["id"] for one in item["could_confirm"]}
    assert world.account_of("admin2") in could
    assert not {world.account_of("admin"), invited.account} & could, "who proposed, and whose address the proposer set"
