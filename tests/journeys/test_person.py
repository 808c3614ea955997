"""A person registers, applies, is approved, declares, is renewed after four years, hides, and is erased."""

import asyncio
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from deploy.local.folder import Folder
from services.access.notifying.notifications.sentences import sentence
from tests.journeys.paths.path import day
from tests.journeys.paths.world import DOCUMENT, V1, World, declaration
from tests.support.collector import Collector, observed_system
from tests.support.mailbox import text_of
from tests.support.remains import columns_with, files_with, keys_with
from tests.support.running import Client, Person, eventually

COUNTRY, LANGUAGE = "XC", "fr"
_ACCESS, _MEMBERSHIP = V1["access"], V1["membership"]
_ORCID = "0000-0002-1694-233X"
_LAST = "0af7651916cd43dd8448eb211c80319e"
"""The trace of the last request: when it has arrived, all have."""


class Life:
    """What a person does, and the officer and the administrator who act for the secretariat. Every text contains
    `word`."""

    def __init__(self, world: World, stack: dict[str, Any]) -> None:
        self.world, self.stack = world, stack
        self.word = f"canary{uuid4().hex[:12]}"
        self.public = httpx.Client(base_url=stack["base_url"], timeout=60, trust_env=False)
        self.officer = world.caller("secretariat_officer", COUNTRY)
        self.admin = world.caller("admin")
        self.person: Person
        self.expert = ""

    @property
    def email(self) -> str:
        return f"{self.word}@example.org"

    def text(self, about: str) -> str:
        return f"{about} of {self.word}."

    def registers(self) -> None:
        """The account is made by the mailed link alone, which a program that opens links does not use up."""
        body = {"email": self.email, "name": self.text("Name"), "language": LANGUAGE}
        asked = self.public.post(f"{_ACCESS}/accounts/registration", json=body)
        assert (asked.status_code, asked.json()) == (202, {})
        token = self.world.token_for(self.email)
        (link,) = re.findall(r"https?://\S+#password=\S+", text_of(self.world.mails(self.email)[0]))
        assert link.endswith(token)
        assert [httpx.request(method, link, trust_env=False).status_code for method in ("GET", "HEAD")] == [200, 200]
        password = self.world.choose_password(self.email, uuid4().hex)
        again = {"token": token, "password": uuid4().hex}
        refused = self.public.post(f"{_ACCESS}/accounts/password_reset/confirm", json=again)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "token_not_valid")
        self.person = self.world.signed_in(self.email, password)
        assert self.person.get(f"{_ACCESS}/me")["grants"] == []

    def applies(self) -> None:
        body = {
            "names": [{"given": f"Given{self.word}", "family": f"Family{self.word}"}],
            "country": COUNTRY,
            "emails": [{"value": f"work.{self.email}"}],
            "keywords": [self.text("Keyword")],
            "biography": {"en": self.text("Life")},
            "orcid": _ORCID,
        }
        made = self.person.create(f"{_MEMBERSHIP}/experts", body)
        self.expert = made["links"]["self"]
        assert made["status"] == "applied"
        twice = self.person.send("POST", f"{_MEMBERSHIP}/experts", json=body)
        assert (twice.status_code, twice.json()["code"]) == (409, "record_exists")
        eventually(lambda: self.person.look(self.expert).status_code == 200)
        self.person.create(f"{self.expert}/affiliations", {"raw": self.text("University"), "role": self.text("Chair")})

    def is_asked_and_replies(self) -> None:
        eventually(lambda: self._waits_for(self.officer, "start_review"))
        note = {"text": self.text("Note"), "audience": "internal"}
        self.officer.create(f"{self.expert}/messages", note)
        self.officer.step(self.expert, "request_info", reason=self.text("Which field"))
        self.hears("expert.info_requested")
        eventually(lambda: self._waits_for(self.person, "resubmit"))
        (asked,) = self.person.get(f"{self.expert}/messages")["items"]
        assert asked["text"] == self.text("Which field")
        self.person.change(self.expert, {"fields": ["1.5"]})
        self.person.step(self.expert, "resubmit", reason=self.text("Earth sciences"))
        assert len(self.officer.get(f"{self.expert}/messages")["items"]) == 3

    def is_approved(self) -> None:
        self.officer.step(self.expert, "start_review")
        self.hears("expert.under_review")
        assert self.officer.step(self.expert, "approve")["term"] == {"starts": day(), "ends": _in_years(4)}
        self.hears("expert.activated")
        assert self.status_for_all() == 404, "nobody has published it"

    def shows(self) -> None:
        """The person agrees to be listed; everybody finds the record at once."""
        body = {"expert_id": self._id, "purpose": "listing", "notice_version": "2026", "language": LANGUAGE}
        self.consent = self.person.create(f"{_MEMBERSHIP}/consents", body)["links"]["self"]
        self.person.change(self.expert, {"visibility": "public"})
        assert self.status_for_all() == 200
        assert self._is_listed()

    def hides(self) -> None:
        self.person.step(self.consent, "withdraw")
        assert self.status_for_all() == 404
        assert not self._is_listed()
        refused = self.officer.send(
            "PATCH", self.expert, json={"visibility": "public"}, headers={"If-Match": self._etag()}
        )
        assert (refused.status_code, refused.json()["code"]) == (409, "listing_withdrawn")

    def declares(self) -> None:
        refused = self.person.try_step(self.expert, "renew")
        assert (refused.status_code, refused.json()["reason"]) == (409, "conflict_of_interest_missing")
        interest = {"kind": "funding", "party": self.text("Mine"), "text": self.text("A grant")}
        body = {**declaration(self.person, self._id), "interests": [interest]}
        made = self.person.create(f"{_MEMBERSHIP}/declarations", body)
        self.person.step(made["links"]["self"], "sign")
        self.officer.step(made["links"]["self"], "assess", fields={"outcome": "managed"}, reason=self.text("Abstains"))
        self.hears("declaration.managed")

    def is_renewed_after_four_years(self) -> None:
        self.person.step(self.expert, "confirm_profile")
        last = date.fromisoformat(_in_years(4))
        ahead = (last - date.fromisoformat(day())).days
        self.world.time_passes("membership.remind", ahead - 60)
        self.hears("expert.term_ending", "expert.profile_due", "expert.declaration_due")
        self.world.time_passes("membership.end_terms", ahead + 1)
        self.hears("expert.grace")
        assert self.status_for_all() == 200
        fields = {"starts": (last + timedelta(days=1)).isoformat(), "ends": _in_years(8)}
        renewed = self.officer.step(self.expert, "renew", fields=fields)
        assert (renewed["status"], renewed["term"]) == ("active", fields)
        self.hears("expert.renewed")

    def is_in_lists_files_and_exports(self) -> None:
        """What others do with the record."""
        assert self.officer.get(f"{_MEMBERSHIP}/experts", q=f"Family{self.word}")["items"]
        self.officer.create(
            f"{_MEMBERSHIP}/consents",
            {
                "expert_id": self._id,
                "purpose": "contact",
                "notice_version": "2026",
                "language": "en",
                "proof": {"channel": "paper", "document": {**DOCUMENT, "title": self.text("Form")}},
            },
        )
        for path in (f"{self.expert}/subject_export", f"{_MEMBERSHIP}/exports"):
            wish = {"resource": "experts", "format": "csv", "filters": {}} if path.endswith("/exports") else {}
            self.admin.finished(self.admin.start(path, wish))

    def is_erased(self) -> None:
        counts = self.counts()
        made = self.person.create(f"{self.expert}/erasure", {"reason": self.text("Enough")})
        assert (made["status"], self.status_for_all()) == ("requested", 404)
        erasure = made["links"]["self"]
        self.world.time_passes("membership.run_erasures", 13)
        assert self.admin.get(erasure)["status"] == "requested"
        self.world.time_passes("membership.run_erasures", 15)
        done = eventually(lambda: (found := self.admin.get(erasure))["status"] == "done" and found)
        assert done["reports"].keys() == {"access", "actions", "centres", "membership"}
        assert self.public.get(self.expert).json()["code"] == "erased"
        assert self.status_for_all() == 410
        assert self.counts() == counts
        assert not self._is_listed()
        refused = self.public.post(f"{_ACCESS}/oauth/token", data=self.person.login)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")

    def hears(self, *events: str) -> None:
        """Waits for the notification and the mail of each event, and reads them."""
        for event in events:
            found = eventually(lambda: self._notification(event))  # noqa: B023 - used at once
            assert found["link"] == self.expert or event.startswith("declaration.")
            read = self.person.send("POST", f"{_ACCESS}/notifications/{found['id']}/read")
            assert read.json()["read_at"] is not None
            eventually(lambda: self._mail(sentence(event, LANGUAGE)))  # noqa: B023 - used at once

    def counts(self) -> list[Any]:
        """What everybody reads about the number of experts."""
        paths = [f"{_MEMBERSHIP}/statistics?by={by}" for by in ("country", "status", "category")]
        country = self.public.get(f"{V1['actions']}/countries/{COUNTRY}").json()["counts"]
        return [country, *(self.public.get(path).json()["items"] for path in paths)]

    def status_for_all(self) -> int:
        return self.public.get(self.expert).status_code

    @property
    def _id(self) -> str:
        return self.expert.rpartition("/")[2]

    def _etag(self) -> str:
        return str(self.officer.look(self.expert).headers["etag"])

    def _is_listed(self) -> bool:
        found = self.public.get(f"{_MEMBERSHIP}/experts", params={"country": COUNTRY, "limit": 200}).json()["items"]
        return self._id in {one["id"] for one in found}

    def _waits_for(self, who: Client, verb: str) -> bool:
        items = who.get(f"{_ACCESS}/work_list")["items"]
        return (self.expert, verb) in {(item["link"], item["verb"]) for item in items}

    def _notification(self, event: str) -> Any:
        found = self.person.get(f"{_ACCESS}/notifications", unread="true")["items"]
        return next((one for one in found if one["event"] == event), None)

    def _mail(self, text: str) -> bool:
        return any(text in text_of(mail) for mail in self.world.mails(self.email))


