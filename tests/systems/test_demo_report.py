"""The editions of the Global Report in the demo: made over the API of a running system, once, by its roles."""

import os
import subprocess
import sys
from typing import Any

import httpx

from tests.support.running import Client, system


def _made(folder: str) -> None:
    environment = {**os.environ, "ESCM_LOCAL_FOLDER": folder}
    subprocess.run([sys.executable, "-m", "deploy.cli", "demo", "report"], env=environment, check=True)


def _described(by: Client) -> dict[str, Any]:
    """What there is of both editions, by state."""
    editions = by.get("/actions/v1/editions")["items"]
    found: dict[str, Any] = {}
    for edition in editions:
        path, of_edition = edition["links"]["self"], {"edition_id": edition["id"]}
        texts = by.get("/actions/v1/contributions", **of_edition)["items"]
        found[edition["status"]] = {
            "texts": {one["outline_key"]: (one["status"], one["country"]) for one in texts},
            "figures": {one["key"]: one["status"] for one in by.get("/actions/v1/figures", **of_edition)["items"]},
            "rounds": [(one["status"], one["audience"]) for one in by.get(f"{path}/review_rounds")["items"]],
            "comments": [one["number"] for one in by.get(f"{path}/comments", sort="number")["items"]],
            "builds": [(one["kind"], one["status"]) for one in by.get(f"{path}/builds")["items"]],
        }
    return found


def test_the_demo_has_an_edition_in_writing_and_a_published_one() -> None:
    with system() as (described, folder):
        by = Client(described["base_url"], described["demo"]["clients"]["secretariat"])
        assert by.get("/actions/v1/editions")["items"] == [], "`--no-report` leaves them out"
        _made(str(folder))
        found = _described(by)
        _made(str(folder))
        assert _described(by) == found, "they are made once"
        by.close()
        assert found == {
            "published": {
                "texts": dict.fromkeys(("rivers", "forests"), ("published", None)) | {"alphaland": ("published", "XA")},
                "figures": {"numbers": "frozen", "stages": "frozen"},
                "rounds": [],
                "comments": [],
                "builds": [("final", "complete")],
            },
            "writing": {
                "texts": {
                    "rivers": ("in_review", None),
                    "forests": ("draft", None),
                    "alphaland": ("in_review", "XA"),
                },
                "figures": {"numbers": "live", "experts": "live", "growth": "live"},
                "rounds": [("open", "both")],
                "comments": [1, 2, 3],
                "builds": [],
            },
        }
        (edition,) = httpx.get(f"{described['base_url']}/actions/v1/editions?status=published").json()["items"]
        page = httpx.get(f"{described['base_url']}/en/reports/{edition['ref']}")
        assert (page.status_code, "Rivers that reach the sea again" in page.text) == (200, True)
