"""The clients are served as they were packed, of the version of the system; where they were not, a problem says so."""

import asyncio
import hashlib
import json
import sys
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from deploy.packaging.clients import FOLDER, write_clients
from deploy.packaging.version import version as released
from services.portal.sdk.archives import archives
from tests.architecture.test_conventions import ROOT
from tests.portal.conftest import Site


@pytest.fixture
def packed() -> None:
    """As `make run` packs them."""
    write_clients(ROOT, ROOT / FOLDER, 0)
    archives.cache_clear()


async def test_both_are_served(site: Site, packed: None, tmp_path: Path) -> None:
    shown = await site.client.get("/sdk/")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "text/html; charset=utf-8")
    version = released(ROOT)
    names = [f"escm-client-{version}.tgz", f"escm_client-{version}-py3-none-any.whl"]
    assert sorted(archives()) == names
    for name in names:
        served = await site.client.get(f"/sdk/{name}")
        assert served.status_code == 200
        assert f'href="/sdk/{name}"' in shown.text
        assert hashlib.sha256(served.content).hexdigest() in shown.text
        (tmp_path / name).write_bytes(served.content)
    with tarfile.open(fileobj=BytesIO((tmp_path / names[0]).read_bytes())) as archive:
        described = archive.extractfile("package/package.json")
        assert described is not None
        assert json.load(described)["version"] == version
    command = "import sys; sys.path.insert(0, sys.argv[1]); import escm_client; print(escm_client.__file__)"
    used = await asyncio.create_subprocess_exec(
        sys.executable, "-c", command, str(tmp_path / names[1]), stdout=asyncio.subprocess.PIPE
    )
    assert names[1].encode() in (await used.communicate())[0]


async def test_equal_sources_give_equal_files(tmp_path: Path) -> None:
    digests = [
        [file.read_bytes() for file in write_clients(ROOT, tmp_path / name, 1_700_000_000)] for name in ("one", "two")
    ]
    assert digests[0] == digests[1]


async def test_what_is_not_there_is_a_problem(site: Site, packed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("escm-client-9.9.9.tgz", "..%2fapp.py"):
        refused = await site.client.get(f"/sdk/{name}")
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    monkeypatch.setattr("services.portal.sdk.routes.archives", dict)
    empty = await site.client.get("/sdk/")
    assert (empty.status_code, "was built without them" in empty.text) == (200, True)
