"""Offices and holders fetch certificates as PDF, whose bytes stay; whoever has a link does for 15 minutes."""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from pypdf import PdfReader

from services.membership.app import create_app
from services.membership.certificates.links.tickets import VALID, file_link
from services.membership.issuing.files.operations import printed_files, remove_unknown
from services.membership.settings import MembershipSettings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel import clock
from tests.membership.certificates.certificates.test_authorships import written_report
from tests.membership.certificates.certificates.test_certificates import issued, participation
from tests.support.callers import Caller, serving
from tests.support.membership import planned, registered

_ERASE = "UPDATE member_certificate SET holder_name = '', status = 'revoked' WHERE id = $1"
_ROWS = "SELECT language, sha256, size FROM member_certificate_file WHERE certificate_id = $1 ORDER BY language"
Member = Callable[..., Awaitable[tuple[Caller, dict[str, Any]]]]


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> MembershipSettings:
    return MembershipSettings(
        database_url=database_url, redis_url=redis_url, storage_path=tmp_path, issuer="https://escm.test"
    )


@pytest.fixture
async def membership(settings: MembershipSettings) -> AsyncIterator[httpx.AsyncClient]:
    """An app with files of its own."""
    async with serving(create_app(settings)) as client:
        yield client


def _files(settings: MembershipSettings) -> list[Path]:
    return sorted(settings.storage_path.glob("certificates/??/*"))


def _text(response: httpx.Response) -> str:
    assert response.status_code == 200, response.text
    return " ".join(PdfReader(io.BytesIO(response.content)).pages[0].extract_text().split())


async def test_a_certificate_is_printed_once(
    member: Member, admin: Caller, anonymous: Caller, settings: MembershipSettings, superuser: asyncpg.Connection
) -> None:
    holder, record = await member(names=[{"full": "أمينة خان"}])
    made = await issued(admin, await participation(admin, record["id"], language="ar"))
    path = f"{made['links']['self']}/pdf"
    printed = await asyncio.gather(*(by.get(path) for by in (admin, holder, admin, holder)))
    assert len({response.content for response in printed}) == 1
    first = printed[0]
    assert first.headers["content-type"] == "application/pdf"
    assert first.headers["content-disposition"] == f'attachment; filename="{made["ref"]}.ar.pdf"'
    assert [word for word in ("أمينة", "خان", made["number"]) if word not in _text(first)] == []
    credential = await holder.get(f"{made['links']['self']}/credential")
    assert PdfReader(io.BytesIO(first.content)).attachments == {"credential.jwt": [credential.content]}
    (row,) = await superuser.fetch(_ROWS, UUID(made["id"]))
    assert (row["language"], row["size"]) == ("ar", len(first.content))
    assert first.headers["etag"] == f'"{row["sha256"]}"'
    assert [file.name for file in _files(settings)] == [row["sha256"]]
    assert (await admin.get(path, headers={"If-None-Match": first.headers["etag"]})).status_code == 304
    stranger, _ = await member()
    assert (await stranger.get(path)).status_code == 404
    assert (await anonymous.get(path)).status_code == 401


@pytest.mark.parametrize("change", [Path.unlink, lambda file: file.write_bytes(b"%PDF- of somebody else")])
async def test_a_lost_or_altered_file_is_printed_again_alike(
    member: Member, admin: Caller, settings: MembershipSettings, change: Callable[[Path], object]
) -> None:
    _, record = await member()
    path = f"{(await issued(admin, await participation(admin, record['id'])))['links']['self']}/pdf"
    first = await admin.get(path)
    (file,) = _files(settings)
    change(file)
    assert (await admin.get(path)).content == first.content
    assert _files(settings) == [file]


async def test_each_language_is_a_file(
    member: Member, admin: Caller, settings: MembershipSettings, superuser: asyncpg.Connection
) -> None:
    _, record = await member(names=[{"full": "Amina Khan"}])
    made = await issued(admin, await participation(admin, record["id"]))
    path = f"{made['links']['self']}/pdf"
    shown = {language: _text(await admin.get(path, params={"language": language})) for language in ("en", "fr", "zh")}
    assert "took part" in shown["en"]
    assert "a participé" in shown["fr"]
    assert "参会证书" in shown["zh"]
    assert [row["language"] for row in await superuser.fetch(_ROWS, UUID(made["id"]))] == ["en", "fr", "zh"]
    assert len(_files(settings)) == 3
    refused = await admin.get(path, params={"language": "de"})
    assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (400, "language")


