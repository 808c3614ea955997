"""Two editions of the Global Report for the demonstration, made over the API of the running system as roles make them:
one that is published with its files, and one in writing, with comments in an open round."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from deploy.demo_report_texts import IN_WRITING, PUBLISHED, ROLES, Chapter, Volume
from services.actions.access import ROLES as PERMISSIONS
from services.actions.global_report.contributions import operations as contributions
from services.actions.global_report.contributions.domain import CONFIRM
from services.actions.settings import ActionsSettings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.ids import uuid7
from shared.database.pool import Database
from shared.database.unit_of_work import Origin, unit_of_work
from shared.kernel.clock import to_text, today
from shared.kernel.principal import Grant, Principal, PrincipalKind
from shared.records.access_scope import access_scope_for
from shared.records.resource_type import TransitionRequest

_V1 = "/actions/v1"
_MEASURED = "XJ"
_PATIENCE = 300
"""Seconds for a job of the worker."""


class ReportFailed(Exception):
    """The system refused a step, or did not end a job."""


class _Caller:
    """A client of the demonstration. It repeats what the system asks to repeat."""

    def __init__(self, http: httpx.Client, credentials: Mapping[str, str]) -> None:
        self._http, self._credentials, self._token = http, credentials, ""

    def get(self, path: str, **query: str) -> dict[str, Any]:
        return dict(self._sent("GET", path, params=query).json())

    def create(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return dict(self._sent("POST", path, json=body).json())

    def file(self, path: str, name: str, content: bytes, **fields: str) -> None:
        self._sent("POST", path, files={"file": (name, content)}, data=fields)

    def step(self, path: str, action: str, **body: Any) -> dict[str, Any]:
        """The record after a transition."""
        tag = self._sent("GET", path).headers["etag"]
        asked = {"action": action, **body}
        return dict(self._sent("POST", f"{path}/transitions", json=asked, headers={"If-Match": tag}).json())

    def finished(self, path: str, body: Mapping[str, Any]) -> None:
        """Orders a job and waits until it has succeeded."""
        job, until = f"{_V1}/jobs/{self.create(path, body)['id']}", time.monotonic() + _PATIENCE
        while (found := self.get(job))["status"] in ("queued", "running"):
            if time.monotonic() > until:
                raise ReportFailed(f"{path}: no worker ends the job")
            time.sleep(0.5)
        if found["status"] != "succeeded":
            raise ReportFailed(f"{path}: {found['problem']}")

    def _sent(self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> httpx.Response:
        given = {"Idempotency-Key": str(uuid4()), **(headers or {})}
        until = time.monotonic() + _PATIENCE
        while True:
            self._token = self._token or self._signed_in()
            bearer = {"Authorization": f"Bearer {self._token}"}
            response = self._http.request(method, path, headers={**given, **bearer}, **more)
            if response.status_code == 401 and time.monotonic() < until:
                self._token = ""
            elif response.status_code in (429, 503) and time.monotonic() < until:
                time.sleep(int(response.headers.get("retry-after", "1")))
            elif response.is_success:
                return response
            else:
                raise ReportFailed(f"{method} {path}: {response.text}")

    def _signed_in(self) -> str:
        auth = (self._credentials["id"], self._credentials["secret"])
        form = {"grant_type": "client_credentials"}
        return str(
            self._http.post("/access/v1/oauth/token", data=form, auth=auth).raise_for_status().json()["access_token"]
        )


async def load(database_url: str, address: str, clients: Mapping[str, Mapping[str, str]]) -> list[UUID]:
    """Makes both editions, or what is missing of them, and returns their ids. Raises ReportFailed.

    Authors confirm in the database, by the operation that the API calls: experts of the demonstration have no accounts.
    """
    settings = ActionsSettings(database_url=database_url)
    database = await Database.open(settings.database_dsn(), size=1, application="escm-demo")
    try:
        with _callers(address, clients) as callers:
            _filed(callers["secretariat"])
            return [await _Making(volume, callers, database).make() for volume in (IN_WRITING, PUBLISHED)]
    except httpx.HTTPError as error:
        raise ReportFailed(f"The API at {address} does not respond: {error}") from error
    finally:
        await database.close()


@contextmanager
def _callers(address: str, clients: Mapping[str, Mapping[str, str]]) -> Iterator[dict[str, _Caller]]:
    with httpx.Client(base_url=address, timeout=60, trust_env=False) as http:
        yield {name: _Caller(http, credentials) for name, credentials in clients.items()}


def _filed(secretariat: _Caller) -> None:
    """A file of evidence of the country with results, unless it has one."""
    if not secretariat.get(f"{_V1}/evidence", country=_MEASURED, limit="1")["items"]:
        fields = {"country": _MEASURED, "title": "Survey of forty wells"}
        secretariat.file(f"{_V1}/evidence", "wells.txt", b"Forty wells were measured each month.\n", **fields)


class _Making:
    """An edition that is being made. Each step looks at what is there, so that an interrupted one is continued."""

    def __init__(self, volume: Volume, callers: Mapping[str, _Caller], database: Database) -> None:
        self._volume, self._callers, self._database = volume, callers, database
        self._chief = callers["secretariat"]

    async def make(self) -> UUID:
        edition = self._edition()
        await self._made(edition)
        return UUID(edition["id"])

    async def _made(self, edition: dict[str, Any]) -> None:
        path = str(edition["links"]["self"])
        if edition["status"] in ("draft", "call", "writing"):
            edition = self._advanced(path, {"draft": "open_call", "call": "close_call"})
            self._figures(edition)
            texts = [await self._text(edition, chapter) for chapter in self._volume.chapters]
            if not self._volume.is_published:
                self._commented(edition, texts)
                return
            for text in texts:
                self._cleared(text)
            edition = self._advanced(path, {"writing": "freeze"})
        if edition["status"] == "frozen":
            self._chief.finished(f"{path}/builds", {"kind": "final"})
            self._chief.step(path, "publish")

    def _edition(self) -> dict[str, Any]:
        volume, year = self._volume, today().year + self._volume.years_from_now
        known = self._chief.get(f"{_V1}/editions", year=str(year), limit="100")["items"]
        found = next((one for one in known if one["titles"] == volume.titles), None)
        if found is not None:
            return dict(found)
        now = datetime.now(UTC)
        days = {step: str(today() + timedelta(days=n)) for step, n in (("draft", 30), ("review", 60), ("final", 90))}
        number = 1 + max((int(one["number"]) for one in known), default=0)
        body = {
            "year": year,
            "number": number,
            "titles": volume.titles,
            "languages": volume.languages,
            "outline": volume.outline,
            "call": {"opens": to_text(now + timedelta(hours=1)), "closes": to_text(now + timedelta(days=7))},
            "deadlines": days,
        }
        return self._chief.create(f"{_V1}/editions", body)

    def _advanced(self, path: str, steps: Mapping[str, str]) -> dict[str, Any]:
        """The record after those of the steps that its states allow."""
        record = self._chief.get(path)
        while (action := steps.get(record["status"])) is not None:
            record = self._chief.step(path, action)
        return record

    def _figures(self, edition: Mapping[str, Any]) -> None:
        known = {one["key"] for one in self._chief.get(f"{_V1}/figures", edition_id=edition["id"])["items"]}
        for figure in (one for one in self._volume.figures if one["key"] not in known):
            asked = {
                name: value.replace("{year}", str(today().year))
                for name, value in figure["query"]["parameters"].items()
            }
            query = {**figure["query"], "parameters": asked}
            self._chief.create(f"{_V1}/figures", {**figure, "edition_id": edition["id"], "query": query})

    async def _text(self, edition: Mapping[str, Any], chapter: Chapter) -> dict[str, Any]:
        """A contribution with its versions, submitted and taken if it is reviewed."""
        known = self._chief.get(f"{_V1}/contributions", edition_id=edition["id"])["items"]
        record = next((one for one in known if one["titles"] == chapter.titles), None) or self._entered(
            edition, chapter
        )
        path = str(record["links"]["self"])
        for author in record["authors"]:
            if author["confirmed_at"] is None:
                await self._confirmed(UUID(record["id"]), author["expert_id"])
        versions = {one["language"] for one in self._chief.get(f"{path}/versions")["items"]}
        sent = {"references": chapter.references}
        if "en" not in versions:
            self._chief.finished(f"{path}/versions", {"body": chapter.body, **sent})
        for language, body in chapter.translations.items():
            if language not in versions:
                self._chief.finished(f"{path}/versions", {"body": body, "language": language, "of": 1, **sent})
        return self._advanced(path, {"draft": "submit", "submitted": "take"} if chapter.is_reviewed else {})

    def _entered(self, edition: Mapping[str, Any], chapter: Chapter) -> dict[str, Any]:
        experts = self._chief.get("/membership/v1/experts", country=chapter.authors, status="active", sort="id")[
            "items"
        ]
        authors = [
            {"expert_id": one["id"], "orcid": one["orcid"], "roles": ROLES, "corresponding": place == 0}
            for place, one in enumerate(experts[:2])
        ]
        body = {
            "edition_id": edition["id"],
            "outline_key": chapter.place,
            "titles": chapter.titles,
            "abstract": chapter.abstract,
            "keywords": chapter.keywords,
            "conflicts": "None.",
            "authors": authors,
        }
        return self._chief.create(f"{_V1}/contributions", body)

    async def _confirmed(self, key: UUID, expert: str) -> None:
        me = Principal(PrincipalKind.SYSTEM, None, "demonstration", (Grant("expert", "self", expert, today(), None),))
        async with unit_of_work(self._database, SYSTEM_CONTEXT, Origin(me, f"demo-{uuid7()}")) as uow:
            access = access_scope_for(me, PERMISSIONS, contributions.CONTRIBUTIONS.resource)
            before = await contributions.CONTRIBUTIONS.lock(uow, key)
            await contributions.transition(uow, access, before, TransitionRequest(CONFIRM, None, {}))

    def _cleared(self, text: Mapping[str, Any]) -> None:
        path = str(text["links"]["self"])
        if text["country"] is not None and text["status"] == "in_review" and text["consent"] is None:
            self._callers[f"government_{text['country'].lower()}"].step(path, "consent")
        self._advanced(path, {"in_review": "clear"})

    def _commented(self, edition: Mapping[str, Any], texts: list[dict[str, Any]]) -> None:
        """An open round with its comments, on what is in review."""
        path = f"{edition['links']['self']}/review_rounds"
        reviewed = [text for text in texts if text["status"] == "in_review"]
        rounds = self._chief.get(path)["items"]
        if not rounds:
            now = datetime.now(UTC)
            days = {"opens": to_text(now), "closes": to_text(now + timedelta(days=30))}
            audience = {"audience": "both", "contributions": [text["id"] for text in reviewed]}
            rounds = [self._chief.create(path, {**days, **audience})]
        opened = self._advanced(f"{_V1}/review_rounds/{rounds[0]['id']}", {"planned": "open"})
        known = {one["text"] for one in self._chief.get(f"{edition['links']['self']}/comments")["items"]}
        for caller, block, kind, text in self._volume.comments:
            if text not in known and opened["status"] == "open":
                of = next(one for one in reviewed if (one["country"] is not None) == caller.startswith("government"))
                body = {"round": opened["number"], "from": block, "kind": kind, "text": text}
                self._callers[caller].create(f"{of['links']['self']}/comments", body)
