"""A real browser with the whole running system: Debian's Chromium, or the one that CHROMIUM names."""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pyotp
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.passwords import choose_password
from tests.support.running import Client, running, secretariat
from tests.support.signing_in import SIGN_IN

__all__ = ["running", "secretariat"]
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
PATIENCE = 60_000
"""Milliseconds to wait for a condition."""
PASSWORD = "four quiet words today"


class Visit:
    """A page of the browser, with its errors."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self.origin = origin
        self.faults: list[str] = []
        self.asked: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        page.on("request", lambda request: self.asked.append(request.url))

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.origin}{path}")
        return self.page

    def outside(self) -> list[str]:
        """Requested addresses outside this origin."""
        return [url for url in self.asked if not url.startswith((f"{self.origin}/", "blob:"))]


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert program is not None, "Chromium is needed (Debian: chromium)"
    environment = {**os.environ, "HOME": str(tmp_path_factory.mktemp("home"))}
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=Path(program), args=_FLAGS, env=dict(environment))
        yield started
        started.close()


@pytest.fixture(scope="module")
def visit(browser: Browser, running: dict[str, Any]) -> Iterator[Visit]:
    """One page for the tests of a module: reading the description is slow."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    yield Visit(page, running["base_url"])
    page.close()


@pytest.fixture
def person(running: dict[str, Any], secretariat: Client) -> str:
    """The address of somebody with a password."""
    email = f"{uuid4().hex[:8]}@example.org"
    secretariat.create("/access/v1/accounts", {"email": email, "name": "Amina Khan"})
    with ThreadPoolExecutor(1) as thread:  # that of Playwright runs an event loop
        thread.submit(asyncio.run, choose_password(running["database_url"], email, PASSWORD)).result()
    return email


def next_code(app: pyotp.TOTP) -> str:
    """The next code, which counts already; the present one may have been used."""
    return app.at(int(time.time()) + 30)


def sign_in(page: Page, person: str) -> None:
    """Types the address and the password of the person."""
    page.goto(SIGN_IN)
    page.locator("#username").fill(person)
    page.locator("#password").fill(PASSWORD)
    page.locator("main form button").click()


def enter_console(page: Page, running: dict[str, Any], person: dict[str, Any]) -> None:
    """Signs an account of the demo in to the console."""
    page.goto(f"{running['base_url']}/console/")
    page.locator("#username").fill(person["username"])
    page.locator("#password").fill(person["password"])
    page.locator("#password").press("Enter")
    page.wait_for_url(f"{running['base_url']}/console/**")


@pytest.fixture(scope="session")
def reported(running: dict[str, Any]) -> dict[str, str]:
    """The refs of the published `edition` of the demo and of a `chapter` of it."""
    environment = {**os.environ, "ESCM_LOCAL_FOLDER": running["folder"]}
    subprocess.run([sys.executable, "-m", "deploy.cli", "demo", "report"], env=environment, check=True)
    actions = f"{running['base_url']}/actions/v1"
    (edition,) = httpx.get(f"{actions}/editions?status=published", timeout=60).json()["items"]
    texts = httpx.get(f"{actions}/contributions?edition_id={edition['id']}", timeout=60).json()["items"]
    chapter = next(one["ref"] for one in texts if one["outline_key"] == "rivers")
    return {"edition": edition["ref"], "chapter": chapter}


@pytest.fixture(scope="session")
def published(running: dict[str, Any], reported: dict[str, str], secretariat: Client) -> dict[str, str]:
    """What addresses of public pages name: refs of the demo's records in a country with a story, and the `code` of a
    certificate."""
    lists = {"expert": "membership/v1/experts", "institution": "membership/v1/institutions"}
    found = {
        name: httpx.get(f"{running['base_url']}/{path}?country=XJ&limit=1", timeout=60).json()["items"][0]["ref"]
        for name, path in {**lists, "centre": "centres/v1/centres"}.items()
    }
    initiatives = httpx.get(f"{running['base_url']}/membership/v1/initiatives?limit=1", timeout=60).json()["items"]
    (certificate,) = secretariat.get("/membership/v1/certificates", status="issued", limit=1)["items"]
    return {**reported, **found, "initiative": initiatives[0]["ref"], "code": str(certificate["code"])}
