"""An initiative over the API: the public signs it, the secretariat looks after it, everybody counts."""

import csv
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from tests.journeys.paths.path import day
from tests.journeys.paths.world import V1, World
from tests.journeys.signing.people import (
    COUNTRIES,
    FIRST,
    FOR_AN_ORGANISATION,
    IN_THE_HALL,
    ONCE,
    Person,
    Population,
    Signature,
)
from tests.membership.initiatives.supports.conftest import tokens_in
from tests.support.running import eventually

_V1 = V1["membership"]
_SUPPORTS, _EXPERTS = f"{_V1}/supports", f"{_V1}/experts"
_HALL = "198.51.100.7"
_CODE = "SOILS-2026"
_Record = dict[str, Any]
_EARLIER = (
    "UPDATE core_count_delta SET day = day - 10 WHERE kind = 'support'",
    "UPDATE core_count_day SET day = day - 10 WHERE kind LIKE 'support%'",
    "UPDATE member_support SET accepted_at = accepted_at - interval '10 days'",
    "DELETE FROM member_initiative_day",
)
"""In this order, as another process moves rows from the first table to the second."""


class Campaign:
    """An initiative that is opened at a congress, and the people who sign it."""

    def __init__(self, running: dict[str, Any], world: World, people: Population) -> None:
        self.world, self.people = world, people
        self.office = world.secretariat
        self.public = httpx.Client(base_url=running["base_url"], timeout=60, trust_env=False)
        self._mail = Path(running["folder"]) / "mail"
        self._database: str = running["database_url"]
        self._read: dict[str, tuple[str, dict[str, str]]] = {}
        self._initiative = ""

    def opens(self, folder: Path) -> None:
        """At a congress that began three days ago; the register has its organisations."""
        registered = [[one.name, one.country] for one in self.people.organisations if one.is_registered]
        counts = self._imports(folder / "places.csv", ["name", "country"], registered, "institutions")
        assert counts["created"] == len(registered)
        begun = {"starts": day(-3), "mode": "onsite", "country": COUNTRIES[0]}
        congress = self.office.create(f"{_V1}/congresses", {"code": "FORUM-2026", "titles": {"en": "Forum"}, **begun})
        assert self.office.step(congress["links"]["self"], "hold")["status"] == "held"
        texts = {"titles": {"en": "Soils for all"}, "texts": {"en": "We keep the soils."}}
        body = {"code": _CODE, **texts, "congress_id": congress["id"], "opens": f"{day(-3)}T00:00:00Z"}
        made = self.office.create(f"{_V1}/initiatives", body)
        self._initiative = made["links"]["self"]
        assert self.office.step(self._initiative, "open")["status"] == "open"

    def is_signed_on_paper(self, folder: Path, way: str, signatures: list[Signature]) -> None:
        """The office imports a list, of 25 signatures a sheet, as proof; again, it changes nothing."""
        signed = day(-3) if way == FIRST else day(-2)
        rows = [
            [_CODE, one.name, one.person.country, one.organisation, signed, one.person.agrees, f"{way} {place // 25}"]
            for place, one in enumerate(signatures)
        ]
        headings = ["initiative", "full_name", "country", "organisation", "signed_at", "consent_to_list", "sheet"]
        counts = [self._imports(folder / f"{way}.csv", headings, rows, "supports") for _ in range(2)]
        assert [one["created"] + one["unchanged"] for one in counts] == [len(rows)] * 2
        assert counts[1]["unchanged"] == len(rows)

    def is_signed_by_form(self, signatures: list[Signature]) -> Counter[str]:
        """Everybody signs and confirms with the mailed token. Returns the states of the responses."""
        for one in signatures:
            who = one.person
            body = {
                "name": one.name,
                "email": who.email,
                "country": who.country,
                "capacity": "organisation" if who.number in FOR_AN_ORGANISATION else "personal",
                "organisation": {"raw": one.organisation} if one.organisation else None,
                "language": "en",
                "consent_to_list": who.agrees,
            }
            response = self._post(f"{self._initiative}/sign", body, _HALL if who.number in IN_THE_HALL else _home(who))
            assert (response.status_code, response.json()) == (202, {}), response.text
        tokens = eventually(lambda: len(got := self._tokens()) == len(signatures) and got)
        states: Counter[str] = Counter()
        people = {one.person.email: one.person for one in signatures}
        for address, token in tokens:
            response = self._post(f"{_SUPPORTS}/verification", {"token": token["support"]}, _home(people[address]))
            assert response.status_code == 200, response.text
            states[response.json()["status"]] += 1
        return states

    def decides_held(self) -> Counter[str]:
        """The office rejects who has signed on paper, and accepts the others. Returns the reasons of the holds."""
        people, reasons = {one.email: one for one in self.people.people}, Counter[str]()
        for one in self.supports("pending"):
            assert one["email_verified"], one
            reasons[one["hold"]] += 1
            if people[one["signer"]["email"]].number in ONCE[FIRST]:
                self.office.step(one["links"]["self"], "reject", reason="Signed on paper before")
            else:
                self.office.step(one["links"]["self"], "verify")
        return reasons

    def matches_organisations(self) -> None:
        """The job matches what is sure, the office decides the rest."""
        self.world.time_passes("membership.match_imported", 0)
        known = {one["display_name"]: one["id"] for one in self._all(f"{_V1}/institutions?country={_all_countries()}")}
        for one in eventually(self._matched):
            meant = self.people.meant[one["raw"]]
            if one["match"]["status"] == "linked":
                assert one["institution_id"] == known[meant.name]
            elif meant.is_registered:
                fields = {"institution_id": known[meant.name]}
                self.office.step(one["links"]["self"], "accept", fields=fields)
            elif one["match"]["status"] == "open":
                self.office.step(one["links"]["self"], "reject", reason="It is not registered")

    def merges_repeats(self) -> int:
        """The office merges those who are one, and dismisses pairs of others. Returns the number of merges."""
        search = {"resource": "experts", "whole": True}
        self.office.finished(self.office.start(f"{_V1}/duplicates/searches", search))
        people, merged = self.experts(), 0
        path = f"{_V1}/duplicates?resource=experts&status=open&country={_all_countries()}"
        for pair in [*self._all(path)]:
            one, other = (people.get(pair[side]) for side in ("a", "b"))
            if one is not None and one == other:
                self.merges(pair["a"], pair["b"])
                merged += 1
            elif one and other:
                self.office.step(pair["links"]["self"], "dismiss", reason="Two people")
        return merged

    def merges(self, winner: str, loser: str) -> None:
        self.office.create(f"{_V1}/merges", {"resource": "experts", "winner_id": winner, "loser_id": loser})

    def is_withdrawn(self, person: Person) -> None:
        """The person uses the token of their mail."""
        ((_, token),) = [one for one in self._tokens() if one[0] == person.email]
        response = self._post(f"{_SUPPORTS}/withdrawal", {"token": token["withdrawal"]}, _home(person))
        assert (response.status_code, response.json()["status"]) == (200, "withdrawn"), response.text

    def erases(self, expert: str) -> None:
        """By the office, whose request waits for two weeks."""
        wish = {"reason": "Asked by letter", "second_person": self.world.account_of("admin2")}
        path = self.office.create(f"{_EXPERTS}/{expert}/erasure", wish)["links"]["self"]
        self.world.time_passes("membership.run_erasures", 15)
        eventually(lambda: self.office.get(path)["status"] == "done")

    def experts(self) -> dict[str, Person]:
        """The people by the ids of their records."""
        works = {one["expert"]["id"]: one["raw"] for one in self._affiliations()}
        records = self._all(f"{_EXPERTS}?category=supporter&country={_all_countries()}")
        found = {one["id"]: self.people.named(one["display_name"], works.get(one["id"])) for one in records}
        return {key: one for key, one in found.items() if one}

    def supports(self, status: str = "accepted") -> list[_Record]:
        return [*self._all(f"{_SUPPORTS}?initiative_id={self._initiative.rpartition('/')[2]}&status={status}")]

    def certified(self) -> list[_Record]:
        """The accepted supports, once each has a certificate."""

        def found() -> list[_Record]:
            supports = self.supports()
            return supports if all(one["certificate_id"] for one in supports) else []

        return eventually(found)

    def credential(self, support: _Record) -> str:
        return self.office.text(f"{_V1}/certificates/{support['certificate_id']}/credential")

    def numbers(self, as_of: str | None = None) -> dict[str, int]:
        """The counter, for everybody."""
        found = self._get(f"{self._initiative}/count", as_of=as_of)
        return {name: found[name] for name in ("supporters", "organisations", "organisations_unmatched", "countries")}

    def by_country(self, as_of: str | None = None) -> dict[str, int]:
        """The statistics, for everybody."""
        initiative = self._initiative.rpartition("/")[2]
        found = self._get(f"{_V1}/statistics", of="supports", by="country", initiative=initiative, as_of=as_of)
        return {one["country"]: one["count"] for one in found["items"]}

    def listed(self) -> tuple[Counter[str], int]:
        """The names in the public list, and the number of those who are not in it."""
        names, path, page = Counter[str](), f"{self._initiative}/supporters?limit=200", _Record()
        while path:
            page = self._get(path)
            names.update(one["name"].title() for one in page["items"])
            path = page["next"]
        return names, page["unlisted"]

    async def days_pass(self) -> None:
        """What was signed until now is ten days old. The database dates counts by its own clock, which no test sets."""
        connection = await asyncpg.connect(self._database, server_settings={"search_path": "escm"})
        try:
            async with connection.transaction():
                for statement in _EARLIER:
                    await connection.execute(statement)
        finally:
            await connection.close()

    def _matched(self) -> list[_Record]:
        """The affiliations with a text of the people; none while one waits."""
        found = self._affiliations()
        return [] if any(one["match"]["status"] == "waiting" for one in found) else found

    def _affiliations(self) -> list[_Record]:
        some = self._all(f"{_V1}/affiliations?country={_all_countries()}")
        return [one for one in some if one["raw"] in self.people.meant]

    def _imports(self, file: Path, headings: list[str], rows: list[list[Any]], resource: str) -> dict[str, int]:
        with file.open("w", newline="", encoding="utf-8") as lines:
            csv.writer(lines).writerows([headings, *rows])
        job = self.office.upload(f"{_V1}/imports", file, resource=resource, registry="true")
        counts: dict[str, int] = job["result"]["counts"]
        assert counts["failed"] == 0, job
        return counts

    def _all(self, path: str | None) -> Iterator[_Record]:
        """The records of a list, page by page, as the office reads them."""
        path = f"{path}&limit=200"
        while path:
            page = self.office.get(path)
            yield from page["items"]
            path = page["next"]

    def _get(self, path: str, **asked: str | None) -> _Record:
        response = self.public.get(path, params={name: one for name, one in asked.items() if one} or None)
        assert response.status_code == 200, response.text
        return dict(response.json())

    def _post(self, path: str, body: _Record, network: str) -> httpx.Response:
        return self.public.post(path, json=body, headers={"X-Forwarded-For": network})

    def _tokens(self) -> list[tuple[str, dict[str, str]]]:
        """The address and the tokens of each mail that asks for a confirmation."""
        for file in self._mail.glob("*.eml"):
            if file.name not in self._read:
                mail = message_from_bytes(file.read_bytes(), policy=policy.default)
                self._read[file.name] = mail["To"], tokens_in(mail)
        return [one for one in self._read.values() if "support" in one[1]]


def _home(person: Person) -> str:
    """The network address of a signer."""
    high, low = divmod(person.number, 250)
    return f"198.18.{high}.{low + 1}"


def _all_countries() -> str:
    return ",".join(COUNTRIES)
