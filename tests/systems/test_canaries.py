"""Promise 44: secret and personal data pass through the whole API and are in no log, trace, problem or metric."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import pyotp
import pytest

from shared.web.contract.sharing import opened
from tests.support.collector import observed_system
from tests.support.running import eventually
from tests.support.signing_in import BACK, SIGN_IN, TOKEN, Site
from tests.support.signing_in import Visitor as Browser

_SECRET = "canary7q"
"""Part of every sent text: names, biographies, reasons, passwords, e-mails, searches, headers."""
_PATH_CANARY = "pathcanary4x"
"""Part of paths, which only problems repeat, as `instance`."""
_LAST = "0af7651916cd43dd8448eb211c80319d"
"""The trace of the last request: when it has arrived, all have."""
_DEEPEST = 6
_JSON = {"Content-Type": "application/json"}
_EMAIL = f"{_SECRET}@example.org"
_PASSWORD = f"{_SECRET}-and a long password"


class Shown(NamedTuple):
    """The output of a system after the visit: texts by source, problems as headers and document, and its own
    secrets."""

    texts: dict[str, str]
    problems: list[tuple[str, dict[str, Any]]]
    secrets: dict[str, str]
    statuses: set[int]


class Visitor:
    """Calls the system and stores every problem of its responses."""

    def __init__(self, base_url: str) -> None:
        self.http = httpx.Client(base_url=base_url, timeout=60, trust_env=False)
        self.problems: list[tuple[str, dict[str, Any]]] = []
        self.statuses: set[int] = set()
        self.headers: dict[str, str] = {}

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {**self.headers, **more.pop("headers", {})}
        if method == "POST":
            headers.setdefault("Idempotency-Key", f"{_SECRET}-{uuid4()}")
        response = self.http.request(method, path, headers=headers, **more)
        self.statuses.add(response.status_code)
        if response.status_code >= 400:
            self.problems.append((str(response.headers), response.json()))
        return response

    def made(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        response = self.send("POST", path, json=body)
        assert response.status_code == 201, response.text
        return dict(response.json())

    def step(self, path: str, action: str, **more: Any) -> httpx.Response:
        etag = self.send("GET", path).headers.get("etag", '"1.00000000"')
        return self.send("POST", f"{path}/transitions", json={"action": action, **more}, headers={"If-Match": etag})


@pytest.fixture(scope="module")
def shown() -> Iterator[Shown]:
    with observed_system() as (collector, stack, folder):
        visitor = Visitor(stack["base_url"])
        secrets = _signed_in(visitor, stack) | asyncio.run(_in_a_browser(stack))
        _everyday(visitor)
        _at_the_doors(visitor, stack)
        _everywhere(visitor)
        visitor.send("GET", "/membership/v1/livez", headers={"traceparent": f"00-{_LAST}-b7ad6b7169203331-01"})
        eventually(lambda: _LAST in {span.trace for span in collector.spans})
        texts = {f"log of {file.stem}": file.read_text(errors="replace") for file in folder.rglob("*.log")}
        texts |= {f"numbers of {n}": httpx.get(u, trust_env=False).text for n, u in stack["metrics"].items()}
        texts["traces"] = b"".join(collector.bodies).decode(errors="ignore")
        visitor.http.close()
        yield Shown(texts, visitor.problems, secrets, visitor.statuses)


def _signed_in(visitor: Visitor, stack: dict[str, Any]) -> dict[str, str]:
    """Tokens and secrets that the system makes; the visitor continues as the secretariat's client."""
    client = stack["demo"]["clients"]["secretariat"]
    response = visitor.send(
        "POST",
        "/access/v1/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(client["id"], client["secret"]),
    )
    token = response.json()["access_token"]
    visitor.headers = {"Authorization": f"Bearer {token}"}
    body = {"name": f"Ministry {_SECRET}", "scope_kind": "global", "resources": ["actions.*"], "verbs": ["read"]}
    made = visitor.made("/access/v1/clients", body)
    return {"demo secret": client["secret"], "token": token.rpartition(".")[2], "client secret": made["secret"]}


