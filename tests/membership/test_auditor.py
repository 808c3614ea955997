"""The auditor reads everything of membership, including the history, and changes nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.callers import Caller
from tests.support.membership import EXPERTS, INSTITUTIONS, expert

INSTITUTION = {
    "names": [{"value": "Institute of Audited Glaciers", "language": "en", "types": ["ror_display"]}],
    "country": "XA",
}


@pytest.mark.parametrize(
    ("path", "body", "change", "step"),
    [
        (EXPERTS, expert(visibility="restricted"), {"keywords": ["snow"]}, "invite"),
        (INSTITUTIONS, {**INSTITUTION, "visibility": "restricted"}, {"established": 1900}, "verify"),
    ],
    ids=["experts", "institutions"],
)
async def test_the_auditor_reads_a_history_and_writes_nothing(
    admin: Caller,
    caller: Callable[[str | None], Caller],
    path: str,
    body: dict[str, Any],
    change: dict[str, Any],
    step: str,
) -> None:
    auditor = caller("auditor")
    made = await admin.post(path, body)
    assert made.status_code == 201, made.text
    record = made.json()["links"]["self"]
    seen = await auditor.get(record)
    assert (seen.status_code, seen.json()["created_by"]) == (200, made.json()["created_by"])
    history = await auditor.get(f"{record}/history")
    assert (history.status_code, [line["action"] for line in history.json()["items"]]) == (200, ["create"])
    assert not any(offer["allowed"] for offer in seen.json()["allowed_actions"])

    etag = seen.headers["etag"]
    refused = [
        await auditor.post(path, body),
        await auditor.patch(record, change, etag=etag),
        await auditor.post(f"{record}/transitions", {"action": step}, etag=etag),
    ]
    assert [response.status_code for response in refused] == [403, 403, 403], [response.text for response in refused]
    assert (await auditor.get(record)).headers["etag"] == etag
