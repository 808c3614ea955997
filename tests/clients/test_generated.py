"""Promise 33: no generated request gets a 5xx, nor an answer that the contract does not describe."""

import os
import random
import sys
from typing import Any

import httpx
import pytest

from tests.clients.test_contract import SERVICES, SPECS
from tests.clients.tools import HERE, python, run

_SEED = os.environ.get("FAULT_SEED") or str(random.SystemRandom().randrange(1 << 31))
_CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
_SECONDS = {True: 60, False: 20}


@pytest.mark.parametrize("signed_in", _SECONDS, ids=["with a token", "without"])
@pytest.mark.parametrize("service", SERVICES)
def test_no_generated_request_finds_a_fault(running: dict[str, Any], service: str, signed_in: bool):
    base_url, client = running["base_url"], running["demo"]["clients"]["secretariat"]
    sys.stdout.write(f"FAULT_SEED={_SEED} replays these requests\n")
    token = ("--header", f"Authorization: Bearer {_token(base_url, client)}") if signed_in else ()
    run(
        *(python("st"), "run", HERE.parents[1] / SPECS / f"{service}.json", "--url", base_url),
        *token,
        *("--checks", _CHECKS, "--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "5"),
        *("--max-time", str(_SECONDS[signed_in]), "--seed", _SEED, "--no-color", "--warnings", "off"),
        environment={**os.environ, "SCHEMATHESIS_HOOKS": "hooks"},
    )


def _token(base_url: str, client: dict[str, str]) -> str:
    answer = httpx.post(
        f"{base_url}/access/v1/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(client["id"], client["secret"]),
        trust_env=False,
    )
    return str(answer.json()["access_token"])
