"""The promises of docker-compose.yml, checked on its containers."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest

from tests.containers.compose import ROOT, Compose, Psql
from tests.faults.clients import EXPERTS, Client
from tests.faults.history import History
from tests.faults.load import writing
from tests.faults.problems import assert_problem
from tests.journeys.test_documents import test_the_commands_of_a_page_run_in_order_and_again
from tests.support.running import Client as Secretariat
from tests.support.waiting import eventually

__all__ = ["test_the_commands_of_a_page_run_in_order_and_again"]
READY = ["/readyz", *(f"/{service}/v1/readyz" for service in ("membership", "centres", "actions", "access"))]
PRODUCTION = ("ESCM_ENVIRONMENT=production", "ESCM_FICTIONAL_COUNTRIES=false")


async def _all_ready(client: Client) -> bool:
    try:
        responses = await asyncio.gather(*(client.get(path) for path in READY))
    except httpx.TransportError:
        return False
    return all(response.status_code == 200 for response in responses)


def test_no_container_is_root_or_writes_to_its_image(containers: Compose) -> None:
    for service in containers.services():
        output = containers.execute(service, "sh", "-c", "id -u; touch /written 2>/dev/null || echo refused").split()
        assert output[0] != "0", service
        assert output[1:] == ["refused"], service


def test_every_container_is_bounded_and_has_a_health_check(containers: Compose) -> None:
    described = json.loads(containers.run("config", "--format", "json"))["services"]
    for name in containers.services():
        assert described[name]["deploy"]["resources"]["limits"].keys() >= {"memory", "pids"}, name
        assert described[name]["healthcheck"]["test"], name
    assert [name for name, service in described.items() if service.get("ports")] == ["edge"]


@pytest.mark.parametrize("service", ["membership", "centres", "actions", "access", "portal"])
def test_an_image_holds_its_own_service_alone(containers: Compose, service: str) -> None:
    assert containers.execute(service, "ls", "services").split() == ["__init__.py", service]


@pytest.mark.parametrize("service", ["migrate", "membership", "worker-access", "relay"])
def test_production_refuses_the_development_secrets(containers: Compose, service: str) -> None:
    settings = [word for setting in PRODUCTION for word in ("-e", setting)]
    done = containers.attempt("run", "--rm", "-T", "--no-deps", *settings, service)
    assert done.returncode != 0
    assert "still has its development value; production refuses it" in done.stdout + done.stderr


def test_production_leaves_out_what_is_for_development_and_asks_for_a_mail_server(
    containers: Compose, tmp_path: Path
) -> None:
    files = ("-f", str(ROOT / "docker-compose.yml"), "-f", str(ROOT / "deploy/containers/production.yml"))
    assert "name the mail server" in containers.attempt(*files, "config", "--services").stderr
    settings_file = tmp_path / "production.env"
    settings_file.write_text("ESCM_SMTP_URL=smtps://mail.example.org\n")
    services = containers.run("--env-file", str(settings_file), *files, "config", "--services").split()
    assert {"membership", "edge", "migrate"} <= set(services)
    assert not {"demo", "mail"} & set(services)


async def test_pages_read_the_services(client: Client) -> None:
    async with client.anonymous() as reader:
        response = await reader.get("/en/countries/XA")
    assert (response.status_code, "<h1>Alphaland</h1>" in response.text) == (200, True)


async def test_the_edge_refuses_as_the_services_do(client: Client) -> None:
    longest = await client.http.get(EXPERTS, headers={"X-Long": "x" * 40_000})
    assert_problem(longest, (400, "malformed_request"))
    largest = await client.http.post(EXPERTS, content=b" " * (3 << 20), headers={"Content-Type": "application/json"})
    assert_problem(largest, (413, "too_large"))
    larger = await client.http.post(EXPERTS, content=b" " * (3 << 19), headers={"Content-Type": "application/json"})
    assert_problem(larger, (413, "too_large"))


async def test_the_edge_asks_for_tls_where_it_was_reached_by_tls(client: Client) -> None:
    for path, headers in ((EXPERTS, {}), (EXPERTS, {"X-Long": "x" * 40_000})):
        plain = await client.http.get(path, headers=headers)
        by_tls = await client.http.get(path, headers={"X-Forwarded-Proto": "https", **headers})
        assert "strict-transport-security" not in plain.headers
        assert by_tls.headers["strict-transport-security"].startswith("max-age=31536000")


async def test_postgres_is_killed_and_comes_back(containers: Compose, client: Client, history: History) -> None:
    mark = f"{history.prefix}1"
    await asyncio.to_thread(containers.run, "kill", "postgres")
    refused = [await client.get(EXPERTS), await client.create(mark, key=mark), await client.get("/centres/v1/readyz")]
    for response in refused:
        assert_problem(response, (503, "unavailable"))
    assert (await client.get("/membership/v1/livez")).status_code == 200
    history.note(mark, refused[1])
    await asyncio.to_thread(containers.run, "start", "postgres")
    await eventually(lambda: _all_ready(client), within=60)
    assert await history.attempt(mark, client.create(mark, key=mark)) == "ok"
    assert await history.faults(Psql(containers)) == []


async def test_each_service_restarts_under_load(containers: Compose, client: Client, history: History) -> None:
    async with writing(history, [client], count=2, pause=0.1, retry=True):
        for service in containers.services():
            await asyncio.to_thread(containers.run, "restart", service)
            await eventually(lambda: _all_ready(client), within=60, every=0.5)
            done = history.statuses()["201"]
            await eventually(lambda before=done: _has_more(history, before), within=30)
    statuses = history.statuses()
    assert {word for word in statuses if word.isdigit()} <= {"201", "409", "503"}, statuses
    database = Psql(containers)
    await eventually(lambda: _all_reported(history, database), within=60, every=1)
    assert await history.faults(database) == []
    await asyncio.to_thread(containers.up)


async def _has_more(history: History, before: int) -> bool:
    return history.statuses()["201"] > before


async def _all_reported(history: History, database: Psql) -> bool:
    return await history.waiting(database) == 0


def test_workers_work_after_all_that(secretariat: Secretariat, tmp_path: Path) -> None:
    file = tmp_path / "experts.csv"
    file.write_text("given_names,family_name,country\n" + "".join(f"Given{n},Late{n},XA\n" for n in range(1000)))
    counts = secretariat.upload("/membership/v1/imports", file, resource="experts")["result"]["counts"]
    assert counts == {"created": 1000, "updated": 0, "unchanged": 0, "failed": 0}


def test_down_takes_the_volumes_along(containers: Compose) -> None:
    done = containers.attempt("down", "--volumes")
    assert done.returncode == 0, done.stderr
    for volume in ("postgres", "valkey", "files"):
        assert f"{containers.project}_{volume}" in done.stderr
    assert containers.run("ps", "--all", "--quiet").split() == []
