"""People list the jobs that they ordered, and nobody else's."""

import asyncpg
import httpx
import pytest

from tests.support.callers import CALLERS, Caller

JOBS = "/membership/v1/jobs"


@pytest.fixture
async def ordered(service: httpx.AsyncClient, principals: None, database: asyncpg.Connection) -> list[str]:
    """The ids of three jobs of the administrator of a service, the oldest first; others have jobs, too."""
    await database.execute("DELETE FROM core_job WHERE job_type = 'of_nobody'")
    found = []
    for of, name in (("membership", "admin"),) * 3 + (("actions", "admin"), ("membership", "admin2")):
        key = await database.fetchval(
            "INSERT INTO core_job (id, service, job_type, payload, created_by, principal, bulk)"
            " VALUES (uuidv7(), $1, 'of_nobody', '{}', $2, 'somebody', false) RETURNING id",
            of,
            CALLERS[name].label,
        )
        found.append(str(key))
    return found[:3]


async def _listed(by: Caller, path: str) -> tuple[list[str], str | None]:
    response = await by.get(path)
    assert response.status_code == 200, response.text
    page = response.json()
    return [job["id"] for job in page["items"] if job["kind"] == "of_nobody"], page["next"]


async def test_jobs_are_listed_the_newest_first_to_who_ordered_them(
    service: httpx.AsyncClient, ordered: list[str]
) -> None:
    admin = Caller(service, "admin")
    found, _ = await _listed(admin, JOBS)
    assert found == ordered[::-1]
    other, _ = await _listed(admin.known_as("admin2"), JOBS)
    assert len(other) == 1
    assert not set(other) & set(ordered)
    assert (await _listed(admin.known_as("applicant"), JOBS))[0] == []


async def test_pages_follow_one_another(service: httpx.AsyncClient, ordered: list[str]) -> None:
    admin = Caller(service, "admin")
    first, following = await _listed(admin, f"{JOBS}?limit=2")
    assert following is not None
    second, _ = await _listed(admin, following)
    assert first + second == ordered[::-1]


async def test_a_list_of_jobs_needs_a_token(service: httpx.AsyncClient) -> None:
    assert (await service.get(JOBS)).status_code == 401
