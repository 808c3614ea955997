"""`make lighthouse`: Lighthouse on four pages of a running system, with Debian's Chromium.

ORIGIN names the system, http://127.0.0.1:8000 by default; CHROMIUM the browser. Fails below 100 for accessibility and
best practices, and below 95 for speed and search engines. Pages of people ask not to be indexed; there this is no
fault.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

_HERE = Path(__file__).parent
_PACKAGE = _HERE / "package.json"
_WORK = Path(".local/lighthouse")
_LEAST = {"performance": 0.95, "accessibility": 1.0, "best-practices": 1.0, "seo": 0.95}
_OF_PEOPLE = ("experts", "centres")


def main(origin: str) -> int:
    """Prints the scores of each page; 1 if one is too low."""
    _WORK.mkdir(parents=True, exist_ok=True)
    shutil.copy(_PACKAGE, _WORK / "package.json")
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=_WORK, check=True)
    low = []
    for path in _paths(origin):
        scores = _scores(f"{origin}{path}", of_people=path.split("/")[2] in _OF_PEOPLE)
        shown = " ".join(f"{name} {round(100 * score)}" for name, score in scores.items())
        sys.stdout.write(f"{path} {shown}\n")
        low += [path for name, score in scores.items() if score < _LEAST[name]]
    return 1 if low else 0


def _paths(origin: str) -> list[str]:
    """The front page, a country, and an expert and a centre where there are some."""
    paths = ["/en/", "/en/countries/XA"]
    for service, plural in (("membership", "experts"), ("centres", "centres")):
        found = httpx.get(f"{origin}/{service}/v1/{plural}?limit=1&fields=ref", timeout=30).json()["items"]
        paths += [f"/en/{plural}/{one['ref']}" for one in found]
    return paths


def _scores(address: str, *, of_people: bool) -> dict[str, float]:
    browser = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
    words = [
        *("npx", "--no-install", "lighthouse", address, "--quiet", "--output=json", "--output-path=stdout"),
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
        f"--only-categories={','.join(_LEAST)}",
        *(["--skip-audits=is-crawlable"] if of_people else []),
    ]
    environment = {**os.environ, "CHROME_PATH": browser}
    made = subprocess.run(words, cwd=_WORK, env=environment, check=True, capture_output=True, timeout=300)
    found: dict[str, Any] = json.loads(made.stdout)
    return {name: category["score"] for name, category in found["categories"].items()}


if __name__ == "__main__":
    sys.exit(main(os.environ.get("ORIGIN", "http://127.0.0.1:8000").rstrip("/")))
