"""Only the system verifies an e-mail address: no body sets the verification, and no change removes it."""

from typing import Any

import asyncpg
import pytest

from tests.support.callers import Caller
from tests.support.membership import EXPERTS, expert

_ADDRESS = "Verified.Person@example.org"


@pytest.mark.parametrize("value", [True, False])
async def test_a_body_that_says_it_is_refused(admin: Caller, value: bool) -> None:
    said = {"emails": [{"value": _ADDRESS, "verified": value}]}
    record = (await admin.post(EXPERTS, expert())).json()
    path = f"{EXPERTS}/{record['id']}"
    etag = (await admin.get(path)).headers["etag"]
    for response in (await admin.post(EXPERTS, expert(**said)), await admin.patch(path, said, etag=etag)):
        assert response.status_code == 422, response.text
        assert [(error["code"], error["pointer"]) for error in response.json()["errors"]] == [
            ("unknown_field", "/emails/0/verified")
        ]


async def test_an_address_stays_verified_as_long_as_it_stands_there(
    admin: Caller, superuser: asyncpg.Connection
) -> None:
    record = (await admin.post(EXPERTS, expert(emails=[{"value": _ADDRESS}]))).json()
    assert record["emails"][0]["verified"] is False
    await superuser.execute(
        "UPDATE member_expert SET emails = jsonb_set(emails, '{0,verified}', 'true') WHERE id = $1", record["id"]
    )
    path = f"{EXPERTS}/{record['id']}"

    async def patched(**body: Any) -> list[dict[str, Any]]:
        etag = (await admin.get(path)).headers["etag"]
        response = await admin.patch(path, body, etag=etag)
        assert response.status_code == 200, response.text
        return list(response.json()["emails"])

    assert [email["verified"] for email in await patched(keywords=["another"])] == [True]
    both = await patched(emails=[{"value": "new@example.org"}, {"value": _ADDRESS.upper(), "visibility": "network"}])
    assert [email["verified"] for email in both] == [False, True]
    assert [email["verified"] for email in await patched(emails=[{"value": "new@example.org"}])] == [False]


@pytest.mark.parametrize(
    "body",
    [
        '{"country": "XA", "country": "XB", "names": [{"full": "Twice"}]}',
        '{"country": "XA", "names": [{"full": "Once", "full": "Twice"}]}',
        '{"country": "XA", "names": [{"full": "Twice"}], "biography": {"en": "a", "\\u0065n": "b"}}',
    ],
)
async def test_a_key_that_stands_twice_is_refused(admin: Caller, body: str) -> None:
    response = await admin.request("POST", EXPERTS, content=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["code"]) == (400, "malformed_json")
    assert "Twice" not in response.text
