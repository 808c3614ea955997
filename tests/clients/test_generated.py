"""Promise 33: no generated request gets a 5xx, nor a response that the contract does not describe."""

import os
import random
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.clients.test_contract import SERVICES, SPECS
from tests.clients.tools import HERE, python, run

_SEED = os.environ.get("FAULT_SEED") or str(random.SystemRandom().randrange(1 << 31))
_CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
_SECONDS = {True: 18, False: 4}
_ACCESS_LAST = sorted(SERVICES, key=lambda service: service == "access")
"""Requests to it may suspend the client that sends them."""


@pytest.fixture(scope="module")
def token(running: dict[str, Any]) -> str:
    """A token of the secretariat's client. Requested once: generated requests use up the address's rate limit."""
    client = running["demo"]["clients"]["secretariat"]
    response = httpx.post(
        f"{running['base_url']}/access/v1/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(client["id"], client["secret"]),
        trust_env=False,
    )
    assert response.status_code == 200, response.text
    return str(response.json()["access_token"])


@pytest.mark.parametrize("signed_in", _SECONDS, ids=["with a token", "without"])
@pytest.mark.parametrize("service", _ACCESS_LAST)
def test_no_generated_request_finds_a_fault(running: dict[str, Any], token: str, service: str, signed_in: bool):
    sys.stdout.write(f"FAULT_SEED={_SEED} replays these requests\n")
    header = ("--header", f"Authorization: Bearer {token}") if signed_in else ()
    try:
        run(
            *(python("st"), "run", HERE.parents[1] / SPECS / f"{service}.json", "--url", running["base_url"]),
            *header,
            *("--checks", _CHECKS, "--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "3"),
            *("--max-time", str(_SECONDS[signed_in]), "--request-timeout", "60", "--seed", _SEED),
            *("--no-color", "--warnings", "off"),
            environment={**os.environ, "SCHEMATHESIS_HOOKS": "hooks"},
        )
    except AssertionError as failure:
        failure.add_note(f"The API wrote:\n{_end_of_log(running)}")
        raise


def _end_of_log(running: dict[str, Any]) -> str:
    return (Path(running["folder"]) / "log" / "api.log").read_text()[-8_000:]