async def _in_a_browser(stack: dict[str, Any]) -> dict[str, str]:
    """What signs a person in: cookies, the code for a client, its tokens, and what proves a second factor."""
    accounts = stack["demo"]["accounts"]
    async with httpx.AsyncClient(base_url=stack["base_url"], timeout=60, trust_env=False) as http:

        async def send(who: str, path: str, body: Mapping[str, Any], **headers: str) -> dict[str, Any]:
            if who not in tokens:
                form = {"grant_type": "password", **{name: accounts[who][name] for name in ("username", "password")}}
                tokens[who] = (await http.post(TOKEN, data=form)).json()["access_token"]
            response = await http.post(path, json=body, headers={"Authorization": f"Bearer {tokens[who]}", **headers})
            assert response.status_code in (200, 201), response.text
            return dict(response.json())

        tokens: dict[str, str] = {}
        wanted = {"name": "Desk", "scope_kind": "global", "resources": ["membership.*"], "verbs": ["read"]}
        made = await send("admin", "/access/v1/clients", {**wanted, "public": True, "redirect_uris": [BACK]})
        site, person = Site(http, made["client_id"], made), accounts["auditor"]
        browser = Browser(http, person["username"], person["password"])
        code = await site.code(browser)
        given = (await site.exchange(code)).json()
        app = await send("auditor", "/access/v1/factors", {"kind": "totp", "name": "Phone"})
        confirmed = {"action": "confirm", "fields": {"code": pyotp.TOTP(app["secret"]).now()}}
        await send("auditor", f"{app['links']['self']}/transitions", confirmed, **{"If-Match": '"1"'})
        recovery = (await send("auditor", "/access/v1/factors", {"kind": "recovery_codes", "name": "Paper"}))["codes"]
        again = Browser(http, person["username"], person["password"])
        page = await again.follow(await again.sign_in(await again.get(SIGN_IN)))
        await again.follow(await again.fill(page, {"code": recovery[0]}))
    shown = {"code": code, "refresh token": given["refresh_token"], "app": app["secret"], "recovery code": recovery[0]}
    cookies = {
        f"cookie {number}": one for number, one in enumerate((*browser.cookies.values(), *again.cookies.values()))
    }
    return {**shown, **cookies, "person's token": given["access_token"].rpartition(".")[2]}


def _everyday(visitor: Visitor) -> None:
    """The usual requests of callers, with canaries in everything that they may write."""
    person = {"email": _EMAIL, "name": f"Ada {_SECRET}"}
    visitor.made("/access/v1/accounts", person)
    assert visitor.send("POST", "/access/v1/accounts", json=person).status_code == 409
    login = {"grant_type": "password", "username": _EMAIL}
    for password in (_PASSWORD, f"wrong {_PASSWORD}"):
        visitor.send("POST", "/access/v1/oauth/token", data={**login, "password": password})
    body = {
        "names": [{"given": "Ada", "family": _SECRET}],
        "country": "XA",
        "emails": [{"value": _EMAIL, "visibility": "public"}],
        "biography": {"en": f"Born as {_SECRET}."},
        "keywords": [_SECRET],
    }
    expert = visitor.made("/membership/v1/experts", body)["links"]["self"]
    for action in ("invite", "apply", "start_review"):
        visitor.step(expert, action)
    assert visitor.step(expert, "reject", reason=f"Because of {_SECRET}.").status_code == 200
    assert visitor.step(expert, "approve", reason=f"Because of {_SECRET}.").status_code == 409
    letter = {"country": "XA", "direction": "in", "date": "2026-09-01", "subject": f"About {_SECRET}"}
    visitor.made("/actions/v1/correspondence", letter)
    _imported(visitor)
    for query in ({"q": _SECRET}, {"q": _SECRET, "sort": _SECRET}, {"country": _SECRET}, {"cursor": _SECRET}):
        visitor.send("GET", "/membership/v1/experts", params=query)


def _imported(visitor: Visitor) -> None:
    rows = f"given,family,country,email\nBo,{_SECRET},XA,bo-{_EMAIL}\nBad,{_SECRET},ZZ,{_SECRET}\n".encode()
    response = visitor.send(
        "POST", "/membership/v1/imports", files={"file": (f"{_SECRET}.csv", rows)}, data={"resource": "experts"}
    )
    job = response.headers["location"]
    eventually(lambda: visitor.send("GET", job).json()["status"] not in ("queued", "running"))


