"""An identity provider that others wrote signs a person in, by signed assertions, and out again."""

import shutil
import subprocess
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.clients.providers import Browser, connect
from tests.clients.tools import HERE, node
from tests.support.pooler import free_port


@pytest.fixture(scope="module")
def provider(running: dict[str, Any]) -> Iterator[dict[str, str]]:
    """The running provider, of which a module of npm is the whole: its issuer, and its code here."""
    node("tsc")
    port, code = free_port(), f"oidc-{uuid4().hex[:8]}"
    command = [shutil.which("node") or "node", "provider.mjs", str(port), running["base_url"], code]
    process = subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == "listening":
                break
        else:
            pytest.fail(f"the provider ended with {process.wait()}")
        yield {"issuer": f"http://127.0.0.1:{port}", "code": code}
    finally:
        process.kill()
        process.communicate()


def test_a_person_signs_in_and_out_at_a_provider_of_others(
    running: dict[str, Any], provider: dict[str, str], browser: Browser
) -> None:
    base, name = running["base_url"], f"p{uuid4().hex[:8]}"
    connect(base, running["demo"]["accounts"], provider)
    page = browser.get(f"{base}/access/v1/federation/{provider['code']}/start")
    page = browser.fill(page, prompt="login", login=name, password="any")
    page = browser.fill(page, prompt="consent")
    assert str(page.url) == f"{base}/access/account", page.text
    assert f"Person {name}" in page.text
    assert f"{name}@example.org" in page.text
    left = browser.fill(browser.get(f"{provider['issuer']}/session/end"), logout="yes")
    assert left.status_code == 200, left.text
    assert str(browser.get(f"{base}/access/account").url) == f"{base}/access/sign-in"
