"""A link to one file needs no token for five minutes, answers as its caller is answered, and opens nothing else."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from shared.auth.keys import InvalidToken
from shared.configuration import tickets
from shared.kernel.clock import now
from tests.support.callers import CALLERS, Caller
from tests.support.membership import EXPERTS, entered

LINKS = "/membership/v1/links"
FILE = f"{EXPERTS}?country=XA&format=csv"


async def _link(by: Caller, path: str = FILE) -> str:
    made = await by.post(LINKS, {"path": path})
    assert made.status_code == 201, made.text
    assert (made.headers["location"], made.headers["cache-control"]) == (made.json()["url"], "no-store")
    return str(made.json()["url"])


async def test_a_browser_fetches_what_the_caller_of_the_link_sees(
    admin: Caller, anonymous: Caller, caller: Callable[[str | None], Caller]
) -> None:
    family = f"Kanda{uuid4().hex[:8]}"
    for country in ("XA", "XB"):
        await entered(admin, names=[{"given": "Rosa", "family": family}], country=country)
    path = f"{EXPERTS}?format=csv&q={family}"
    fetched = await anonymous.get(await _link(caller("author_xa"), path))
    assert fetched.status_code == 200
    assert fetched.headers["cache-control"] == "no-store"
    assert fetched.headers["content-disposition"] == 'inline; filename="experts.csv"'
    assert [row["country"] for row in csv.DictReader(io.StringIO(fetched.text))] == ["XA"]
    assert (await anonymous.get(path)).text.count(family) == 0, "without the link nothing is shown"


@pytest.mark.parametrize("name", ["applicant", "government_xa", "admin"])
async def test_everybody_with_a_token_makes_links(caller: Callable[[str | None], Caller], name: str) -> None:
    await _link(caller(name))


async def test_nobody_makes_one_without_a_token(anonymous: Caller) -> None:
    assert (await anonymous.post(LINKS, {"path": FILE})).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        EXPERTS,
        f"{EXPERTS}/EXP-000001",
        "/membership/v1/experts/match",
        "/centres/v1/centres?format=csv",
        "https://elsewhere.example/membership/v1/experts?format=csv",
        "//elsewhere.example/membership/v1/experts?format=csv",
        f"{FILE}#part",
        LINKS,
        "",
    ],
)
async def test_what_is_no_file_has_no_link(admin: Caller, path: str) -> None:
    refused = await admin.post(LINKS, {"path": path})
    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"][0]["pointer"] == "/path"


async def test_a_link_opens_nothing_else(admin: Caller, anonymous: Caller) -> None:
    address, _, ticket = (await _link(admin)).rpartition("link=")
    for path in (
        address.replace("XA", "XB") + f"link={ticket}",
        f"{EXPERTS}?format=csv&link={ticket}",
        f"/membership/v1/institutions?country=XA&format=csv&link={ticket}",
        f"{address}link={ticket[:-4]}AAAA",
        f"{address}link=",
    ):
        refused = await anonymous.get(path)
        assert (refused.status_code, refused.json()["code"]) == (403, "signature_not_valid"), path
    assert (await anonymous.post(f"{EXPERTS}?link={ticket}", {})).status_code == 401
    assert (await anonymous.get(f"{address}link={ticket}&fields=ref")).status_code in (400, 403)


async def test_a_link_ends_after_five_minutes(
    admin: Caller, anonymous: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await _link(admin)
    assert (await anonymous.get(url)).status_code == 200
    monkeypatch.setattr(tickets, "now", lambda: now() + timedelta(minutes=5, seconds=1))
    refused = await anonymous.get(url)
    assert (refused.status_code, refused.json()["code"]) == (410, "link_expired")


async def test_a_link_of_somebody_who_may_no_longer_read_is_refused(
    newcomer: Caller, anonymous: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await _link(newcomer)
    assert (await anonymous.get(url)).status_code == 200
    monkeypatch.delitem(CALLERS, newcomer.name)  # type: ignore[arg-type]
    refused = await anonymous.get(url)
    assert (refused.status_code, refused.json()["code"]) == (401, InvalidToken.code)
