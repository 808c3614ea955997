"""A person who consents to a client of the world over all resources, and adds a second factor."""

from typing import TYPE_CHECKING, Any

from tests.support.signing_in import Site, Visitor

if TYPE_CHECKING:
    from tests.authorization.country_fixture import CountryFixture, Seeder

PASSWORD = "one password of the tests"
_FACTOR = """
INSERT INTO access_factor (id, version, status, visibility, created_at, created_by, updated_at, updated_by, account_id,
    kind, name)
SELECT gen_random_uuid(), 1, 'pending', 'restricted', now(), 'account:' || $1, now(), 'account:' || $1, $1::text::uuid,
    'totp', $2
RETURNING id, ref
"""
_MADE = "SELECT id, ref FROM access_authorization WHERE account_id = $1"


async def enter_consent(seeder: "Seeder", fixture: "CountryFixture", account: dict[str, Any]) -> None:
    """The consent of the account, which has the password, for the client."""
    client, http = fixture.records["clients"], seeder.visitor.http
    visitor = Visitor(http, account["email"], PASSWORD)
    await Site(http, client["client_id"], client, client["secret"]).tokens(visitor)
    row = await seeder.superuser.fetchrow(_MADE, account["id"])
    fixture.records["authorizations"] = {"id": str(row["id"]), "ref": row["ref"]}


async def enter_factor(seeder: "Seeder", fixture: "CountryFixture", account: dict[str, Any]) -> None:
    """A second factor of the account."""
    row = await seeder.superuser.fetchrow(_FACTOR, account["id"], fixture.word)
    fixture.records["factors"] = {"id": str(row["id"]), "ref": row["ref"], "version": 1}
