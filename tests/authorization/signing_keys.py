"""A key that signed tokens of nobody."""

import json
from typing import TYPE_CHECKING
from uuid import uuid4

from joserfc.jwk import ECKey

if TYPE_CHECKING:
    from tests.authorization.country_fixture import CountryFixture, Seeder

_KEY = """
INSERT INTO access_signing_key (kid, public, private, created_at, signs_from, signs_until, verifies_until)
VALUES ($1, $2::text::jsonb, '', now(), now() - interval '2 hours', now() - interval '1 hour', now() + interval '1 day')
RETURNING id, ref
"""


async def enter_signing_key(seeder: "Seeder", fixture: "CountryFixture") -> None:
    """A key that no longer signs."""
    kid = f"{fixture.word}-{uuid4().hex}"
    public = {**ECKey.generate_key("P-256").as_dict(private=False), "kid": kid}
    row = await seeder.superuser.fetchrow(_KEY, kid, json.dumps(public))
    fixture.records["signing_keys"] = {"id": str(row["id"]), "ref": row["ref"], "version": 1}
