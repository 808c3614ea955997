"""A list of 200 people is imported, 50 are invited, 30 take their records over; two of them have two records each."""

import csv
import random
import re
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import httpx

from tests.journeys.paths.world import V1, World
from tests.support.mailbox import text_of
from tests.support.running import Client, Person, eventually

COUNTRY = "XC"
EXPERTS = f"{V1['membership']}/experts"
DUPLICATES = f"{V1['membership']}/duplicates"
PEOPLE, INVITED, CLAIMED = 200, 50, 30


class Row(NamedTuple):
    """A line of the list."""

    full_name: str
    country: str
    email: str
    institution: str


def _rows() -> list[Row]:
    """People with unlike names; the first and the second are one person, and so are the third and the fourth."""
    dice, mark = random.Random(200), uuid4().hex[:8]

    def word() -> str:
        return "".join(dice.choice("bdfgklmnprstvz") + dice.choice("aeiou") for _ in range(4)).title()

    names = [f"{word()} {word()}" for _ in range(PEOPLE)]
    for one in (0, 2):
        given, _, family = names[one].partition(" ")
        names[one + 1] = f"{family.upper()}, {given}"
    return [
        Row(name, COUNTRY, f"person{place}.{mark}@example.org", f"Institute of {name.split()[0].strip(',')}")
        for place, name in enumerate(names)
    ]


class Office:
    """The officer of the country, with the imported list: each record by the address of its line."""

    def __init__(self, world: World, rows: list[Row]) -> None:
        self.world, self.rows = world, rows
        self.officer: Client = world.caller("secretariat_officer", COUNTRY)
        self.paths: dict[str, str] = {}

    def imports(self, folder: Path) -> None:
        file = folder / "people.csv"
        with file.open("w", newline="", encoding="utf-8") as lines:
            writer = csv.writer(lines)
            writer.writerows([Row._fields, *self.rows])
        job = self.officer.upload(f"{V1['membership']}/imports", file, resource="experts", source="A congress")
        assert job["result"]["counts"] == {"created": PEOPLE, "updated": 0, "unchanged": 0, "failed": 0}
        found = {one["emails"][0]["value"]: one["id"] for one in self.listed()}
        self.paths = {row.email: f"{EXPERTS}/{found[row.email]}" for row in self.rows}

    def listed(self) -> list[dict[str, Any]]:
        """The records of the country with an address of the list."""
        addresses = {row.email for row in self.rows}
        found, path = [], f"{EXPERTS}?country={COUNTRY}&limit=200"
        while path:
            page = self.officer.get(path)
            found += [one for one in page["items"] if addresses & {email["value"] for email in one["emails"]}]
            path = page["next"]
        return found

    def invites(self) -> None:
        chosen = [self.officer.get(self.paths[row.email]) for row in self.rows[:INVITED]]
        items = [{"id": one["id"], "version": one["version"]} for one in chosen]
        job = self.officer.start(f"{EXPERTS}/bulk_transitions", {"action": "invite", "items": items})
        outcomes = self.officer.finished(job)["result"]["items"]
        assert [one["problem"] for one in outcomes] == [None] * INVITED

    def pairs(self, *rows: Row) -> list[dict[str, Any]]:
        """The open pairs of records of these lines."""
        ids = {self.paths[row.email].rpartition("/")[2] for row in rows}
        path = f"{DUPLICATES}?resource=experts&status=open&country={COUNTRY}&limit=200"
        return [pair for pair in self.officer.get(path)["items"] if {pair["a"], pair["b"]} <= ids]

    def merges(self, winner: Row, loser: Row) -> None:
        keys = [self.paths[row.email].rpartition("/")[2] for row in (winner, loser)]
        body = {"resource": "experts", "winner_id": keys[0], "loser_id": keys[1]}
        self.officer.create(f"{V1['membership']}/merges", body)

    def record(self, row: Row) -> dict[str, Any]:
        """The record without its affiliations, which a job may still match."""
        found = self.officer.get(self.paths[row.email])
        return {name: value for name, value in found.items() if name != "affiliations"}

    def total(self) -> int:
        path = f"{V1['membership']}/statistics"
        return int(self.officer.get(path, by="country", country=COUNTRY)["total"])


