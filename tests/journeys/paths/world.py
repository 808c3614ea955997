"""The callers of the paths, and what they need in addition to the path's record: all created over the API."""

import os
import subprocess
import sys
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from deploy.local.folder import Folder
from shared.kernel.clock import today
from tests.support.mailbox import text_of, token_in
from tests.support.running import Client, Person, eventually

Record = dict[str, Any]
DOCUMENT = {"title": "Minutes", "date": "2026-10-01", "url": "https://example.org/minutes.pdf"}
V1 = {name: f"/{name}/v1" for name in ("access", "membership", "centres", "actions")}
_ROLES_OF_TWO = ("national_publisher", "secretariat_admin")


def declaration(by: Client, expert_id: str) -> Record:
    """A declaration for this year, without interests, under the latest notice."""
    asked = {"purpose": "conflict_of_interest", "sort": "-created_at"}
    notice, *_ = by.get(f"{V1['membership']}/notices", **asked)["items"]
    return {"expert_id": expert_id, "year": today().year, "notice_version": notice["notice_version"], "interests": []}


class World:
    """A running system and those who use it."""

    def __init__(self, running: dict[str, Any]) -> None:
        self._running = running
        self._demo = running["demo"]
        self._folder = Folder.open(Path(running["folder"]))
        self._callers: dict[tuple[str, str], Client] = {}
        self._further: list[Client] = []
        self._later: subprocess.Popen[str] | None = None
        self.everybody = httpx.Client(base_url=running["base_url"], timeout=60, trust_env=False)
        """Whoever has no token."""
        self._titled: dict[str, frozenset[str]] = {}

    def close(self) -> None:
        self.everybody.close()
        if self._later is not None:
            self._later.communicate()
        for caller in self._callers.values():
            caller.close()
        for caller in self._further:
            caller.close()

    def titled(self, vocabulary: str) -> frozenset[str]:
        """The codes of a vocabulary, as everybody reads it once."""
        if vocabulary not in self._titled:
            terms = self.everybody.get(f"{V1['access']}/vocabularies/{vocabulary}").json()["items"]
            self._titled[vocabulary] = frozenset(term["code"] for term in terms)
        return self._titled[vocabulary]

    @property
    def secretariat(self) -> Client:
        return self.caller("secretariat")

    def caller(self, who: str, country: str = "") -> Client:
        """A client or account of the demonstration, else an account with the role in the country."""
        is_of_demo = who in self._demo["clients"] or who in self._demo["accounts"]
        key = (who, "" if is_of_demo else country)
        if key not in self._callers:
            self._callers[key] = self._known(who) if is_of_demo else self.official(country, who)
        return self._callers[key]

    def account_of(self, who: str) -> str:
        """The id of an account of the demonstration."""
        return str(self._demo["accounts"][who]["account_id"])

    def machine(self, country: str, *roles: str) -> Client:
        """A new client with these roles in a country, or everywhere."""
        scope = {"scope_kind": "country", "scope_id": country} if country else {"scope_kind": "global"}
        may = {"resources": [f"{name}.*" for name in V1], "verbs": ["read", "write"]}
        made = self.secretariat.create(f"{V1['access']}/clients", {"name": "Some machine", **scope, **may})
        for role in roles:
            self.grant(made["id"], role, country, kind="client")
        self._further.append(Client(self._running["base_url"], {"id": made["client_id"], "secret": made["secret"]}))
        return self._further[-1]

    def person(self, name: str = "Somebody", by: Client | None = None, **more: str) -> Person:
        """A person with a new account and no role, who chose a password with the mailed invitation."""
        email, password = f"{uuid4().hex}@example.org", f"{uuid4().hex} of {name}"
        body = {"email": email, "name": name, **more}
        account = (by or self.secretariat).create(f"{V1['access']}/accounts", body)
        self.choose_password(email, password)
        credentials = {"username": email, "password": password, "account_id": account["id"]}
        person = Person(self._running["base_url"], credentials)
        self._further.append(person)
        return person

    def newcomer(self, name: str, email: str, language: str = "en") -> Person:
        """A person who registered and chose a password with the mailed link."""
        base, password = self._running["base_url"], uuid4().hex
        body = {"email": email, "name": name, "language": language}
        asked = httpx.post(f"{base}/access/v1/accounts/registration", json=body, trust_env=False)
        assert (asked.status_code, asked.json()) == (202, {}), asked.text
        return self.signed_in(email, self.choose_password(email, password))

    def signed_in(self, email: str, password: str) -> Person:
        """The person with this password."""
        person = Person(self._running["base_url"], {"username": email, "password": password, "account_id": ""})
        person.account = person.get(f"{V1['access']}/accounts/me")["id"]
        self._further.append(person)
        return person

    def official(self, country: str, *roles: str) -> Person:
        """A person with these roles in a country, or everywhere."""
        person = self.person(" and ".join(roles))
        for role in roles:
            self.grant(person.account, role, country)
        return person

    def recover(self, person: Person) -> None:
        """A person who has lost their password chooses another."""
        asked = {"email": person.email}
        path = f"{self._running['base_url']}/access/v1/accounts/password_reset"
        assert httpx.post(path, json=asked, trust_env=False).status_code == 202
        person.has_password(self.choose_password(person.email, uuid4().hex, mails=2))

    def choose_password(self, email: str, password: str, mails: int = 1) -> str:
        """Uses the token of the newest mail to an address, once it has so many. Returns the password."""
        body = {"token": self.token_for(email, mails, "password"), "password": password}
        response = httpx.post(
            f"{self._running['base_url']}/access/v1/accounts/password_reset/confirm", json=body, trust_env=False
        )
        assert response.status_code == 204, response.text
        return password

    def token_for(self, email: str, mails: int = 1, purpose: str = "") -> str:
        """The token in the newest mail to an address for a purpose, or for any, once it has so many."""
        found = eventually(lambda: len(got := self._letters(email, purpose)) >= mails and got)
        return token_in(found[-1])

    def grant(self, holder: str, role: str, country: str, kind: str = "account") -> Record:
        """A role in a country, or in all of them, for an account or a client."""
        scope = {"scope_kind": "country", "scope_id": country} if country else {"scope_kind": "global"}
        body = {"principal": {"kind": kind, "id": holder}, "role": role, **scope}
        made = self.secretariat.create(f"{V1['access']}/grants", body)
        if role not in _ROLES_OF_TWO:
            return made
        named = {"second_person": self.account_of("admin2")}
        return self.secretariat.step(made["links"]["self"], "confirm", fields=named)

    def framework(self, **more: Any) -> tuple[str, str]:
        """The code and the address of a new framework."""
        pillars = [{"key": f"action-{n}", "titles": {"en": f"Action {n}"}, "order": n} for n in (1, 2, 3)]
        body = {"core": {"titles": {"en": "Core"}}, "pillars": pillars, "valid_from": "2026-01-01", **more}
        code = f"P-{uuid4().hex[:12]}/2026"
        made = self.secretariat.create(f"{V1['actions']}/frameworks", {"code": code, **body})
        return code, str(made["links"]["self"])

    def institution(self, country: str, name: str, *, verified: bool = True) -> Record:
        body = {"names": [{"value": name, "language": "en", "types": ["ror_display"]}], "country": country}
        made = self.secretariat.create(f"{V1['membership']}/institutions", {**body, "visibility": "public"})
        return self.secretariat.step(made["links"]["self"], "verify") if verified else made

    def expert(self, country: str, name: str) -> Record:
        """An active expert."""
        address = f"{uuid4().hex}@example.org"
        body = {"names": [{"full": name}], "country": country, "emails": [{"value": address}], "visibility": "public"}
        made = self.secretariat.create(f"{V1['membership']}/experts", {**body, "invite": True})
        for action in ("apply", "start_review", "approve"):
            made = self.secretariat.step(made["links"]["self"], action)
        return made

    def time_passes(self, schedule: str, days: int) -> None:
        """One run of a worker's schedule, `<service>.<name>`, with its clock so many days ahead."""
        if self._later is None:
            self._later = self._start_later()
        line, asked, replies = f"{schedule} {days}\n", self._later.stdin, self._later.stdout
        assert asked is not None
        assert replies is not None
        asked.write(line)
        asked.flush()
        assert replies.readline() == line

    def _start_later(self) -> "subprocess.Popen[str]":
        given = {
            "DATABASE_URL": self._running["database_url"],
            "ESCM_SECRET_KEY": self._folder.secret("escm_secret_key"),
            "ESCM_ROLE_PASSWORD": self._running["role_password"],
        }
        command = [sys.executable, "-m", "tests.journeys.paths.later"]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env={**os.environ, **given}, stdin=pipe, stdout=pipe, text=True)

    def _known(self, who: str) -> Client:
        if who in self._demo["clients"]:
            return Client(self._running["base_url"], self._demo["clients"][who])
        return Person(self._running["base_url"], self._demo["accounts"][who])

    def mails(self, email: str) -> list[EmailMessage]:
        """The mails to an address, the oldest first."""
        folder = Path(self._running["folder"]) / "mail"
        files = sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        contents = [content for file in files if email.encode() in (content := file.read_bytes())]
        mails = [message_from_bytes(content, policy=policy.default) for content in contents]
        return [mail for mail in mails if isinstance(mail, EmailMessage) and mail["To"] == email]

    def _letters(self, email: str, purpose: str) -> list[EmailMessage]:
        """The mails with a token to an address for a purpose, or for any, the oldest first."""
        return [mail for mail in self.mails(email) if f"#{purpose}" in text_of(mail)]