def _at_the_doors(visitor: Visitor, stack: dict[str, Any]) -> None:
    """Failures before a request is parsed."""
    client = stack["demo"]["clients"]["auditor"]
    form = {"grant_type": "client_credentials"}
    wrong = (client["id"], f"{_SECRET}-secret")
    visitor.send("POST", "/access/v1/oauth/token", data=form, auth=wrong, headers={"Authorization": ""})
    shown = {**form, "client_id": client["id"], "client_secret": _SECRET}
    visitor.send("POST", "/access/v1/oauth/token", data=shown)
    for method, path, more in (
        ("GET", "/membership/v1/experts", {"headers": {"Authorization": f"Bearer {_SECRET}.{_SECRET}.{_SECRET}"}}),
        ("GET", "/membership/v1/experts", {"headers": {"Authorization": f"Basic {_SECRET}"}}),
        ("GET", "/membership/v1/experts", {"params": {"access_token": _SECRET}}),
        ("POST", "/access/v1/oauth/token", {"params": {"client_secret": _SECRET}, "data": form}),
        ("GET", "/access/v1/me", {"params": {"access_token": _SECRET}}),
        ("POST", "/membership/v1/experts", {"content": f'{{"names": "{_SECRET}'.encode(), "headers": _JSON}),
        ("POST", "/membership/v1/experts", {"content": _SECRET.encode(), "headers": {"Content-Type": _SECRET}}),
        ("POST", "/membership/v1/experts", {"content": f'"{_SECRET}"'.encode() * 200_000, "headers": _JSON}),
        ("GET", f"/membership/v1/experts/{_PATH_CANARY}", {}),
        ("GET", f"/{_PATH_CANARY}/{_PATH_CANARY}", {}),
        ("DELETE", "/membership/v1/experts", {"headers": {"X-Request-Id": f"{_SECRET} is no id"}}),
        ("GET", "/membership/v1/experts", {"headers": {"Accept-Language": _SECRET, "traceparent": _SECRET}}),
    ):
        visitor.send(method, path, **more)


def _everywhere(visitor: Visitor) -> None:
    """Every operation of the contract, with a canary in each text of its body and in each parameter."""
    document = visitor.send("GET", "/openapi.json").json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if path.endswith("/events") or "/oauth/" in path:
                continue
            filled = path
            for part in [p for p in path.split("/") if p.startswith("{")]:
                filled = filled.replace(part, _PATH_CANARY)
            given = (opened(document, parameter) for parameter in operation.get("parameters", ()))
            query = {parameter["name"]: _SECRET for parameter in given if parameter["in"] == "query"}
            content = operation.get("requestBody", {}).get("content", {})
            more: dict[str, Any] = {"params": query, "headers": {"If-Match": '"1.00000000"'}}
            if schema := content.get("application/json", {}).get("schema"):
                more["json"] = _canaries(schema, document)
            visitor.send(method.upper(), filled, **more)


def _canaries(schema: Mapping[str, Any], document: Mapping[str, Any], depth: int = 0) -> Any:
    """A value of the schema's shape whose texts are canaries."""
    if several := schema.get("anyOf") or schema.get("oneOf"):
        schema = several[0]
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    kinds = schema.get("type")
    kind = kinds[0] if isinstance(kinds, list) else kinds
    if kind == "object" and depth < _DEEPEST:
        parts = schema.get("properties", {"en": {}})
        return {name: _canaries(part, document, depth + 1) for name, part in parts.items()}
    if kind == "array" and depth < _DEEPEST:
        return [_canaries(schema.get("items", {}), document, depth + 1)]
    return {"integer": 1, "number": 1, "boolean": True}.get(str(kind), _SECRET)


def test_the_visit_meets_success_and_failures_of_many_kinds(shown: Shown) -> None:
    assert {200, 201, 202, 400, 401, 404, 405, 409, 413, 415, 422} <= shown.statuses
    assert {status for status in shown.statuses if status >= 500} == set()


def test_every_process_was_looked_at(shown: Shown) -> None:
    for process in ("api", "background", "postgres"):
        assert f"log of {process}" in shown.texts
    assert {"numbers of api", "traces"} <= shown.texts.keys()
    assert '"event":"request"' in shown.texts["log of api"]
    assert "POST /membership/v1/experts" in shown.texts["traces"]


def test_logs_traces_and_numbers_hold_no_canary_and_no_secret(shown: Shown) -> None:
    words = {"canary": _SECRET, "path": _PATH_CANARY, **shown.secrets}
    found = [(where, name) for where, text in shown.texts.items() for name, word in words.items() if word in text]
    assert found == []


def test_problems_repeat_nothing_but_the_path(shown: Shown) -> None:
    assert len(shown.problems) > 50
    words = [_SECRET, _PATH_CANARY, *shown.secrets.values()]
    for headers, document in shown.problems:
        reported = headers + json.dumps({name: value for name, value in document.items() if name != "instance"})
        assert [word for word in words if word in reported] == [], document
