"""A caching proxy of others in front of the system: who leaves the directory has left it too within a minute."""

import grp
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus, urlsplit

import httpx
import pytest

from deploy.local.ports import first_free
from tests.edge.conftest import NGINX, wait_for
from tests.support.running import Client, eventually

_LONGEST = 60
"""Seconds after which nothing about the person may be sent."""
_CONF = """
user {user} {group};
pid {folder}/nginx.pid;
events {{}}
http {{
    access_log off;
    proxy_cache_path {folder}/cache keys_zone=pages:1m;
    proxy_temp_path {folder}/proxied;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://{upstream};
            proxy_cache pages;
            proxy_cache_background_update on;
            add_header X-Cache $upstream_cache_status always;
        }}
    }}
}}
"""
"""A cache that keeps what it may, as the user who starts it, and sends old copies where and as long as the
response allows it (nginx then reads `stale-while-revalidate` and `stale-if-error`)."""


@pytest.fixture(scope="module")
def cache(running: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder, port = tmp_path_factory.mktemp("cache"), first_free(26500)
    upstream = urlsplit(running["base_url"]).netloc
    who = {"user": pwd.getpwuid(os.geteuid()).pw_name, "group": grp.getgrgid(os.getegid()).gr_name}
    (folder / "nginx.conf").write_text(_CONF.format(folder=folder, port=port, upstream=upstream, **who))
    program = shutil.which("nginx", path=NGINX)
    assert program is not None, "nginx is needed (Debian: nginx-light)"
    command = [program, "-e", "/dev/stderr", "-p", str(folder), "-c", "nginx.conf", "-g", "daemon off;"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    wait_for(port)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(10)


def _page(cache: str, path: str) -> httpx.Response:
    return httpx.get(f"{cache}{path}", headers={"accept": "text/html"}, trust_env=False, timeout=60)


@pytest.mark.long("waits until what a cache may keep has ended")
def test_who_leaves_the_directory_has_left_a_caching_proxy_within_a_minute(running: dict[str, Any], cache: str) -> None:
    """Somebody reads the pages all the time, so that the cache has every copy that it may have."""
    admin = Client(running["base_url"], running["demo"]["clients"]["secretariat"])
    found = admin.get("/membership/v1/experts", country="XL", status="active", visibility="public", limit=1)["items"][0]
    name, record = found["display_name"], f"/membership/v1/experts/{found['id']}"
    link = f'href="/en/experts/{found["ref"]}"'
    pages = {
        f"/en/experts/{found['ref']}": name,
        f"/en/experts?q={quote_plus(name.split()[-1])}&country=XL": link,
        f"/en/search?q={quote_plus(name)}": link,
    }
    for path, mark in pages.items():
        eventually(lambda path=path, mark=mark: mark in _page(cache, path).text, _LONGEST)
        assert _page(cache, path).headers["x-cache"] == "HIT", "the cache keeps it"
    admin.change(record, {"visibility": "restricted"})
    began = time.monotonic()
    try:
        eventually(lambda: not [path for path, mark in pages.items() if mark in _page(cache, path).text], 90)
        assert time.monotonic() - began <= _LONGEST
        assert _page(cache, f"/en/experts/{found['ref']}").status_code == 404
    finally:
        admin.change(record, {"visibility": "public"})
        admin.close()
