"""The files of an edition, its pages and its citations, as everybody fetches them."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import httpx
import orjson
from pypdf import PdfReader
from pypdf._page import PageObject

from tests.journeys.global_report.people import Record, ended
from tests.support.running import Client, eventually


def built(by: Client, edition: str) -> Record:
    """The final build that an editor orders."""
    job = ended(by, f"{edition}/builds", json={"kind": "final"})
    assert job["status"] == "succeeded", job
    items = by.get(f"{edition}/builds")["items"]
    return next(one for one in items if one["number"] == job["result"]["build"])


def build_of(everybody: httpx.Client, edition: str, number: int) -> Record:
    """The build of a published edition with this number, once everybody reads it complete."""

    def found() -> Record | None:
        items = everybody.get(f"{edition}/builds").json()["items"]
        return next((one for one in items if one["number"] == number and one["status"] == "complete"), None)

    return dict(eventually(found))


def digests(build: Record) -> dict[str, str]:
    """The sha256 of each file of a build."""
    return {one["name"]: one["sha256"] for one in build["files"]}


def fetched(everybody: httpx.Client, build: Record) -> dict[str, bytes]:
    """The files of a build by the ends of their names. Their digests hold, and those of the archive too."""
    found = {}
    for one in build["files"]:
        content = everybody.get(one["link"]).content
        assert hashlib.sha256(content).hexdigest() == one["sha256"], one["name"]
        found[one["name"].partition(".")[2]] = content
    with zipfile.ZipFile(io.BytesIO(found["zip"])) as archive:
        listed = {one["name"]: one["sha256"] for one in orjson.loads(archive.read("manifest.json"))["files"]}
        assert listed.keys() == {*archive.namelist()} - {"manifest.json"}
        for name, digest in listed.items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest, name
    return found


def starts(pdf: bytes, text: str) -> float:
    """Where a line of a PDF begins that has this text, from 0 at the left edge of its page to 1 at the right one."""
    found: list[float] = []
    for page in PdfReader(io.BytesIO(pdf)).pages:

        def note(part: str, outer: list[float], inner: list[float], *_: Any, page: PageObject = page) -> None:
            if part.strip() == text:
                found.append((outer[4] + inner[4]) / float(page.mediabox.width))

        page.extract_text(visitor_text=note)
    assert found, text
    return found[0]


def language_of(pdf: bytes) -> tuple[str, str]:
    """The language of a PDF, and the direction in which its pages follow each other."""
    root = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    return str(root["/Lang"]), str(root["/ViewerPreferences"]["/Direction"])  # type: ignore[index]


@contextmanager
def trap() -> Iterator[tuple[str, list[str]]]:
    """An address of this machine that nobody should open, and the paths at which somebody did."""
    opened: list[str] = []

    class Opened(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            opened.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Opened) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/x", opened
        server.shutdown()
