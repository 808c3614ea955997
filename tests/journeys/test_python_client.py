"""The Python client, installed from the clone without a package index, over a line that is cut."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import ECKey, RSAKey

from clients.python.escm_client import Api, ApiKey, Forbidden, Password, Session, SignedKey, Unauthenticated
from tests.support.cutting import cut_line
from tests.support.documents import Programs, assert_shown, given_to, in_one, programs_in, text_of
from tests.support.running import Client

_CLIENT = Path(__file__).parents[2] / "clients" / "python"
_VISIT = Path(__file__).with_name("python_client_visit.py")
_OFFLINE = {"PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "no_proxy": "127.0.0.1"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the client, installed from the clone."""
    folder = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), "--no-deps", str(_CLIENT)]
    environment = {**os.environ, **_OFFLINE}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_a_ministry_installs_it_offline_lists_writes_over_a_cut_line_imports_and_follows(
    running: dict[str, Any], installed: Path, tmp_path: Path
) -> None:
    port = urlsplit(running["base_url"]).port
    government = running["demo"]["clients"]["government_xa"]
    with cut_line(port or 0, b"POST /membership/v1/experts ", times=2) as line:
        given = [f"http://127.0.0.1:{line.port}", government["id"], government["secret"], str(tmp_path)]
        environment = {**os.environ, **_OFFLINE, "PYTHONPATH": str(installed)}
        command = [sys.executable, str(_VISIT), *given]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert line.cuts == 2
    seen = json.loads(done.stdout)
    made = seen["made"]
    assert (seen["caller"], seen["listed"], seen["rows"], seen["once"]) == ("client", [made], 1, True)
    assert (seen["versions"], seen["conflict"]) == ([1, 2, 3], "version_conflict")
    assert seen["history"] == ["update", "update", "create"]
    assert seen["suspended"] == ["suspended", "She works elsewhere."]
    assert seen["tried"] == {"created": 1, "updated": 0, "unchanged": 0, "failed": 1}
    assert seen["imported"] == seen["tried"]
    assert "country_forbidden" in seen["failures"]
    assert seen["exported"]
    assert seen["events"].count(made) >= 3
    assert seen["again"] == 0
    assert seen["models"] == []


def test_a_person_signs_in_and_stays_signed_in(running: dict[str, Any]) -> None:
    officer = running["demo"]["accounts"]["officer"]
    stored: list[dict[str, Any]] = []
    with Api(running["base_url"], Password(officer["username"], officer["password"], renewed=stored.append)) as api:
        assert api.whoami()["principal"]["id"] == officer["account_id"]
    first = stored[-1]
    with Api(running["base_url"], Session({**first, "until": 0}, renewed=stored.append)) as api:
        assert api.whoami()["principal"]["id"] == officer["account_id"]
    assert stored[-1]["refresh_token"] != first["refresh_token"]
    with Api(running["base_url"], Session({**stored[-1], "access_token": "refused"}, renewed=stored.append)) as api:
        assert api.whoami()["principal"]["id"] == officer["account_id"]


def test_a_key_reads_what_it_is_for(running: dict[str, Any]) -> None:
    officer = running["demo"]["accounts"]["officer"]
    key = {"name": "Report", "resources": ["membership.*"], "verbs": ["read"], "countries": ["XA"]}
    with Api(running["base_url"], Password(officer["username"], officer["password"])) as person:
        made = person.access.api_keys.create(key)  # type: ignore[typeddict-item]
        with Api(running["base_url"], ApiKey(made["secret"])) as api:
            assert api.whoami()["principal"]["kind"] == "key"
            assert [*api.membership.experts.list(limit=1)]
            with pytest.raises(Forbidden):
                api.membership.experts.create({"names": [{"full": "Not Allowed"}], "country": "XA"})
        assert person.access.api_keys.do(made, "revoke")["status"] == "revoked"
    with Api(running["base_url"]) as anybody, pytest.raises(Unauthenticated):
        anybody.whoami()


@pytest.mark.parametrize("kind", ["EC", "RSA"])
def test_a_client_signs_with_its_key(running: dict[str, Any], secretariat: Client, tmp_path: Path, kind: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1()) if kind == "EC" else rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(pem)
    public = (ECKey if kind == "EC" else RSAKey).import_key(pem).as_dict(private=False)
    body = {"name": f"Signing {kind}", "scope_kind": "country", "scope_id": "XA", "resources": ["membership.*"]}
    keys = {"keys": [{**public, "kid": "one"}]}
    made = secretariat.create("/access/v1/clients", {**body, "verbs": ["read"], "secret": False, "jwks": keys})
    with Api(running["base_url"], SignedKey(made["client_id"], tmp_path / "key.pem", "one")) as api:
        assert api.whoami()["principal"]["name"] == f"Signing {kind}"


def _run(programs: Programs, given: dict[str, str], installed: Path, folder: Path) -> str:
    """What the programs of a page print, one after the other."""
    environment = {**os.environ, **_OFFLINE, **given, "PYTHONPATH": str(installed)}
    command = [sys.executable, "-c", in_one(programs, "print")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("language", "reader"),
    [("py", "country"), ("py officer", "officer"), ("py administrator", "administrator")],
)
def test_the_page_of_tasks_runs_twice(
    running: dict[str, Any], installed: Path, tmp_path: Path, language: str, reader: str
) -> None:
    programs = programs_in(text_of("python.md"), language)
    for _ in range(2):
        assert_shown(programs, _run(programs, given_to(reader, running), installed, tmp_path))


def test_the_first_five_minutes_run(running: dict[str, Any], installed: Path, tmp_path: Path) -> None:
    programs = programs_in((_CLIENT / "README.md").read_text(), "py")
    said = _run(programs, given_to("country", running), installed, tmp_path)
    assert "Demo government of Alphaland" in said
    assert "forbidden not_permitted" in said
    assert "'failed': 0" in said
    assert "Amina" in (tmp_path / "experts.csv").read_text()
    assert (tmp_path / "position").read_text().strip()