def _claim(person: Person, token: str) -> httpx.Response:
    return person.send("POST", f"{EXPERTS}/claim", json={"token": token})


def _is_refused(response: httpx.Response) -> bool:
    return (response.status_code, response.json()["errors"][0]["code"]) == (422, "token_not_valid")


def _owns(person: Person, path: str) -> bool:
    """Whether the person has the role over the record, and its account is the person's."""
    response = person.look(path)
    return response.status_code == 200 and response.json()["account_id"] == person.account


def _misuse(world: World, office: Office, row: Row, token: str) -> None:
    """A program that opens the links of mails changes nothing, nor does the token of a claim anywhere else."""
    before = office.record(row)
    (link,) = re.findall(r"https?://\S+#claim=\S+", text_of(world.mails(row.email)[0]))
    assert [httpx.request(method, link, trust_env=False).status_code for method in ("GET", "HEAD")] == [200, 200]
    accounts = link.replace("/account#", "/access/v1/accounts#").partition("#")[0]
    for path in ("verification/confirm", "password_reset/confirm"):
        body = {"token": token} | ({"password": uuid4().hex} if path.startswith("password") else {})
        assert _is_refused(httpx.post(f"{accounts}/{path}", json=body, trust_env=False))
    assert office.record(row) == before


def test_imported_people_take_their_records_over(world: World, tmp_path: Path) -> None:
    office = Office(world, _rows())
    before = office.total()
    office.imports(tmp_path)
    office.invites()
    tokens = {row.email: world.token_for(row.email, purpose="claim") for row in office.rows[:INVITED]}
    assert all(world.mails(row.email) == [] for row in office.rows[INVITED:])

    taking = office.rows[:CLAIMED]
    first, second, third, fourth, fifth, sixth, *_ = taking
    _misuse(world, office, first, tokens[first.email])
    people = {row.email: world.newcomer(row.full_name, row.email) for row in taking if row is not fourth}
    for row in taking:
        if row is not fourth:
            response = _claim(people[row.email], tokens[row.email])
            assert (response.status_code, response.json()["account_id"]) == (200, people[row.email].account)
    eventually(
        lambda: all(_owns(people[row.email], office.paths[row.email]) for row in taking if row is not fourth), 60
    )
    refused = _claim(people[third.email], tokens[fourth.email])
    assert (refused.status_code, refused.json()["code"]) == (409, "record_exists")
    assert _is_refused(_claim(people[sixth.email], tokens[fifth.email])), "the link was used by another account"
    assert _claim(people[fifth.email], tokens[fifth.email]).status_code == 200, "its own account may repeat it"

    world.secretariat.finished(world.secretariat.start(f"{DUPLICATES}/searches", {"resource": "experts"}))
    assert len(office.pairs(*office.rows)) == 2
    for winner, loser in ((first, second), (third, fourth)):
        assert len(office.pairs(winner, loser)) == 1
        office.merges(winner, loser)
    assert office.pairs(*office.rows) == []
    assert office.total() == before + PEOPLE - 2
    assert len(office.listed()) == PEOPLE - 2

    left = people[second.email]
    assert _is_refused(_claim(left, tokens[second.email]))
    assert _is_refused(_claim(left, tokens[fourth.email])), "the merged record has an owner"
    eventually(lambda: left.look(office.paths[first.email]).status_code == 404)
    body = {"names": [{"full": second.full_name}], "country": COUNTRY, "emails": [{"value": second.email}]}
    refused = left.send("POST", EXPERTS, json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "record_exists")
    assert office.total() == before + PEOPLE - 2
    assert office.pairs(*office.rows) == []
    for winner, loser in ((first, second), (third, fourth)):
        moved = office.officer.look(office.paths[loser.email])
        assert (moved.status_code, moved.headers["location"]) == (308, office.paths[winner.email])
        emails = people[winner.email].get(office.paths[winner.email])["emails"]
        assert [one["value"] for one in emails] == [winner.email, loser.email]