def _in_years(years: int) -> str:
    """The last day of a term of so many years from today."""
    today = date.fromisoformat(day())
    return (today.replace(year=today.year + years) - timedelta(days=1)).isoformat()


async def _remains(who: Life, folder: Folder, collector: Collector) -> list[str]:
    """What still contains a word of the person: columns of the database, keys of Valkey, files, metrics, traces."""
    found: list[str] = []
    async with httpx.AsyncClient(trust_env=False) as http:
        numbers = {name: (await http.get(url)).text for name, url in who.stack["metrics"].items()}
    connection = await asyncpg.connect(who.stack["database_url"], server_settings={"search_path": "escm"})
    for word in (who.word, _ORCID):
        found += await columns_with(connection, word)
        found += map(repr, await keys_with(who.stack["redis_url"], word))
        found += {str(path) for root in (folder.root, folder.data) for path in files_with(root, word)}
        found += [name for name, text in numbers.items() if word in text]
        found += ["traces" for body in collector.bodies if word.encode() in body]
    await connection.close()
    return found


@pytest.fixture
def observed() -> Iterator[tuple[Life, Folder, Collector]]:
    with observed_system() as (collector, stack, root):
        world = World({**stack, "folder": str(root)})
        life = Life(world, stack)
        yield life, Folder.open(root), collector
        life.public.close()
        world.close()


def test_a_person_joins_is_renewed_and_leaves_no_trace(observed: tuple[Life, Folder, Collector]) -> None:
    who, folder, collector = observed
    who.registers()
    who.applies()
    who.is_asked_and_replies()
    who.is_approved()
    who.shows()
    who.hides()
    who.shows()
    who.declares()
    who.is_renewed_after_four_years()
    who.is_in_lists_files_and_exports()
    who.is_erased()
    assert {path.stem for path in folder.log.glob("*.log")} >= who.stack["processes"].keys()
    who.public.get(who.expert, headers={"traceparent": f"00-{_LAST}-b7ad6b7169203331-01"})
    eventually(lambda: _LAST in {span.trace for span in collector.spans})
    assert asyncio.run(_remains(who, folder, collector)) == []
