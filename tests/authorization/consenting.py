"""A person who consents to a client of the world over all resources."""

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
