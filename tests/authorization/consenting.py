"""A person who consents to a client of the world over all resources, and adds a second factor."""

from typing import TYPE_CHECKING, Any

from tests.support.signing_in import Site, Visitor

if TYPE_CHECKING:
    from tests.authorization.country_fixture import CountryFixture, Seeder

PASSWORD = "one password of the tests"
_MADE = "SELECT id, ref FROM access_authorization WHERE account_id = $1"


async def enter_consent(seeder: "Seeder", fixture: "CountryFixture", account: dict[str, Any]) -> None:
    """The consent of the account, which has the password, for the client."""
    client, http = fixture.records["clients"], seeder.visitor.http
    visitor = Visitor(http, account["email"], PASSWORD)
    await Site(http, client["client_id"], client, client["secret"]).tokens(visitor)
    row = await seeder.superuser.fetchrow(_MADE, account["id"])
    fixture.records["authorizations"] = {"id": str(row["id"]), "ref": row["ref"]}


async def enter_factor(seeder: "Seeder", fixture: "CountryFixture", token: str) -> None:
    """A second factor that the person of the token adds and does not confirm."""
    headers = {"Authorization": f"Bearer {token}"}
    body = {"kind": "totp", "name": fixture.word}
    made = await seeder.visitor.http.post("/access/v1/factors", json=body, headers=headers)
    assert made.status_code == 201, made.text
    fixture.records["factors"] = made.json()