async def test_a_certificate_keeps_its_wording(member: Member, admin: Caller, superuser: asyncpg.Connection) -> None:
    async def template(title: str) -> dict[str, Any]:
        wording = {"kind": "authorship", "titles": {"en": title}, "bodies": {"en": "{holder} wrote."}}
        made = (await admin.post("/membership/v1/certificate_templates", wording)).json()
        assert (await admin.step(made["links"]["self"], "activate")).status_code == 200
        return dict(made)

    async def certificate() -> dict[str, Any]:
        _, record = await member()
        subject = {"resource": "actions.reports", "id": str(await written_report(superuser, record))}
        return await issued(admin, {"kind": "authorship", "holder": {"expert_id": record["id"]}, "subject": subject})

    def pdf_of(made: dict[str, Any]) -> Awaitable[httpx.Response]:
        return admin.get(f"{made['links']['self']}/pdf")

    first, earlier = await template("First title"), await certificate()
    second, later = await template("Second title"), await certificate()
    assert (earlier["template_version"], later["template_version"]) == (first["ref"], second["ref"])
    assert "First title" in _text(await pdf_of(earlier))
    assert "Second title" in _text(await pdf_of(later))
    assert (await admin.step(second["links"]["self"], "retire", reason="A trial")).status_code == 200
    without = await certificate()
    refused = await pdf_of(without)
    assert (refused.status_code, refused.json()["reason"]) == (409, "template_missing")
    await template("Third title")
    assert "Third title" in _text(await pdf_of(without))


async def test_names_that_cannot_be_shown_or_are_hostile(member: Member, admin: Caller) -> None:
    _, record = await member(names=[{"full": "Ana \N{SEEDLING}"}])
    made = await issued(admin, await participation(admin, record["id"]))
    refused = await admin.get(f"{made['links']['self']}/pdf")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_printable")
    assert "Ana" not in refused.text
    _, other = await member(names=[{"full": '#read("/etc/passwd") =1+1 <script>'}])
    made = await issued(admin, await participation(admin, other["id"]))
    assert '#read("/etc/passwd") =1+1 <script>' in _text(await admin.get(f"{made['links']['self']}/pdf"))


async def test_a_revoked_certificate_is_not_printed(member: Member, admin: Caller) -> None:
    _, record = await member()
    path = (await issued(admin, await participation(admin, record["id"])))["links"]["self"]
    assert (await admin.get(f"{path}/pdf")).status_code == 200
    assert (await admin.step(path, "revoke", reason="Wrong", fields={"category": "error"})).status_code == 200
    refused = await admin.get(f"{path}/pdf")
    assert (refused.status_code, refused.json()["code"]) == (410, "gone")


async def test_a_link_is_valid_for_a_quarter_of_an_hour(
    member: Member,
    admin: Caller,
    anonymous: Caller,
    settings: MembershipSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, record = await member()
    made = await issued(admin, await participation(admin, record["id"]))
    secret = settings.secret_key.get_secret_value().encode()
    link = file_link(secret, UUID(made["id"]))
    printed = await anonymous.get(link)
    assert printed.content == (await admin.get(f"{made['links']['self']}/pdf")).content
    assert "Certificado" in _text(await anonymous.get(link, params={"language": "es"}))
    for bad in (link[:-1], f"{link}A", f"{link.rpartition('/')[0]}/x", file_link(b"another secret", UUID(made["id"]))):
        assert (await anonymous.get(bad)).status_code == 404
    instant = clock.now() + VALID + timedelta(seconds=2)
    monkeypatch.setattr("shared.configuration.tickets.now", lambda: instant)
    assert (await anonymous.get(link)).status_code == 404


async def test_files_of_the_erased_are_removed(
    member: Member,
    admin: Caller,
    settings: MembershipSettings,
    database: Database,
    superuser: asyncpg.Connection,
) -> None:
    made = []
    for _ in range(2):
        _, record = await member()
        made.append(await issued(admin, await participation(admin, record["id"])))
    gone, kept = (f"{one['links']['self']}/pdf" for one in made)
    for path in (gone, kept):
        assert (await admin.get(path)).status_code == 200
    assert len(_files(settings)) == 2
    await superuser.execute(_ERASE, UUID(made[0]["id"]))
    await superuser.execute("DELETE FROM member_certificate_file WHERE certificate_id = $1", UUID(made[0]["id"]))
    assert (await admin.get(gone)).status_code == 410
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await remove_unknown(uow.connection, printed_files(settings))
    (row,) = await superuser.fetch(_ROWS, UUID(made[1]["id"]))
    assert [file.name for file in _files(settings)] == [row["sha256"]]


async def test_a_certificate_of_participation_names_the_congress(member: Member, admin: Caller) -> None:
    _, record = await member(names=[{"full": "Amina Khan"}])
    congress = await planned(admin, titles={"en": "Congress of Soils", "fr": "Congrès des sols"})
    part = await registered(admin, congress["id"], record["id"])
    subject = {"resource": "membership.participations", "id": part["id"]}
    made = await issued(admin, await participation(admin, record["id"], subject=subject))
    path = f"{made['links']['self']}/pdf"
    assert "took part in “Congress of Soils”" in _text(await admin.get(path))
    assert "« Congrès des sols »" in _text(await admin.get(path, params={"language": "fr"}))
