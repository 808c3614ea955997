"""A server on loopback that responds as ORCID's API 3.0 documents: the sign-in, its token, and public records."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

CLIENT, SECRET = "APP-TEST", "a secret of a test"
_put_codes = count(1001)


def summary(name: str, *, ror: str | None = None, **more: Any) -> dict[str, Any]:
    """An employment or education. Dates are texts such as `2019-09`."""
    dates = {key: _date(more.pop(key, None)) for key in ("start_date", "end_date")}
    known = {"disambiguated-organization-identifier": ror, "disambiguation-source": "ROR"} if ror else None
    return {
        "created-date": {"value": 1536000000000},
        "last-modified-date": {"value": 1536000000000},
        "source": {"source-orcid": None, "source-name": {"value": "Somebody"}},
        "put-code": next(_put_codes),
        "role-title": more.pop("role", None),
        "department-name": more.pop("unit", None),
        "start-date": dates["start_date"],
        "end-date": dates["end_date"],
        "organization": {
            "name": name,
            "address": {"city": more.pop("city", "Springfield"), "region": None, "country": more.pop("country", "XA")},
            "disambiguated-organization": known,
        },
        "url": None,
        "external-ids": None,
        "display-index": "1",
        "visibility": "public",
        **more,
    }


def _date(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    parts = dict(zip(("year", "month", "day"), text.split("-"), strict=False))
    return {name: {"value": parts[name]} if name in parts else None for name in ("year", "month", "day")}


class FakeOrcid:
    """`signed_in` is the iD of whoever visits the page of the sign-in. `instead`, if set, is the response to every
    request of a machine. `asked` are the paths of those requests."""

    def __init__(self) -> None:
        self.url = ""
        self.signed_in = ""
        self.records: dict[str, dict[str, list[dict[str, Any]]]] = {}
        self.instead: Response | None = None
        self.asked: list[str] = []
        self.tokens: list[str] = []
        self._codes: dict[str, tuple[str, str]] = {}

    def record(self, orcid: str) -> dict[str, list[dict[str, Any]]]:
        """The employments and educations of a record, which a test changes."""
        return self.records.setdefault(orcid, {"employments": [], "educations": []})

    def sign_in(self, address: str, orcid: str) -> dict[str, str]:
        """What ORCID adds to the address that it leads back to, after this person signed in and agreed."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert query["client_id"] == CLIENT, query
        assert (query["response_type"], query["scope"]) == ("code", "/authenticate")
        code = uuid4().hex[:6]
        self._codes[code] = orcid, query["redirect_uri"]
        return {"code": code, "state": query["state"]}

    def app(self) -> FastAPI:
        """The server's app."""
        app = FastAPI()

        @app.get("/oauth/authorize")
        async def authorize(request: Request) -> Response:
            back = self.sign_in(str(request.url), self.signed_in)
            return RedirectResponse(f"{request.query_params['redirect_uri']}?{urlencode(back)}", 302)

        @app.post("/oauth/token")
        async def token(request: Request) -> Response:
            self.asked.append(request.url.path)
            if self.instead is not None:
                return self.instead
            form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
            if (form["client_id"], form["client_secret"]) != (CLIENT, SECRET):
                return JSONResponse({"error": "invalid_client", "error_description": "Client not found"}, 401)
            orcid, page = self._codes.pop(form["code"], ("", ""))
            if form["grant_type"] != "authorization_code" or not orcid or form["redirect_uri"] != page:
                return JSONResponse({"error": "invalid_grant", "error_description": "Invalid authorization code"}, 400)
            self.tokens.append(str(uuid4()))
            return JSONResponse({
                "access_token": self.tokens[-1], "token_type": "bearer", "refresh_token": str(uuid4()),
                "expires_in": 631138518, "scope": "/authenticate", "name": "Amina Varga", "orcid": orcid,
            })  # fmt: skip

        @app.get("/v3.0/{orcid}/{section}")
        async def read(orcid: str, section: str, request: Request) -> Response:
            self.asked.append(request.url.path)
            if self.instead is not None:
                return self.instead
            if orcid not in self.records:
                return JSONResponse({"response-code": 404, "error-code": 9016, "user-message": "Not found"}, 404)
            kind = section.removesuffix("s")
            groups = [
                {
                    "last-modified-date": None,
                    "external-ids": {"external-id": []},
                    "summaries": [{f"{kind}-summary": one}],
                }
                for one in self.records[orcid][section]
            ]
            return JSONResponse(
                {"last-modified-date": None, "affiliation-group": groups, "path": f"/{orcid}/{section}"}
            )

        return app


@asynccontextmanager
async def orcid_server() -> AsyncIterator[FakeOrcid]:
    """The server on a port of its own."""
    fake = FakeOrcid()
    async with served(fake.app()) as fake.url:
        yield fake


@asynccontextmanager
async def served(app: Any, **options: Any) -> AsyncIterator[str]:
    """The address of an app that is served on a port of its own."""
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", **options))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        running = asyncio.create_task(server.serve([listening]))
        while not server.started:  # noqa: ASYNC110 - a server announces to nobody when it has started
            await asyncio.sleep(0.01)
        scheme = "https" if "ssl_certfile" in options else "http"
        yield f"{scheme}://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = server.force_exit = True
        await running
