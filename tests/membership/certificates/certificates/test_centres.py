"""The director of a centre and the representatives of its host read its certificate, as record, PDF and credential."""

from datetime import date
from uuid import uuid4

import asyncpg
import pytest

from shared.contracts import centres
from shared.database.pool import Database
from tests.membership.certificates.certificates.test_certificates import CERTIFICATES
from tests.membership.certificates.certificates.test_following import react
from tests.support.callers import CALLERS, Caller, grant, person

_CENTRE = """
INSERT INTO centre_centre (id, ref, version, status, country, visibility, created_at, created_by, updated_at,
    updated_by, names, host_institution_id, themes, search_key, term_number, term_starts, term_ends,
    registration_number, registration_serial, designated_on)
VALUES ($1, $2, 1, 'active', 'XA', 'public', now(), 'system', now(), 'system', '{"en": "Soils"}', $3, '{}', '', 1,
    '2026-05-06', $4, $2, $5, '2026-05-06')
"""


async def test_a_centre_reads_its_own_certificate(
    admin: Caller, database: Database, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, host, number = uuid4(), uuid4(), uuid4().int % 10**6
    await superuser.execute(_CENTRE, key, f"CTR-{number:06}", host, date(2030, 5, 6), number)
    await react(database, centres.CENTRE_DESIGNATED, subject=str(key))
    (made,) = (await admin.get(CERTIFICATES, params={"centre_id": str(key)})).json()["items"]
    link = made["links"]["self"]

    def holding(role: str, kind: str, scope: object) -> Caller:
        who = person(f"{role} {uuid4().hex}", grant(role, kind, str(scope)))
        monkeypatch.setitem(CALLERS, who.name, who)
        return admin.known_as(who.name)

    for of_centre in (
        holding("centre_director", "centre", key),
        holding("institution_representative", "institution", host),
    ):
        assert [one["id"] for one in (await of_centre.get(CERTIFICATES)).json()["items"]] == [made["id"]]
        assert (await of_centre.get(link)).json()["code"] == made["code"]
        printed = await of_centre.get(f"{link}/pdf")
        assert (printed.status_code, printed.content[:5]) == (200, b"%PDF-")
        assert (await of_centre.get(f"{link}/credential")).headers["content-type"] == "application/vc+jwt"
        assert (await of_centre.get(f"{link}/history")).status_code == 200
        assert (await of_centre.step(link, "revoke", reason="x", fields={"category": "error"})).status_code == 403
    for stranger in (
        holding("centre_director", "centre", uuid4()),
        holding("institution_representative", "institution", uuid4()),
    ):
        for path in (link, f"{link}/pdf", f"{link}/credential", f"{link}/history"):
            assert (await stranger.get(path)).status_code == 404
        assert (await stranger.get(CERTIFICATES)).json()["items"] == []
