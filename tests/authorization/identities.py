"""An identity provider, and the identity of a person there."""

from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from tests.authorization.country_fixture import CountryFixture, Seeder

_LINK = """
INSERT INTO access_identity (id, version, status, visibility, created_at, created_by, updated_at, updated_by,
    account_id, provider, issuer, subject, email)
SELECT gen_random_uuid(), 1, 'linked', 'restricted', now(), 'system', now(), 'system', $1, p.id, p.issuer, $2, $3
FROM access_identity_provider p WHERE p.id = $4 RETURNING id, ref
"""


def provider_body(fixture: "CountryFixture") -> dict[str, Any]:
    """A provider of the country."""
    name = f"w-{uuid4().hex[:12]}"
    return {
        "code": name,
        "titles": {"en": fixture.word},
        "issuer": f"https://{name}.example.org",
        "client_id": uuid4().hex,
        "countries": [fixture.country],
    }


async def enter_identity(seeder: "Seeder", fixture: "CountryFixture", account: dict[str, Any]) -> None:
    """A provider, and the account linked with a person there."""
    provider = await seeder.enter(fixture, "access", "identity_providers", **provider_body(fixture))
    email = f"{fixture.word}@example.org"
    row = await seeder.superuser.fetchrow(_LINK, account["id"], uuid4().hex, email, provider["id"])
    fixture.records["identities"] = {"id": str(row["id"]), "ref": row["ref"]}
