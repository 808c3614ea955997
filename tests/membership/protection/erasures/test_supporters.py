"""An erased supporter is nowhere, and counts as before."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from shared.kernel.clock import today
from tests.membership.initiatives.supports.conftest import INITIATIVES, SUPPORTS, form, initiative_body
from tests.membership.protection.erasures.conftest import Person, requested, until_status
from tests.support.callers import Caller
from tests.support.remains import columns_with, files_with
from tests.support.waiting import eventually

Make = Callable[..., Any]


async def _ended(admin: Caller, path: str, body: Any = None, **more: Any) -> None:
    ordered = await admin.post(f"/membership/v1/{path}", body, **more)
    assert ordered.status_code == 202, ordered.text
    await until_status(admin, ordered.headers["location"], "succeeded")


async def _opened(admin: Caller) -> dict[str, Any]:
    made = await admin.post(INITIATIVES, initiative_body())
    assert (await admin.step(made.json()["links"]["self"], "open")).status_code == 200
    return dict(made.json())


async def _on_a_list(admin: Caller, who: Person, initiative: dict[str, Any]) -> dict[str, Any]:
    """The person's support by a paper list, which is exported in each way."""
    at, sheet = f"University of {who.word}", f"Sheet of {who.word}"
    rows = [
        f"{initiative['code']},Given{who.word} Family{who.word},XA,{at},{who.address},true,{sheet}",
        f"{initiative['code']},Somebody Else,XA,,,true,",
    ]
    csv = "\n".join(["initiative,full_name,country,organisation,email,consent_to_list,sheet", *rows]).encode()
    sent = {"file": ("list.csv", csv, "text/csv")}
    await _ended(admin, "imports", files=sent, data={"resource": "supports", "registry": "true"})
    for resource in ("supports", "certificates"):
        await _ended(admin, "exports", {"resource": resource, "format": "csv"})
    (found,) = (await admin.get(f"{SUPPORTS}?expert_id={who.id}")).json()["items"]
    return dict(found)


@pytest.mark.long("erases in every service")
async def test_an_erased_supporter_is_nowhere_and_counts_as_before(
    to: Make, someone: Make, run_due: Make, superuser: asyncpg.Connection, storage: Path
) -> None:
    who: Person = await someone()
    admin, anybody = to("membership"), to("membership", None)
    initiative, other = await _opened(admin), await _opened(admin)
    await admin.post(f"{who.path}/affiliations", {"raw": f"University of {who.word}"})
    support = await _on_a_list(admin, who, initiative)
    assert (support["status"], support["listed_name"]) == ("accepted", f"Given{who.word} Family{who.word}")
    signature = form(email=who.address, name=f"Signs as {who.word}", organisation={"raw": f"Lab of {who.word}"})
    assert (await anybody.post(f"{INITIATIVES}/{other['id']}/sign", signature)).status_code == 202

    async def signed() -> Any:
        return (await admin.get(f"{SUPPORTS}?initiative_id={other['id']}")).json()["items"]

    (pending,) = await eventually(signed)
    assert files_with(storage, who.word) != {}
    supporters = f"{INITIATIVES}/{initiative['id']}/supporters"
    assert len((await anybody.get(supporters)).json()["items"]) == 2
    before = (await anybody.get(f"{INITIATIVES}/{initiative['id']}/count")).json()
    assert (before["supporters"], before["organisations_unmatched"]) == (2, 1)
    erasure = await requested(who)
    await run_due()
    done = await until_status(admin, erasure)
    assert done["reports"]["membership"]["supports"] == 1
    assert await columns_with(superuser, who.word) == []
    assert files_with(storage, who.word) == {}
    listed = (await anybody.get(supporters)).json()
    assert ([one["name"] for one in listed["items"]], listed["unlisted"]) == (["Somebody Else"], 1)
    assert (await anybody.get(f"{INITIATIVES}/{initiative['id']}/count?as_of={today()}")).json() == before
    left = (await admin.get(f"{SUPPORTS}/{support['id']}")).json()
    assert (left["status"], left["expert_id"], left["listed_name"]) == ("accepted", who.id, None)
    assert (left["organisation"], left["evidence"]) == (None, None)
    assert (await admin.get(f"{SUPPORTS}/{pending['id']}")).status_code == 404
